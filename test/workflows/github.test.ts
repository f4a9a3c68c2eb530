import { startSlipwayAtGitHub, type SlipwayAtGitHub } from '../support/github-slipway';

describe('releases of a shop at GitHub', () => {
  let stage: SlipwayAtGitHub;
  beforeAll(async () => {
    stage = await startSlipwayAtGitHub();
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

    const bad = await slipway.approved('1.2.0');
    expect(await bad.result()).toMatchObject({ outcome: 'rolled back', drift: [] });
    expect(shop.live()).toEqual({ api: commit, web: commit });
    expect(await shop.resolve('refs/tags/v1.1.0-rollback.1')).toBe(commit);
    expect(await shop.resolve('refs/heads/production')).toBe(commit);
    expect(github.calls.filter(({ problem }) => problem !== null)).toEqual([]);
    // Everything that changed refs went by the API, with its compare-and-swap.
    expect(github.calls.filter(({ operation }) => operation === 'git/receive-pack')).toEqual([]);
  });
});
