/** examples/trunk-and-tags: DEV first, a checklist, migrations reviewed, and a person who tries the critical path. */
import { startExample, type ExampleStage } from '../support/example-stage';

let stage: ExampleStage;

beforeAll(async () => {
  stage = await startExample({
    name: 'trunk-and-tags',
    services: { 'user-management': 'api', 'interviews-ui': 'web' },
    earlier: 'dev',
  });
  isProtected();
}, 60_000);
afterAll(() => stage?.stop());

const checks = ['lint', 'typecheck', 'tests', 'build'];
const promotion = ['change observed working on DEV', 'everybody can state the rollback path'];
const criticalPath = ['log in', 'start an interview'];

/** Changes land on the trunk by pull request, with required checks. */
function isProtected(): void {
  stage.github.protectBranch(stage.hosted, 'main', { requiredApprovals: 1, requiredChecks: checks });
}

/** CI has passed on the commit of that version. */
async function isGreen(version: string): Promise<void> {
  const commit = await stage.slipway.shop.commitOf(version);
  for (const name of checks) stage.github.addCheckRun(stage.hosted, { name, commit });
}

/** Asks for a version that DEV has proven. */
async function promote(version = '1.1.0') {
  const release = await stage.slipway.release(version, { by: 'linus' });
  await release.in('awaiting approval');
  return release;
}

describe('given a commit that DEV has not run', () => {
  test('when somebody promotes it, then it waits for DEV, and says so', async () => {
    await isGreen('1.1.0');
    await stage.runsEarlier('1.0.0');
    const release = await stage.slipway.release('1.1.0');
    const { gates } = await release.until(
      'waits for DEV',
      ({ waitingFor }) => waitingFor?.what.includes('dev') ?? false,
    );
    expect(gates.find(({ id }) => id.startsWith('environment'))).toMatchObject({ verdict: 'unknown' });
    await release.decide('reject', { by: 'ada', comment: 'DEV first' });
    expect(await release.result()).toMatchObject({ outcome: 'rejected', undone: [] });
  });
});

describe('given a commit that runs on DEV, healthy, and is green', () => {
  beforeAll(() => stage.runsEarlier('1.1.0'));

  test('when a program promotes it, then nothing is started', async () => {
    await expect(stage.slipway.release('1.1.0', { by: 'pipeline[bot]' })).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    });
  });

  test('when nobody has ticked the checklist, then no approval counts', async () => {
    const release = await promote();
    const digest = await stage.digestOf(release);
    await expect(release.decide('approve', { by: 'grace', digest })).rejects.toThrow(/change observed working on DEV/);
    await release.decide('reject', { by: 'grace', comment: 'nobody has looked' });
    await release.result();
  });

  test('when who wrote a migration approves it, then it does not count, also not under another e-mail', async () => {
    const release = await promote();
    await stage.tickAll(release, 'grace', promotion);
    const digest = await stage.digestOf(release);
    await stage.signed(release, 'approve', { by: 'linus', digest, comment: 'it is ready' });
    const { waitingFor } = await release.in('awaiting approval');
    expect(waitingFor?.what).toBe('1 approval by barbara');
    const again = { by: 'linus@shop.example', digest, comment: 'I know what I wrote' };
    await expect(stage.signed(release, 'approve', again)).rejects.toThrow(/is an author of its commits/);
    await release.decide('approve', { by: 'barbara', digest, comment: 'only claimed: it counts for the promotion' });
    expect((await release.in('awaiting approval')).waitingFor?.what).toBe('1 approval by barbara');
    await release.decide('reject', { by: 'barbara', comment: 'not today' });
    await release.result();
  });

  test('when people have gone through the checklist and the critical path, then it is live', async () => {
    const release = await promote();
    await approveAll(release);
    await release.until('asks to accept', ({ place }) => place === 'after-smoke');
    await stage.tickAll(release, 'grace', criticalPath);
    await release.decide('approve', { by: 'grace', digest: await stage.digestOf(release) });
    expect(await release.result()).toMatchObject({ outcome: 'finished' });
    const { live } = await stage.slipway.environmentState();
    expect(live).toMatchObject({ 'user-management': { version: '1.1.0' }, 'interviews-ui': { version: '1.1.0' } });
  });

  test('when the critical path of the next does not work, then a person says so, and everything is as before', async () => {
    await isGreen('1.3.0');
    await stage.runsEarlier('1.3.0');
    const { shop } = stage.slipway;
    const before = { live: shop.live(), production: (await shop.refs())['refs/heads/production'] };
    const release = await promote('1.3.0');
    // Everybody of the backend had a hand in it: the soft guard is overridden, aloud.
    await stage.signed(release, 'override', {
      by: 'grace',
      guard: 'approval:migrations reviewed',
      comment: 'all wrote it',
    });
    await approveAll(release);
    await release.until('asks to accept', ({ place }) => place === 'after-smoke');
    await release.decide('reject', { by: 'ada', comment: 'nobody can log in' });
    expect(await release.result()).toMatchObject({ outcome: 'rolled back' });
    expect({ live: shop.live(), production: (await shop.refs())['refs/heads/production'] }).toEqual(before);
  });
});

/** Everything that is asked for before anything changes. */
async function approveAll(release: Awaited<ReturnType<typeof promote>>): Promise<void> {
  await stage.tickAll(release, 'grace', promotion);
  await stage.signed(release, 'approve', {
    by: 'barbara',
    digest: await stage.digestOf(release),
    comment: 'adds a column, and takes it away again',
  });
}

test('given a trunk that anybody may push to, when a version is promoted, then nothing begins', async () => {
  await isGreen('1.2.0');
  await stage.runsEarlier('1.2.0');
  stage.hosted.protections.length = 0;
  const release = await stage.slipway.release('1.2.0');
  expect(await release.ended().catch((failure: unknown) => failure)).toMatchObject({ outcome: 'stopped' });
  const { gates } = await release.state();
  expect(gates.filter(({ verdict }) => verdict !== 'passed')).toMatchObject([{ id: 'protection', verdict: 'failed' }]);
  isProtected();
});

test('given CI that is red, when it is promoted, then nothing begins', async () => {
  await isGreen('1.2.0');
  await stage.runsEarlier('1.2.0');
  const commit = await stage.slipway.shop.commitOf('1.2.0');
  stage.github.addCheckRun(stage.hosted, { name: 'tests', commit, conclusion: 'failure' });
  const release = await stage.slipway.release('1.2.0');
  expect(await release.ended().catch((failure: unknown) => failure)).toMatchObject({ outcome: 'stopped' });
});
