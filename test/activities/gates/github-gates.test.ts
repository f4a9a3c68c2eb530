import type { Fault } from '../../../examples/github/faults';
import type { CheckRun, Review } from '../../../examples/github/world';
import type { GateRule, ProtectionGate } from '../../../release/gate-rule';
import { GateScene, type Permission } from './stage';

const common = { wait: 3_600_000, guard: 'hard', services: [] } as const;
const ci = (...checks: string[]): GateRule => ({ kind: 'ci', name: 'ci', checks, ...common });
const required: GateRule = { kind: 'ci', name: 'ci', checks: 'required', ...common };
const review: GateRule = { kind: 'review', name: 'review', ...common };
const issues: GateRule = { kind: 'issues', name: 'issues', label: 'blocker', ...common };
const release: GateRule = { kind: 'notes', name: 'notes', from: { in: 'github-release' }, ...common };

let scene: GateScene;
beforeEach(async () => void (scene = await GateScene.open()));
afterEach(() => scene.close());

const one = async (rule: GateRule) => (await scene.ask([rule]))[0]!;
const run = (name: string, change: Partial<CheckRun> = {}) =>
  scene.github.addCheckRun(scene.hosted, { name, commit: scene.commits.released, ...change });

describe('a gate of kind ci', () => {
  test.each<[CheckRun['conclusion'], string]>([
    ['success', 'passed'],
    ['neutral', 'passed'],
    ['skipped', 'passed'],
    ['failure', 'failed'],
    ['cancelled', 'failed'],
    ['timed_out', 'failed'],
    ['action_required', 'failed'],
  ])('takes a check that ended with %s as %s', async (conclusion, verdict) => {
    run('test', { conclusion });
    expect(await one(ci('test'))).toMatchObject({ verdict });
  });

  test.each<[CheckRun['status']]>([['queued'], ['in_progress'], ['waiting'], ['requested'], ['pending']])(
    'waits for a check that is %s, with its link, and could not tell when its patience is over',
    async (status) => {
      run('test', { status });
      const report = await one(ci('test'));
      expect(report).toMatchObject({ verdict: 'unknown', pending: {}, evidence: [{ name: 'test', value: status }] });
      expect(report.evidence?.[0]?.link).toMatch(/^http:.*\/acme\/shop\/runs\/\d+$/);
      expect(await one({ ...ci('test'), wait: 0 })).toMatchObject({ verdict: 'unknown' });
    },
  );

  test('waits for a check that nobody has reported, and then says no, with what to do', async () => {
    run('test');
    expect(await one(ci('test', 'lint'))).toMatchObject({ verdict: 'unknown', pending: {} });
    const report = await one({ ...ci('test', 'lint'), wait: 0 });
    expect(report).toMatchObject({ verdict: 'failed' });
    expect(report.detail).toMatch(/nobody has reported lint at [0-9a-f]{10}: run it for this commit, or mend its name/);
  });

  test('asks about the very commit that is released', async () => {
    run('test', { commit: scene.commits.live });
    expect(await one(ci('test'))).toMatchObject({ verdict: 'unknown', pending: {} });
  });

  test('takes the newest result of a check that ran again', async () => {
    run('test', { conclusion: 'failure' });
    run('test');
    expect(await one(ci('test'))).toMatchObject({ verdict: 'passed' });
    run('test', { conclusion: 'failure' });
    expect(await one(ci('test'))).toMatchObject({ verdict: 'failed' });
  });

  test('lets nobody hide a failure behind another App’s check of the same name', async () => {
    run('test', { conclusion: 'failure' });
    run('test', { app: { id: 99, slug: 'other-ci' } });
    expect(await one(ci('test'))).toMatchObject({ verdict: 'failed' });
  });

  test('does not wait for others once one has failed', async () => {
    run('test', { status: 'in_progress' });
    run('lint', { conclusion: 'failure' });
    const report = await one(ci('test', 'lint'));
    expect(report).toMatchObject({ verdict: 'failed' });
    expect(report).not.toHaveProperty('pending');
  });

  test.each<['success' | 'pending' | 'failure' | 'error', object]>([
    ['success', { verdict: 'passed' }],
    ['pending', { verdict: 'unknown', pending: {} }],
    ['failure', { verdict: 'failed' }],
    ['error', { verdict: 'failed' }],
  ])('takes a commit status that says %s in the same way, the newest of its context', async (state, expected) => {
    const commit = scene.commits.released;
    scene.github.addStatus(scene.hosted, {
      context: 'build',
      commit,
      state: state === 'success' ? 'failure' : 'success',
    });
    scene.github.addStatus(scene.hosted, { context: 'build', commit, state });
    expect(await one(ci('build'))).toMatchObject(expected);
  });

  test('finds its checks among hundreds', async () => {
    for (let number = 1; number <= 120; number++) {
      run(`part ${number}`);
      const commit = scene.commits.released;
      scene.github.addStatus(scene.hosted, { context: `status ${number}`, commit, state: 'success' });
    }
    expect(await one(ci('part 120', 'status 120', 'part 1', 'status 1'))).toMatchObject({ verdict: 'passed' });
  });

  test('asks for what rulesets and branch protection require on the trunk, together', async () => {
    const { github, hosted } = scene;
    const rules = [{ type: 'required_status_checks', contexts: ['test'] }] as const;
    github.addRuleset(hosted, { target: 'branch', include: ['~DEFAULT_BRANCH'], rules });
    github.protectBranch(hosted, 'main', { requiredChecks: ['lint'] });
    run('test');
    expect(await one(required)).toMatchObject({
      verdict: 'unknown',
      pending: {},
      detail: expect.stringContaining('lint') as unknown,
    });
    run('lint');
    expect(await one(required)).toMatchObject({
      verdict: 'passed',
      detail: expect.stringMatching(/test, lint/) as unknown,
    });
  });

  test('says no where the trunk requires nothing: that would let everything pass', async () => {
    expect(await one(required)).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining('requires no checks') as unknown,
    });
  });
});

describe('a gate of kind review', () => {
  const pull = (commits: string[], reviews: Review[], change: object = {}) =>
    scene.github.addPullRequest(scene.hosted, { title: 'Change', author: 'ada', commits, reviews, ...change });

  test.each<[string, Review[], string]>([
    ['one person approved', [{ by: 'grace', state: 'APPROVED' }], 'passed'],
    [
      'a comment came after the approval',
      [
        { by: 'grace', state: 'APPROVED' },
        { by: 'grace', state: 'COMMENTED' },
      ],
      'passed',
    ],
    ['nobody did', [], 'failed'],
    ['somebody only commented', [{ by: 'grace', state: 'COMMENTED' }], 'failed'],
    ['the approval was dismissed', [{ by: 'grace', state: 'DISMISSED' }], 'failed'],
    [
      'it was taken back',
      [
        { by: 'grace', state: 'APPROVED' },
        { by: 'grace', state: 'CHANGES_REQUESTED' },
      ],
      'failed',
    ],
    [
      'it was given after a no',
      [
        { by: 'grace', state: 'CHANGES_REQUESTED' },
        { by: 'grace', state: 'APPROVED' },
      ],
      'passed',
    ],
  ])('where %s', async (_, reviews, verdict) => {
    pull([scene.commits.released], reviews);
    expect(await one(review)).toMatchObject({ verdict, evidence: [{ name: '#1' }] });
  });

  test('names each commit that came without a merged pull request into the trunk', async () => {
    const approved: Review[] = [{ by: 'grace', state: 'APPROVED' }];
    const direct = scene.remote.commit('main', { message: 'Quick fix, straight to the trunk' });
    const aside = scene.remote.commit('main', { message: 'Merged elsewhere' });
    const open = scene.remote.commit('main', { message: 'Still open' });
    pull([scene.commits.released], approved);
    pull([aside], approved, { base: 'develop' });
    pull([open], approved, { state: 'open', mergedAt: null, mergeCommit: null });
    scene.commit = open;
    const { verdict, detail } = await one(review);
    expect(verdict).toBe('failed');
    for (const [id, subject] of [
      [direct, 'Quick fix'],
      [aside, 'Merged elsewhere'],
      [open, 'Still open'],
    ] as const)
      expect(detail).toContain(`${id.slice(0, 10)} ${subject}`);
    expect(detail).not.toContain('Sell books');
  });

  test('looks at every commit, not only at those that are shown', async () => {
    const ids = Array.from({ length: 104 }, (_, n) => scene.remote.commit('main', { message: `Change ${n}` }));
    scene.commit = ids.at(-1)!;
    pull([scene.commits.released, ...ids.filter((_, n) => n !== 3)], [{ by: 'grace', state: 'APPROVED' }]);
    const { verdict, detail } = await one(review);
    expect(verdict).toBe('failed');
    expect(detail).toContain(`${ids[3]!.slice(0, 10)} Change 3`);
  });
});

describe('a gate of kind protection', () => {
  const protection = (change: Partial<ProtectionGate> = {}): ProtectionGate => ({
    kind: 'protection',
    name: 'protection',
    trunk: true,
    checks: false,
    pointers: false,
    versions: false,
    ...common,
    ...change,
  });
  const administer = (level: 'read' | 'write') => {
    if (!scene.github.world.user('keeper')) scene.github.addUser({ login: 'keeper', role: 'admin' });
    const permissions = { contents: 'write', administration: level } as const;
    scene.env['GITHUB_TOKEN'] = scene.github.addToken({ login: 'keeper', permissions });
  };
  const trunkRules = [{ type: 'pull_request' }, { type: 'non_fast_forward' }, { type: 'deletion' }] as const;

  test('names what the trunk lacks, and says what to do', async () => {
    const { github, hosted } = scene;
    github.addRuleset(hosted, { target: 'branch', include: ['~ALL'], rules: trunkRules, enforcement: 'evaluate' });
    administer('write');
    expect(await one(protection({ checks: true }))).toMatchObject({
      verdict: 'failed',
      detail: expect.stringMatching(
        /^main \(trunk\) lacks "Require a pull request before merging", "Block force pushes", "Restrict deletions", "Require status checks to pass": add that/,
      ) as unknown,
      evidence: [{ name: 'main' }],
    });
  });

  test('could not tell who may bypass a ruleset without administration, whatever it asks for', async () => {
    const { github, hosted } = scene;
    const { id } = github.addRuleset(hosted, { target: 'branch', include: ['~DEFAULT_BRANCH'], rules: trunkRules });
    const report = await one(protection());
    expect(report).toMatchObject({
      verdict: 'unknown',
      detail: expect.stringContaining('"Administration: read and write"') as unknown,
      evidence: [{ name: 'main', link: expect.stringMatching(new RegExp(`/rules/${id}$`)) as unknown }],
    });
    expect(report).not.toHaveProperty('pending');
    administer('write');
    expect(await one(protection())).toMatchObject({ verdict: 'passed' });
    hosted.rulesets.splice(0, 1, { ...hosted.rulesets[0]!, bypass: ['slipway'] });
    expect(await one(protection())).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining('lets one user bypass it') as unknown,
    });
  });

  test('reads classic protection where it may, and could not tell where it may not', async () => {
    const { github, hosted } = scene;
    github.protectBranch(hosted, 'main', { requiredApprovals: 1, requiredChecks: ['test'] });
    expect(await one(protection())).toMatchObject({
      verdict: 'unknown',
      detail: expect.stringContaining('"Administration: read"') as unknown,
    });
    administer('read');
    expect(await one(protection({ checks: true }))).toMatchObject({ verdict: 'passed' });
    hosted.protections.splice(0, 1, { ...hosted.protections[0]!, enforceAdmins: false });
    expect(await one(protection())).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining('lets administrators bypass it') as unknown,
    });
  });

  test.each<[string, readonly string[] | null, string]>([
    ['only Slipway', ['keeper'], 'passed'],
    ['somebody else too', ['keeper', 'slipway'], 'failed'],
    ['somebody else', ['slipway'], 'failed'],
    ['everybody', null, 'failed'],
  ])('where %s may push to a branch that is a pointer', async (_, pushers, verdict) => {
    const { github, hosted } = scene;
    scene.remote.git('branch', 'production', scene.commits.live);
    github.protectBranch(hosted, 'production', { pushers });
    administer('read');
    scene.pointer = { kind: 'branch', name: 'production', undo: { by: 'force' }, builds: { settle: 0, patience: 0 } };
    expect(await one(protection({ trunk: false, pointers: true }))).toMatchObject({ verdict });
  });
});

describe('a gate of kind issues', () => {
  test('names the open ones with links, and takes no pull request for one', async () => {
    const { github, hosted } = scene;
    github.addIssue(hosted, { title: 'Fix prices', labels: ['Blocker'], isPullRequest: true });
    expect(await one(issues)).toMatchObject({ verdict: 'passed' });
    github.addIssue(hosted, { title: 'Prices are wrong', labels: ['blocker', 'bug'] });
    const link = expect.stringMatching(/\/acme\/shop\/issues\/102$/) as unknown;
    expect(await one(issues)).toMatchObject({
      verdict: 'failed',
      evidence: [{ name: '#102', value: 'Prices are wrong', link }],
    });
  });

  test('could not tell where nobody has made the label: a wrong name would let everything pass', async () => {
    expect(await one(issues)).toMatchObject({
      verdict: 'unknown',
      detail: expect.stringContaining('no label blocker') as unknown,
    });
  });
});

test('release notes at GitHub: none, an empty one, one that says what changes', async () => {
  expect(await one(release)).toMatchObject({
    verdict: 'failed',
    detail: expect.stringContaining('no published release') as unknown,
  });
  scene.hosted.releases.push({ tag: 'v1.2.0', body: '## v1.2.0\n\n' });
  expect(await one(release)).toMatchObject({ verdict: 'failed', evidence: [{ name: 'release v1.2.0' }] });
  scene.hosted.releases[0] = { tag: 'v1.2.0', body: 'Books can be sold.' };
  expect(await one(release)).toMatchObject({ verdict: 'passed' });
});

describe('GitHub that does not answer', () => {
  const wanted: [GateRule, Permission, Fault['on']][] = [
    [ci('test'), 'checks', 'checks/list-for-ref'],
    [ci('test'), 'statuses', 'repos/get-combined-status-for-ref'],
    [review, 'pull_requests', 'pulls/list-reviews'],
    [issues, 'issues', 'issues/list-for-repo'],
    [release, 'contents', 'repos/get-release-by-tag'],
  ];
  const kinds = wanted.map(([rule, permission, on]) => [rule.kind, permission, rule, on] as const);
  const permits: Readonly<Record<string, RegExp>> = {
    checks: /give them "Checks: read"/,
    statuses: /give them "Commit statuses: read"/,
    pull_requests: /give them "Pull requests: read"/,
    issues: /give them "Issues: read"/,
    contents: /give them "Contents: read"/,
  };
  const makeGreen = () => {
    const { github, hosted, commits } = scene;
    run('test');
    github.addIssue(hosted, { title: 'Done', labels: ['blocker'], state: 'closed' });
    hosted.releases.push({ tag: 'v1.2.0', body: 'Books can be sold.' });
    const reviews: Review[] = [{ by: 'grace', state: 'APPROVED' }];
    github.addPullRequest(hosted, { title: 'Sell books', author: 'ada', commits: [commits.released], reviews });
  };

  test.each(kinds)(
    '%s could not tell, and waits for nothing, without the permission %s',
    async (_, permission, rule) => {
      makeGreen();
      expect(await one(rule)).toMatchObject({ verdict: 'passed' });
      scene.forbid(permission);
      const report = await one(rule);
      expect(report).toMatchObject({
        verdict: 'unknown',
        detail: expect.stringMatching(permits[permission]!) as unknown,
      });
      expect(report).not.toHaveProperty('pending');
    },
  );

  test.each(kinds)('%s (%s) waits for the end of a rate limit', async (_, _permission, rule, on) => {
    makeGreen();
    const reset = String(Math.ceil(Date.now() / 1000) + 3_000);
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };
    scene.github.fault({ on, status: 403, message: 'API rate limit exceeded', headers });
    expect(await one(rule)).toMatchObject({
      verdict: 'unknown',
      pending: {},
      detail: expect.stringContaining('no more requests') as unknown,
    });
    expect(await one(rule)).toMatchObject({ verdict: 'passed' });
  });

  test.each(kinds)(
    '%s (%s) passes though an answer is late or broken for a moment',
    async (_, _permission, rule, on) => {
      makeGreen();
      scene.github.fault({ on, delayMs: 200 });
      scene.github.fault({ on, status: 502 });
      expect(await one(rule)).toMatchObject({ verdict: 'passed' });
    },
  );

  test('says so where a repository is not there, or hidden', async () => {
    const elsewhere: GateRule = { ...issues, repository: 'acme/tickets' };
    const report = await one(elsewhere);
    expect(report.verdict).toBe('unknown');
    expect(report).not.toHaveProperty('pending');
    expect(report.detail).toMatch(/acme\/tickets/);
  });
});
