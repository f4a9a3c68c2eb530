import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Fault, secondaryLimit } from '../../../examples/github/faults';
import { GitHubRepository } from '../../../activities/github/repository';
import { createSurveyActivities } from '../../../activities/survey';
import type { GateReport } from '../../../release/gate';
import { anEnvironment, aProject } from '../../support/builders';
import { codeOf, Mover, pointers, Shop } from '../pointers/harness';

const compare = 'repos/compare-commits-with-basehead';
const allowList =
  'Although you appear to have the correct authorization credentials, the acme organization has an IP allow list enabled, and your IP address is not permitted to access this resource.';

describe('what GitHub does not tell', () => {
  let shop: Shop;
  let probe: Server;
  beforeAll(async () => {
    shop = await Shop.open('github');
    shop.remote.git('update-ref', 'refs/tags/rc/1.1.0', shop.commits.second);
    probe = createServer((_, answer) => answer.end(shop.commits.first));
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => shop.github!.faults.clear());
  afterAll(async () => {
    probe.closeAllConnections();
    probe.close();
    await shop.close();
  });

  /** What the survey of a release of 1.1.0 says of the service api. */
  let asked = 0;
  async function survey() {
    const mover = new Mover(shop, pointers.branch, undefined, { workspaces: `w${++asked}` });
    const url = `http://127.0.0.1:${(probe.address() as AddressInfo).port}/version`;
    const service = { ...mover.service, live: { ...mover.service.live, url, timeout: 5_000, patience: 5_000 } };
    const versions = { kind: 'tag', pattern: 'rc/{version}' } as const;
    const project = { ...aProject([service], anEnvironment()), versions };
    return createSurveyActivities(mover.surroundings).surveyRelease(
      { release: mover.release, project, commit: null },
      mover.attempt,
    );
  }

  const notPassed = (gates: readonly GateReport[]) => gates.filter(({ verdict }) => verdict !== 'passed');

  test.each<[string, Fault[]]>([
    [
      'an API that an organization keeps closed',
      [/graphql/, /\/api\/v3\//].map((on) => ({ on, status: 403, message: allowList, times: 100 })),
    ],
    ['a comparison that takes GitHub too long', [{ on: compare, status: 500, times: 100 }]],
    [
      'a comparison that it has no answer to',
      [{ on: compare, status: 404, message: 'No common ancestor', times: 100 }],
    ],
  ])('%s leaves the clone, which has the whole history', async (_, faults) => {
    for (const fault of faults) shop.github!.fault(fault);
    const { gates, plan } = await survey();
    expect(notPassed(gates)).toEqual([]);
    expect(plan.services[0]?.commits).toMatchObject({ total: 1, shown: [{ id: shop.commits.second }] });
  });

  test.each<[string, Fault]>([
    ['a limit that lasts, while it looks', secondaryLimit('SlipwayFacts', 900)],
    ['a limit that lasts, where writing is tried', secondaryLimit('git/create-tag', 900)],
    ['a limit that lasts, where commits are compared', secondaryLimit(compare, 900, 9, 429)],
  ])('%s is told with its end, and is no word of the repository', async (_, fault) => {
    shop.github!.fault({ ...fault, times: 20 });
    await expect(survey()).rejects.toMatchObject({
      code: 'GITHUB_RATE_LIMITED',
      todo: expect.stringContaining('tried again') as unknown,
    });
  });

  test('that whether it takes changes was not answered once closes no gate: it is asked again', async () => {
    shop.github!.fault({ on: 'git/create-tag', status: 502 });
    expect(await codeOf(survey())).toBe('REMOTE_UNREACHABLE');
    expect(notPassed((await survey()).gates)).toEqual([]);
  });

  test('points that are used up are told by GraphQL with status 200: a limit as well', async () => {
    shop.github!.limits.set('slipway', 'graphql', 0);
    expect(await codeOf(survey())).toBe('GITHUB_RATE_LIMITED');
    shop.github!.limits.set('slipway', 'graphql', 5_000);
  });

  test('and so it is at api.github.com, whose GraphQL is elsewhere', async () => {
    const reset = Math.ceil(Date.now() / 1_000) + 1_800;
    const server = createServer((_, answer) => {
      answer.writeHead(200, {
        'content-type': 'application/json',
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(reset),
      });
      answer.end(JSON.stringify({ errors: [{ type: 'RATE_LIMITED', message: 'API rate limit already exceeded' }] }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const access = { token: 'github_pat_x', api, repository: 'acme/shop' };
    const repository = { url: `${api}/acme/shop.git`, trunk: 'main', github: access };
    const github = GitHubRepository.of(repository, () => undefined, new AbortController().signal)!;
    const outcome = await github.ask(({ reading }) => reading.graphql('{ viewer { login } }'));
    server.closeAllConnections();
    server.close();
    expect(outcome).toMatchObject({ failure: { kind: 'limit' } });
    expect('failure' in outcome && outcome.failure.kind === 'limit' && outcome.failure.wait).toBeGreaterThan(60_000);
  });

  test('more commits than one answer holds are counted all, and the newest are shown', async () => {
    const { remote, commits } = shop;
    remote.git('update-ref', 'refs/heads/main', commits.third);
    const head = remote.commits(
      'main',
      Array.from({ length: 120 }, (_, n) => ({ message: `Change ${n}` })),
    );
    remote.git('update-ref', 'refs/tags/rc/1.1.0', head);
    const { plan } = await survey();
    const shown = plan.services[0]?.commits.shown ?? [];
    expect(plan.services[0]?.commits.total).toBe(122);
    expect([shown[0]?.subject, shown.length, shown.at(-1)?.subject]).toEqual(['Change 119', 50, 'Change 70']);
    expect(notPassed((await survey()).gates)).toEqual([]);
  });
});
