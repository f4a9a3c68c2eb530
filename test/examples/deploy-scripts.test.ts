/** examples/deploy-scripts: staging first, lists that people tick, a schedule with freezes, and one command back. */
import { git } from '../../examples/shop/git';
import { calendarOf } from '../../client/calendar';
import { startExample, type ExampleStage } from '../support/example-stage';

let stage: ExampleStage;

beforeAll(async () => {
  stage = await startExample({
    name: 'deploy-scripts',
    services: { api: 'api', web: 'web' },
    earlier: 'staging',
  });
}, 60_000);
afterAll(() => stage?.stop());

const validation = [
  'key user flows work on staging',
  'performance is normal',
  'no errors in the logs',
  'database queries are optimized',
  'feature flags configured',
  'monitoring alerts set up',
];

/** CI has passed, and all commits came through approved pull requests. */
async function isReady(version: string, commits: readonly string[]): Promise<void> {
  const commit = await stage.slipway.shop.commitOf(version);
  for (const name of ['build', 'test', 'security', 'quality']) stage.github.addCheckRun(stage.hosted, { name, commit });
  const pull = stage.github.addPullRequest(stage.hosted, { title: `Version ${version}`, author: 'linus-t', commits });
  pull.reviews.push({ by: 'grace-h', state: 'APPROVED' });
}

async function commitsBetween(from: string, to: string): Promise<string[]> {
  const range = `refs/tags/release/v${from}..refs/tags/release/v${to}`;
  return (await git(['rev-list', range], { folder: stage.slipway.shop.remote })).split('\n');
}

const validated = (waitingFor: { send: readonly string[] } | null) => waitingFor?.send[0] === 'tick';

describe('given a version that is ready, and runs on staging', () => {
  beforeAll(async () => {
    await isReady('1.1.0', await commitsBetween('1.0.0', '1.1.0'));
    await stage.runsEarlier('1.1.0');
  });

  test('when somebody outside engineering asks for it, then nothing is started', async () => {
    await expect(stage.slipway.release('1.1.0', { by: 'mallory' })).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  });

  test('when staging was not validated, then nobody is asked yet; when it was, then who has production access is', async () => {
    const release = await stage.slipway.release('1.1.0', { by: 'linus' });
    await release.until('waits for the list', ({ waitingFor }) => validated(waitingFor));
    await expect(release.decide('approve', { by: 'ada', digest: await stage.digestOf(release) })).rejects.toThrow();
    await stage.tickAll(release, 'linus', validation);
    await release.in('awaiting approval');
    const digest = await stage.digestOf(release);
    await expect(release.decide('approve', { by: 'linus', digest })).rejects.toThrow(/linus/);
    await release.decide('reject', { by: 'ada', comment: 'after the weekend' });
    expect(await release.result()).toMatchObject({ outcome: 'rejected', undone: [] });
  });

  test('when somebody with production access asks for it, then that is their approval', async () => {
    const release = await stage.slipway.release('1.1.0', { by: 'grace' });
    await release.until('waits for the list', ({ waitingFor }) => validated(waitingFor));
    await stage.tickAll(release, 'linus', validation);
    const { approvals, waitingFor } = await release.in('awaiting approval');
    expect(approvals).toMatchObject([{ by: 'grace' }]);
    expect(waitingFor?.what).toBe('1 approval by barbara');
    const digest = await stage.digestOf(release);
    await stage.signed(release, 'approve', { by: 'barbara', digest, comment: 'a column more, and a way back' });
    expect(await release.result()).toMatchObject({ outcome: 'finished' });
  });
});

describe('given the schedule', () => {
  const at = async (moment: string) => {
    const { calendar } = stage.written.environments['production']!;
    // The company's events are a file of theirs.
    const freezes = calendar!.freezes.filter(({ kind }) => kind !== 'ical');
    const production = { ...stage.slipway.project.environments['production']!, calendar: { ...calendar!, freezes } };
    const project = { ...stage.slipway.project, environments: { production } };
    const place = { project, environment: 'production' };
    const { verdict } = await calendarOf(stage.slipway.client, place, { weeks: 1, at: moment }, 30_000);
    return verdict;
  };

  test.each([
    ['a Monday night', '2026-11-09T23:30:00-08:00', 'open'],
    ['Friday before two', '2026-11-13T13:00:00-08:00', 'open'],
    ['Friday after two', '2026-11-13T14:00:00-08:00', 'closed'],
    ['Sunday', '2026-11-15T12:00:00-08:00', 'closed'],
    ['Thanksgiving', '2026-11-26T10:00:00-08:00', 'closed'],
    ['Black Friday', '2026-11-27T10:00:00-08:00', 'closed'],
    ['Cyber Monday', '2026-11-30T10:00:00-08:00', 'closed'],
    ['the Tuesday after it', '2026-12-01T10:00:00-08:00', 'open'],
  ])('when it is %s, then production is so', async (_, moment, verdict) => {
    expect(await at(moment)).toMatchObject({ verdict });
  });
});
