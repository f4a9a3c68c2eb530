/** Rulesets and branch protection: which of them hold a change of a ref, and with which words. */
import type { Actor } from './credentials';
import type { Repository } from './world';

/** A rule of a ruleset, named as the REST interface names it. */
export type Rule =
  | { readonly type: 'creation' | 'update' | 'deletion' | 'non_fast_forward' | 'required_signatures' }
  | { readonly type: 'pull_request'; readonly approvals?: number }
  | { readonly type: 'required_status_checks'; readonly contexts: readonly string[] }
  | { readonly type: 'tag_name_pattern' | 'branch_name_pattern'; readonly pattern: string };

export interface Ruleset {
  readonly id: number;
  readonly name: string;
  readonly target: 'branch' | 'tag';
  readonly enforcement: 'active' | 'evaluate' | 'disabled';
  /** Full ref names with `*`, `~DEFAULT_BRANCH` or `~ALL`. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly rules: readonly Rule[];
  /** Logins, or slugs of apps, that it does not hold. */
  readonly bypass: readonly string[];
}

export interface BranchProtection {
  /** Branch name, with `*`. */
  readonly pattern: string;
  readonly allowsForcePushes: boolean;
  readonly allowsDeletions: boolean;
  readonly blocksCreations: boolean;
  /** Only these logins or apps may push; null = all who may write. */
  readonly pushers: readonly string[] | null;
  readonly requiredApprovals: number | null;
  readonly requiredChecks: readonly string[];
  readonly signatures: boolean;
  /** Whether administrators are held too. */
  readonly enforceAdmins: boolean;
}

/** A change of one ref; null = not there. */
export interface RefChange {
  readonly ref: string;
  readonly before: string | null;
  readonly after: string | null;
  /** Whether what is new contains what was. */
  readonly forward: boolean;
}

/** What holds a change: the words for people, and which kind of rule said them. Null if nothing does. */
export function whatHolds(
  repository: Repository,
  actor: Actor,
  change: RefChange,
): { kind: 'rules' | 'protection'; reasons: string[] } | null {
  const rules = activeRules(repository, change.ref).filter(({ ruleset }) => !ruleset.bypass.includes(actor.login));
  const reasons = rules.flatMap(({ rule }) => reasonOf(rule, change) ?? []);
  if (reasons.length > 0) return { kind: 'rules', reasons: [...new Set(reasons)] };
  const protection = protectionOf(repository, change.ref);
  const held = protection && (protection.enforceAdmins || actor.role !== 'admin');
  const said = held ? protectionReasons(protection, actor, change) : [];
  return said.length > 0 ? { kind: 'protection', reasons: said } : null;
}

/** The rules that are active for a ref, with their rulesets. */
export function activeRules(repository: Repository, ref: string): { ruleset: Ruleset; rule: Rule }[] {
  return repository.rulesets
    .filter((ruleset) => ruleset.enforcement === 'active' && appliesTo(ruleset, repository, ref))
    .flatMap((ruleset) => ruleset.rules.map((rule) => ({ ruleset, rule })));
}

export function protectionOf(repository: Repository, ref: string): BranchProtection | undefined {
  if (!ref.startsWith('refs/heads/')) return undefined;
  const branch = ref.slice('refs/heads/'.length);
  const exact = repository.protections.find(({ pattern }) => pattern === branch);
  return exact ?? repository.protections.find(({ pattern }) => matches(pattern, branch));
}

function appliesTo(ruleset: Ruleset, repository: Repository, ref: string): boolean {
  if (!ref.startsWith(ruleset.target === 'branch' ? 'refs/heads/' : 'refs/tags/')) return false;
  const names = (pattern: string): boolean => {
    if (pattern === '~ALL') return true;
    if (pattern === '~DEFAULT_BRANCH') return ref === `refs/heads/${repository.defaultBranch}`;
    return matches(pattern, ref);
  };
  return ruleset.include.some(names) && !ruleset.exclude.some(names);
}

/** Shell patterns: `*` stays within one part of the name, `**` does not. */
export function matches(pattern: string, name: string): boolean {
  const source = pattern.split(/(\*\*\/|\*\*|\*|\?)/).map((part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    return part.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  });
  return new RegExp(`^${source.join('')}$`).test(name);
}

function reasonOf(rule: Rule, { ref, before, after, forward }: RefChange): string | null {
  const created = before === null;
  const deleted = after === null;
  const updated = !created && !deleted;
  const kind = ref.startsWith('refs/tags/') ? 'tag' : 'branch';
  switch (rule.type) {
    case 'creation':
      return created ? 'Cannot create ref due to creations being restricted.' : null;
    case 'update':
      return updated ? 'Cannot update this protected ref.' : null;
    case 'deletion':
      return deleted ? `Cannot delete this ${kind}` : null;
    case 'non_fast_forward':
      return updated && !forward ? `Cannot force-push to this ${kind}` : null;
    case 'required_signatures':
      return deleted ? null : 'Commits must have verified signatures.';
    case 'pull_request':
      return updated ? 'Changes must be made through a pull request.' : null;
    case 'required_status_checks':
      return updated ? expected(rule.contexts) : null;
    case 'tag_name_pattern':
    case 'branch_name_pattern':
      return created && !new RegExp(rule.pattern).test(ref.split('/').slice(2).join('/'))
        ? `${kind === 'tag' ? 'Tag' : 'Branch'} name must match a given regex pattern: ${rule.pattern}`
        : null;
  }
}

function protectionReasons(rule: BranchProtection, actor: Actor, change: RefChange): string[] {
  const { before, after, forward } = change;
  const reasons: string[] = [];
  if (after === null) return rule.allowsDeletions ? [] : ['Cannot delete a protected branch'];
  if (rule.pushers && !rule.pushers.includes(actor.login)) {
    if (before !== null || rule.blocksCreations) reasons.push("You're not authorized to push to this branch.");
  }
  if (before !== null && !forward && !rule.allowsForcePushes)
    reasons.push('Cannot force-push to this protected branch');
  if (before !== null && rule.requiredApprovals !== null) reasons.push('Changes must be made through a pull request.');
  if (before !== null && rule.requiredChecks.length > 0) reasons.push(expected(rule.requiredChecks));
  if (rule.signatures) reasons.push('Commits must have verified signatures.');
  return reasons;
}

function expected(contexts: readonly string[]): string {
  return contexts.length === 1
    ? `Required status check "${contexts[0]}" is expected.`
    : `${contexts.length} of ${contexts.length} required status checks are expected.`;
}
