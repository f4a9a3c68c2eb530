import {
  judgeProtection,
  rulesetsSuffice,
  type BranchGuard,
  type GuardedRef,
  type GuardingRuleset,
  type Guards,
  type Passer,
} from '../../release/judge-protection';

const trunk: GuardedRef = { ref: 'refs/heads/main', as: 'trunk' };
const branch: GuardedRef = { ref: 'refs/heads/production', as: 'pointer' };
const tag: GuardedRef = { ref: 'refs/tags/v1.2.0', as: 'pointer' };
const version: GuardedRef = { ref: 'refs/tags/release/v1.2.0', as: 'version' };

const ruleset = (change: Partial<GuardingRuleset> = {}): GuardingRuleset => ({
  name: 'ours',
  target: 'branch',
  include: ['~ALL'],
  exclude: [],
  rules: ['pull_request', 'non_fast_forward', 'creation', 'update', 'deletion'],
  passers: [],
  wePass: false,
  ...change,
});
const passers = (...kinds: string[]): Passer[] => kinds.map((kind) => ({ kind, mode: 'always' }));
const classic = (change: Partial<BranchGuard> = {}): BranchGuard => ({
  pullRequests: true,
  forcePushes: false,
  deletions: false,
  checks: false,
  holdsAdmins: true,
  pushers: 'all',
  ...change,
});
const guards = (rulesets: GuardingRuleset[], branches: [string, BranchGuard | string][] = []): Guards => ({
  defaultBranch: 'main',
  rulesets,
  branches: new Map(branches),
});
const verdict = (wanted: GuardedRef, of: Guards) => judgeProtection([wanted], of).verdict;

test.each<[string, GuardedRef, GuardingRuleset[], string]>([
  ['a trunk that nobody may bypass', trunk, [ruleset()], 'passed'],
  [
    'a trunk whose rules are in several rulesets',
    trunk,
    [ruleset({ rules: ['pull_request', 'deletion'] }), ruleset({ rules: ['non_fast_forward'] })],
    'passed',
  ],
  [
    'a trunk that may be bypassed by pull requests',
    trunk,
    [ruleset({ passers: [{ kind: 'Team', mode: 'pull_request' }] })],
    'passed',
  ],
  ['a trunk that even Slipway may bypass', trunk, [ruleset({ passers: passers('User'), wePass: true })], 'failed'],
  ['a trunk without one of the rules', trunk, [ruleset({ rules: ['pull_request', 'deletion'] })], 'failed'],
  [
    'a trunk that another ruleset lets nobody bypass',
    trunk,
    [ruleset({ passers: passers('RepositoryRole') }), ruleset()],
    'passed',
  ],
  [
    'a trunk that another ruleset may let nobody bypass',
    trunk,
    [ruleset({ passers: passers('RepositoryRole') }), ruleset({ passers: undefined })],
    'unknown',
  ],
  ['checks that are not required', { ...trunk, checks: true }, [ruleset()], 'failed'],
  [
    'checks that are',
    { ...trunk, checks: true },
    [ruleset(), ruleset({ rules: ['required_status_checks'] })],
    'passed',
  ],
  ['a pointer that only we may pass', branch, [ruleset({ passers: passers('Integration'), wePass: true })], 'passed'],
  ['a pointer that another App may pass', branch, [ruleset({ passers: passers('Integration') })], 'failed'],
  [
    'a pointer that we and another may pass',
    branch,
    [ruleset({ passers: passers('User', 'User'), wePass: true })],
    'failed',
  ],
  [
    'a pointer that a team may pass, in which we are',
    branch,
    [ruleset({ passers: passers('Team'), wePass: true })],
    'failed',
  ],
  [
    'a pointer that a role may pass by pull requests',
    branch,
    [ruleset({ passers: [{ kind: 'RepositoryRole', mode: 'pull_request' }] })],
    'failed',
  ],
  [
    'a pointer whose passers are hidden, though we are one',
    branch,
    [ruleset({ passers: undefined, wePass: true })],
    'unknown',
  ],
  ['a tag that a ruleset of branches would hold', tag, [ruleset()], 'failed'],
  ['a tag that a ruleset of tags holds', tag, [ruleset({ target: 'tag', include: ['refs/tags/v*'] })], 'passed'],
  [
    'a tag that a ruleset holds, but for its creation',
    tag,
    [ruleset({ target: 'tag', rules: ['update', 'deletion'] })],
    'failed',
  ],
  [
    'a version tag, which people create',
    version,
    [ruleset({ target: 'tag', rules: ['update', 'deletion'] })],
    'passed',
  ],
  [
    'a version tag in a folder, which * does not reach',
    version,
    [ruleset({ target: 'tag', include: ['refs/tags/*'] })],
    'failed',
  ],
])('%s', (_, wanted, rulesets, expected) => {
  expect(verdict(wanted, guards(rulesets))).toBe(expected);
  expect(rulesetsSuffice(wanted, guards(rulesets))).toBe(expected === 'passed');
});

test.each<[string, GuardedRef, BranchGuard | string, string]>([
  ['protects a trunk', trunk, classic(), 'passed'],
  ['lets administrators pass', trunk, classic({ holdsAdmins: false }), 'failed'],
  ['allows force pushes', trunk, classic({ forcePushes: true }), 'failed'],
  ['allows deletion', trunk, classic({ deletions: true }), 'failed'],
  ['asks for no pull request', trunk, classic({ pullRequests: false }), 'failed'],
  ['asks for no checks', { ...trunk, checks: true }, classic(), 'failed'],
  ['asks for checks', { ...trunk, checks: true }, classic({ checks: true }), 'passed'],
  ['lets everybody push to a pointer', branch, classic(), 'failed'],
  ['lets only Slipway push to a pointer', branch, classic({ pushers: 'us' }), 'passed'],
  ['lets only Slipway push, and administrators', branch, classic({ pushers: 'us', holdsAdmins: false }), 'failed'],
  ['lets others push to a pointer', branch, classic({ pushers: 'others' }), 'failed'],
  ['may not be read', branch, 'is hidden', 'unknown'],
])('classic protection that %s', (_, wanted, guard, expected) => {
  expect(verdict(wanted, guards([], [[wanted.ref, guard]]))).toBe(expected);
});

test('what a ruleset lacks may be in classic protection', () => {
  const rules = ruleset({ rules: ['pull_request', 'non_fast_forward'] });
  expect(verdict(trunk, guards([rules], [[trunk.ref, classic({ pullRequests: false })]]))).toBe('passed');
});

test('a no is told before what could not be told, each with what to do', () => {
  const hidden = ruleset({ name: 'hidden', passers: undefined, link: 'https://github.com/acme/shop/rules/7' });
  expect(judgeProtection([trunk, tag], guards([hidden]))).toEqual({
    verdict: 'failed',
    detail: `v1.2.0 (pointer) lacks "Restrict creations", "Restrict updates", "Restrict deletions": add that, with only Slipway's own user or App to bypass it`,
    evidence: [
      { name: 'v1.2.0', value: 'lacks "Restrict creations", "Restrict updates", "Restrict deletions"' },
      {
        name: 'main',
        value:
          'is held by ruleset "hidden", but who may bypass it could not be told: GitHub tells that only to credentials with "Administration: read and write"',
        link: 'https://github.com/acme/shop/rules/7',
      },
    ],
  });
  expect(judgeProtection([trunk], guards([ruleset({ passers: passers('Team', 'Team', 'DeployKey') })])).detail).toBe(
    'main (trunk) is held by ruleset "ours", which lets 2 teams and deploy keys bypass it: add a ruleset, with nobody to bypass it',
  );
});
