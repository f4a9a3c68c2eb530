/** examples/promote-staging: somebody else than the author promotes, softly guarded; rolled back first, diagnosed after. */
import { startExample, type ExampleStage } from '../support/example-stage';

let stage: ExampleStage;

beforeAll(async () => {
  stage = await startExample({
    name: 'promote-staging',
    services: { backend: 'api', frontend: 'web' },
    earlier: 'staging',
  });
  await stage.runsEarlier('1.1.0');
}, 60_000);
afterAll(() => stage?.stop());

/** A build of staging is a commit; ada, grace and linus wrote 1.1.0, barbara did not. */
const build = () => stage.slipway.shop.commitOf('1.1.0');

async function promoteBy(by: string, again?: string) {
  const release = await stage.slipway.release(await build(), { by, ...(again !== undefined && { again }) });
  await release.in('awaiting approval');
  return release;
}

describe('given a build that was verified in staging', () => {
  test('when one who wrote it promotes it, then somebody else must say yes', async () => {
    const release = await promoteBy('linus');
    const digest = await stage.digestOf(release);
    for (const by of ['ada', 'grace', 'linus']) {
      await expect(stage.signed(release, 'approve', { by, digest })).rejects.toThrow(/is an author of its commits/);
    }
    expect((await release.state()).waitingFor?.what).toBe('1 approval by barbara');
    await release.decide('reject', { by: 'linus', comment: 'barbara is away' });
    await release.result();
  });

  test('when it is an emergency, then the guard is overridden aloud, and it goes out', async () => {
    const release = await promoteBy('linus');
    await expect(release.decide('override', { by: 'linus', guard: 'approval:promote' })).rejects.toThrow(/reason/);
    await release.decide('override', { by: 'linus', guard: 'approval:promote', comment: 'payments are down' });
    await stage.signed(release, 'approve', { by: 'linus', digest: await stage.digestOf(release) });
    expect(await release.result()).toMatchObject({ outcome: 'finished' });
    const { overrides, timeline } = await release.state();
    expect(overrides).toMatchObject([{ guard: 'approval:promote', by: 'linus', reason: 'payments are down' }]);
    expect(timeline.some(({ text }) => text.includes('payments are down'))).toBe(true);
  });
});
