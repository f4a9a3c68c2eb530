/** What a git host's rules say about changes of refs: judged before anything is changed, the way there and back. */
import { fillName } from './ref-names';
import type { PointerMove } from './pointer-move';

/** What is done to a ref. `force`: to something that does not contain what was. */
export type RefAct = 'create' | 'forward' | 'force' | 'delete';

/** A change of a ref that a release may make. */
export interface RefChange {
  /** Full name. */
  readonly ref: string;
  readonly act: RefAct;
  /** It brings a commit of Slipway's own, which nobody has signed or checked. */
  readonly ownCommit?: true;
}

/** A set of rules that the host enforces on refs whose names match. */
export interface Ruleset {
  readonly name: string;
  readonly target: 'branch' | 'tag';
  /** Full names with `*`, `**`, `?`, or `~ALL`, `~DEFAULT_BRANCH`. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** In small letters, such as `non_fast_forward`. */
  readonly rules: readonly string[];
  /** Our credentials are not held by it; undefined = not known. */
  readonly bypassed?: boolean;
}

/** What protects one branch, as our credentials meet it. */
export interface Protection {
  readonly ref: string;
  readonly allowsForcePushes: boolean;
  readonly allowsDeletions: boolean;
  readonly canPush: boolean;
  readonly needsReview: boolean;
  readonly needsChecks: boolean;
}

export interface HostRules {
  readonly defaultBranch: string;
  readonly rulesets: readonly Ruleset[];
  readonly protections: readonly Protection[];
}

/** What stands against a change: that forbids it, or that only the host can judge when it comes. */
export interface Objections {
  readonly forbids: readonly string[];
  readonly doubts: readonly string[];
}

/** The changes that a move makes. */
export function changesOfMove(move: PointerMove): RefChange[] {
  if (move.kind === 'tag' && move.deletes) return [...actOn(move), { ref: move.deletes.ref, act: 'delete' }];
  return actOn(move);
}

function actOn(move: PointerMove): RefChange[] {
  const { ref, from, act } = move;
  if (act) return act.by === 'command' ? [] : [{ ref, act: act.by }];
  if (move.kind === 'tag' || from === null) return [{ ref, act: 'create' }];
  return [{ ref, act: 'forward', ...(move.vehicle !== undefined && { ownCommit: true }) }];
}

/** The changes that its undo makes; none where a command or nothing does it. */
export function changesOfUndo({ ref, undo }: PointerMove): RefChange[] {
  switch (undo.by) {
    case 'new-tag': {
      const made: RefChange = { ref: `refs/tags/${fillName(undo.name, { n: undo.n })}`, act: 'create' };
      return undo.deleteBadTag ? [made, { ref, act: 'delete' }] : [made];
    }
    case 'delete':
      return [{ ref, act: 'delete' }];
    case 'recreate':
      return [{ ref, act: 'create' }];
    case 'force':
      return [{ ref, act: 'force' }];
    case 'revert':
      return [{ ref, act: 'forward', ownCommit: true }];
    case 'command':
      return 'deleteBadTag' in undo && undo.deleteBadTag ? [{ ref, act: 'delete' }] : [];
    case 'same':
    case 'none':
      return [];
  }
}

/** What the rules have against these changes. */
export function judgeChanges(changes: readonly RefChange[], rules: HostRules): Objections {
  const found = changes.map((change) => judgeChange(change, rules));
  return { forbids: found.flatMap(({ forbids }) => forbids), doubts: found.flatMap(({ doubts }) => doubts) };
}

/** Whether a ruleset holds refs of this name. */
export function appliesTo({ target, include, exclude }: Ruleset, ref: string, defaultBranch: string): boolean {
  if (!ref.startsWith(target === 'branch' ? 'refs/heads/' : 'refs/tags/')) return false;
  const names = (pattern: string) =>
    pattern === '~ALL' ||
    (pattern === '~DEFAULT_BRANCH' ? ref === `refs/heads/${defaultBranch}` : matches(pattern, ref));
  return include.some(names) && !exclude.some(names);
}

function judgeChange(change: RefChange, { rulesets, protections, defaultBranch }: HostRules): Objections {
  const { ref, act } = change;
  const forbids: string[] = [];
  const doubts: string[] = [];
  for (const ruleset of rulesets) {
    if (ruleset.bypassed === true || !appliesTo(ruleset, ref, defaultBranch)) continue;
    const against = ruleset.rules.filter((rule) => forbidden(rule, change));
    if (against.length > 0)
      forbids.push(`ruleset "${ruleset.name}" forbids to ${words(act)} ${ref} (${against.join(', ')})`);
    const unsure = ruleset.rules.filter((rule) => !forbidden(rule, change) && isDoubtful(rule, change));
    if (unsure.length > 0) doubts.push(`ruleset "${ruleset.name}" has conditions for ${ref} (${unsure.join(', ')})`);
  }
  for (const protection of protections.filter((one) => one.ref === ref)) {
    const reason = protectedBy(protection, change);
    if (reason) forbids.push(`its protection forbids to ${words(act)} ${ref} (${reason})`);
    else if (protection.needsChecks && act !== 'delete') doubts.push(`its protection asks for status checks on ${ref}`);
  }
  return { forbids, doubts };
}

function forbidden(rule: string, { act, ownCommit }: RefChange): boolean {
  const updates = act === 'forward' || act === 'force';
  switch (rule) {
    case 'creation':
      return act === 'create';
    case 'deletion':
      return act === 'delete';
    case 'non_fast_forward':
      return act === 'force';
    case 'update':
    case 'pull_request':
    case 'merge_queue':
    case 'lock_branch':
      return updates;
    case 'required_signatures':
      return updates && ownCommit === true;
    case 'required_status_checks':
      return updates && ownCommit === true;
    default:
      return false;
  }
}

/** Rules that hold a change by what it brings. */
function isDoubtful(rule: string, { act, ownCommit }: RefChange): boolean {
  if (act === 'delete') return false;
  if (/_pattern$/.test(rule)) return act === 'create' || ownCommit === true;
  if (rule === 'required_linear_history') return ownCommit === true;
  return /^(required_|workflows|code_scanning|code_quality|max_|file_)/.test(rule);
}

function protectedBy(protection: Protection, { act, ownCommit }: RefChange): string | undefined {
  switch (act) {
    case 'delete':
      return protection.allowsDeletions ? undefined : 'no deletions';
    case 'force':
      if (!protection.allowsForcePushes) return 'no force pushes';
      return protection.canPush ? undefined : 'not by these credentials';
    case 'forward':
      if (protection.needsReview) return 'only by pull requests';
      if (!protection.canPush && !protection.needsChecks) return 'not by these credentials';
      return ownCommit && protection.needsChecks ? 'status checks, which a new commit cannot have' : undefined;
    case 'create':
      return undefined;
  }
}

const words = (act: RefAct): string =>
  ({ create: 'create', forward: 'move', force: 'move back', delete: 'delete' })[act];

/** As a shell matches paths: `*` stays within one part of the name, `**` does not. */
function matches(pattern: string, name: string): boolean {
  const source = pattern.split(/(\*\*\/|\*\*|\*|\?)/).map((part) => {
    if (part === '**/') return '(?:[^/]+/)*';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    return part.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${source.join('')}$`).test(name);
}
