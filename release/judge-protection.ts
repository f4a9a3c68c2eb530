/** Whether refs are protected at their host as a gate of kind `protection` expects. Pure. */
import type { Finding } from './facts';
import type { Evidence } from './gate-rule';
import { appliesTo, type Ruleset } from './ref-rules';
import { worstVerdict } from './verdict';

/** Who may pass a ruleset, as the host names them. */
export interface Passer {
  /** `User`, `Integration`, `Team`, `RepositoryRole`, `OrganizationAdmin`, `DeployKey`. */
  readonly kind: string;
  /** `pull_request`: only by pull requests. */
  readonly mode: string;
}

/** An active ruleset, and who may pass it. */
export interface GuardingRuleset extends Omit<Ruleset, 'bypassed'> {
  /** Undefined = the host does not tell. */
  readonly passers?: readonly Passer[] | undefined;
  /** Slipway's own credentials may. */
  readonly wePass: boolean;
  readonly link?: string;
}

/** Classic protection of one branch. */
export interface BranchGuard {
  /** Changes need a pull request, which nobody is excused from. */
  readonly pullRequests: boolean;
  readonly forcePushes: boolean;
  readonly deletions: boolean;
  readonly checks: boolean;
  /** Administrators are held too. */
  readonly holdsAdmins: boolean;
  /** Who may push at all: all who may write, only Slipway, or others (too). */
  readonly pushers: 'all' | 'us' | 'others';
  readonly link?: string;
}

/** What stands before the refs of a repository. */
export interface Guards {
  readonly defaultBranch: string;
  readonly rulesets: readonly GuardingRuleset[];
  /** By the full name of the branch; a text = why it could not be told; none = there is none. */
  readonly branches: ReadonlyMap<string, BranchGuard | string>;
}

/** What is demanded of one ref. */
export interface GuardedRef {
  /** Full name. */
  readonly ref: string;
  readonly as: 'trunk' | 'pointer' | 'version';
  /** Of a trunk: checks must pass. */
  readonly checks?: boolean;
}

/** The rules that a ref must have, with GitHub's words for them. */
const wordsOf = {
  pull_request: 'Require a pull request before merging',
  non_fast_forward: 'Block force pushes',
  required_status_checks: 'Require status checks to pass',
  creation: 'Restrict creations',
  update: 'Restrict updates',
  deletion: 'Restrict deletions',
} as const;

type RuleName = keyof typeof wordsOf;

/** How one ref stands. */
interface RefFound extends Finding {
  readonly evidence: Evidence;
}

/** The rules that `wanted` must have. */
function rulesFor({ as, checks }: GuardedRef): readonly RuleName[] {
  switch (as) {
    case 'trunk':
      return ['pull_request', 'non_fast_forward', 'deletion', ...(checks ? ['required_status_checks' as const] : [])];
    case 'pointer':
      return ['creation', 'update', 'deletion'];
    case 'version':
      return ['update', 'deletion'];
  }
}

/** Whether rulesets alone protect the ref: then its classic protection need not be asked for. */
export function rulesetsSuffice(wanted: GuardedRef, guards: Pick<Guards, 'defaultBranch' | 'rulesets'>): boolean {
  return judgeRef(wanted, { ...guards, branches: new Map() }).verdict === 'passed';
}

/** All of `wanted`: failed where one is not protected, else could not tell where one cannot be told. */
export function judgeProtection(
  wanted: readonly GuardedRef[],
  guards: Guards,
): Finding & { readonly evidence: readonly Evidence[] } {
  const found = wanted.map((one) => judgeRef(one, guards));
  const verdict = worstVerdict(found.map((one) => one.verdict));
  const order = ['failed', 'unknown', 'passed'];
  const ranked = [...found].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  const said = ranked.filter((one) => one.verdict === verdict).map(({ detail }) => detail);
  const names = found.map(({ evidence }) => evidence.name).join(', ');
  return {
    verdict,
    detail: verdict === 'passed' ? `protected as expected: ${names}` : said.join('; '),
    evidence: ranked.map(({ evidence }) => evidence),
  };
}

function judgeRef(wanted: GuardedRef, guards: Guards): RefFound {
  const { ref, as } = wanted;
  const name = ref.replace(/^refs\/(heads|tags)\//, '');
  const rules = rulesFor(wanted).map((rule) => ({ rule, ...judgeRule(rule, wanted, guards) }));
  const verdict = worstVerdict(rules.map((one) => one.verdict));
  const link = rules.find((one) => one.link !== undefined)?.link;
  const evidence = (value: string): Evidence => ({ name, value, ...(link !== undefined && { link }) });
  if (verdict === 'passed') return { verdict, detail: name, evidence: evidence('protected') };
  const told = rules.filter((one) => one.verdict === verdict);
  const whys = [...new Set(told.map(({ why }) => why))];
  const parts = whys.map((why) => {
    const missing = told.filter((one) => one.why === why).map(({ rule }) => `"${wordsOf[rule]}"`);
    return why === nothing ? `lacks ${missing.join(', ')}` : why;
  });
  const whom = as === 'trunk' ? 'nobody' : "only Slipway's own user or App";
  const todo =
    verdict === 'failed' ? `: add ${whys.includes(nothing) ? 'that' : 'a ruleset'}, with ${whom} to bypass it` : '';
  return { verdict, detail: `${name} (${as}) ${parts.join(' and ')}${todo}`, evidence: evidence(parts.join('; ')) };
}

interface RuleFound {
  readonly verdict: Finding['verdict'];
  readonly why: string;
  readonly link?: string;
}

const nothing = '';

/** One rule: of several that hold a ref the strictest counts, since whoever changes it must pass each. */
function judgeRule(rule: RuleName, wanted: GuardedRef, { rulesets, branches, defaultBranch }: Guards): RuleFound {
  const holding = rulesets.filter((one) => one.rules.includes(rule) && appliesTo(one, wanted.ref, defaultBranch));
  const found = holding.map((ruleset) => judgeRuleset(ruleset, wanted));
  const branch = branches.get(wanted.ref);
  if (branch !== undefined) found.push(judgeBranch(rule, wanted, branch));
  return (
    found.find(({ verdict }) => verdict === 'passed') ??
    found.find(({ verdict }) => verdict === 'unknown') ??
    found.find(({ why }) => why !== nothing) ??
    found[0] ?? { verdict: 'failed', why: nothing }
  );
}

function judgeRuleset({ name, passers, wePass, link }: GuardingRuleset, { as }: GuardedRef): RuleFound {
  const found = (verdict: Finding['verdict'], why: string): RuleFound => ({
    verdict,
    why,
    ...(link !== undefined && { link }),
  });
  if (!passers) {
    const todo = 'GitHub tells that only to credentials with "Administration: read and write"';
    return found('unknown', `is held by ruleset "${name}", but who may bypass it could not be told: ${todo}`);
  }
  // By a pull request the trunk may be changed anyway.
  const others = as === 'trunk' ? passers.filter(({ mode }) => mode !== 'pull_request') : passers;
  const [first, ...more] = others;
  if (!first) return found('passed', nothing);
  // Of one user or App GitHub says itself whether that is whose credentials ask.
  const isUs = more.length === 0 && wePass && (first.kind === 'User' || first.kind === 'Integration');
  if (as !== 'trunk' && isUs) return found('passed', nothing);
  return found('failed', `is held by ruleset "${name}", which lets ${whoPasses(others)} bypass it`);
}

function judgeBranch(rule: RuleName, { as }: GuardedRef, guard: BranchGuard | string): RuleFound {
  if (typeof guard === 'string') return { verdict: 'unknown', why: guard };
  const found = (verdict: Finding['verdict'], why: string): RuleFound => ({
    verdict,
    why,
    ...(guard.link !== undefined && { link: guard.link }),
  });
  const kept: Readonly<Record<RuleName, boolean>> = {
    pull_request: guard.pullRequests,
    non_fast_forward: !guard.forcePushes,
    deletion: !guard.deletions,
    required_status_checks: guard.checks,
    creation: false,
    update: false,
  };
  const isKept = as === 'trunk' ? kept[rule] : guard.pushers !== 'all';
  if (!isKept) return found('failed', nothing);
  if (!guard.holdsAdmins) return found('failed', 'is held by branch protection that lets administrators bypass it');
  if (as !== 'trunk' && guard.pushers !== 'us') {
    return found('failed', 'is held by branch protection that lets others than Slipway push');
  }
  return found('passed', nothing);
}

const kindWords: Readonly<Record<string, string>> = {
  User: 'user',
  Integration: 'App',
  Team: 'team',
  RepositoryRole: 'role',
  OrganizationAdmin: 'administrators of the organization',
  DeployKey: 'deploy keys',
};

function whoPasses(passers: readonly Passer[]): string {
  const kinds = [...new Set(passers.map(({ kind }) => kind))];
  const words = kinds.map((kind) => {
    const count = passers.filter((one) => one.kind === kind).length;
    const word = kindWords[kind] ?? kind;
    if (word.endsWith('s') || word.includes(' ')) return word;
    return count === 1 ? `one ${word}` : `${count} ${word}s`;
  });
  return words.join(' and ');
}
