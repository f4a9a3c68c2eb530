import { startSlipwayAtGitHub, type SlipwayAtGitHub } from '../support/github-slipway';

const people = Object.fromEntries(
  ['ada', 'grace', 'linus'].map((name) => [name, { name, emails: [`${name}@shop.example`], keys: [], bot: false }]),
);
Object.assign(people['linus']!, { github: 'linus-t' });
const teams = { ops: { name: 'ops', members: [], github: { org: 'acme', slug: 'ops' } } };

describe('releases of a shop at GitHub', () => {
  let stage: SlipwayAtGitHub;
  let team: ReturnType<SlipwayAtGitHub['github']['addTeam']>;
  beforeAll(async () => {
    stage = await startSlipwayAtGitHub(
      {
        edit: (project) => ({ ...project, people, teams }),
        environment: { approvals: [{ name: 'go', approvers: ['ada', 'ops'], required: 1, timeout: 600_000 }] },
      },
      { members: 'read' },
    );
    team = stage.github.addTeam({ org: 'acme', slug: 'ops', invited: ['linus-t'] });
  });
  afterAll(() => stage?.stop());

  test('one succeeds, with its authors and pull requests in the plan; the next is broken and comes back', async () => {
    const { slipway, github, hosted } = stage;
    const { shop } = slipway;
    const commit = await shop.commitOf('1.1.0');
    github.addPullRequest(hosted, {
      title: 'Tell the author',
      author: 'ada-l',
      mergedBy: 'linus-t',
      commits: [commit],
    });

    const good = await slipway.approved('1.1.0');
    expect(await good.result()).toMatchObject({ outcome: 'finished', failure: null });
    expect(await shop.resolve('refs/tags/v1.1.0')).toBe(commit);
    expect(await shop.resolve('refs/heads/production')).toBe(commit);
    expect(shop.live()).toEqual({ api: commit, web: commit });
    const { plan, gates } = await good.state();
    expect(gates.every(({ verdict }) => verdict === 'passed')).toBe(true);
    expect(plan?.services[0]?.commits.shown[0]).toMatchObject({
      id: commit,
      login: expect.stringMatching(/^(ada-l|grace-h|linus-t)$/) as unknown,
      pullRequest: 1,
    });

    const { people, gaps } = plan!.services[0]!.contributors!;
    expect(people).toContainEqual({ part: 'merger', name: '', email: '', login: 'linus-t' });
    expect(people).toContainEqual({ part: 'request author', name: '', email: '', login: 'ada-l' });
    expect(people.filter(({ part, email, login }) => part === 'author' && (email === '' || login === ''))).toEqual([]);
    expect(gaps).toEqual([]);

    const bad = await slipway.release('1.2.0');
    await bad.in('awaiting approval');
    // Who is only invited to a team is not in it.
    await expect(bad.approve('linus')).rejects.toThrow(/linus is no approver here \(approvers: ada, ops\)/);
    team.members.push(...team.invited.splice(0));
    github.fault({ on: 'teams/get-membership-for-user-in-org', cut: 'before', times: 3 });
    await expect(bad.approve('linus@shop.example')).rejects.toMatchObject({
      code: 'DECISION_OPEN',
      message: expect.stringMatching(/GitHub did not tell whether linus-t is in ops/) as string,
    });
    // It stays noted, and counts once GitHub has told.
    const { approvals, timeline, verdicts } = await bad.until('it counts', (state) => state.approvals.length > 0);
    expect(approvals).toMatchObject([{ by: 'linus', proof: 'claimed', teams: ['ops'] }]);
    expect(timeline.map(({ text }) => text)).toContain('approve by linus, claimed, in ops: accepted');
    expect(verdicts.map(({ accepted }) => accepted)).toEqual([false, true]);
    expect(await bad.result()).toMatchObject({ outcome: 'rolled back', drift: [] });
    expect(shop.live()).toEqual({ api: commit, web: commit });
    expect(await shop.resolve('refs/tags/v1.1.0-rollback.1')).toBe(commit);
    expect(await shop.resolve('refs/heads/production')).toBe(commit);
    expect(github.calls.filter(({ problem }) => problem !== null)).toEqual([]);
    // Everything that changed refs went by the API, with its compare-and-swap.
    expect(github.calls.filter(({ operation }) => operation === 'git/receive-pack')).toEqual([]);
  });
});
