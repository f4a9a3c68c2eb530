import type { EnvironmentGate } from '../../../release/gate-rule';
import { emptyEnvironment } from '../../../release/environment-state';
import type { LiveService } from '../../../release/live-service';
import { SlipwayError } from '../../../release/errors';
import { noEnvironments } from '../../support/attempts';
import { GateScene } from './stage';
import { aWatchedEnvironment, minute } from './watched-environment';

let scene: GateScene;
beforeAll(async () => {
  scene = await GateScene.open();
  Object.defineProperty(scene, 'repository', { get: () => ({ url: '${env:REMOTE}', trunk: 'main' }) });
  scene.env['REMOTE'] = scene.remote.path;
});
afterAll(() => scene.close());

const rule = (change: Partial<EnvironmentGate> = {}): EnvironmentGate => ({
  ...{ kind: 'environment', name: 'environment', environment: 'dev', for: 30 * minute, wait: 3_600_000 },
  ...{ guard: 'hard', services: [] },
  ...change,
});

const ask = async (change?: Partial<EnvironmentGate>) => (await scene.ask([rule(change)]))[0]!;

/** What dev's workflow knows. */
function dev(state: Awaited<ReturnType<typeof noEnvironments.state>>): void {
  scene.environments = { ...noEnvironments, state: async () => state };
}

const released = (change: Partial<LiveService> = {}): LiveService => ({
  ...{ version: '1.2.0', commit: scene.commits.released, since: new Date(Date.now() - 31 * minute).toISOString() },
  ...{ releaseId: 'release/shop/dev/1.2.0/1', previous: null },
  ...change,
});

test('a commit that is live there, not yet for long enough, is waited for: since when, and how long still', async () => {
  const watched = aWatchedEnvironment(scene);
  watched.runs(scene.commits.released, 10);
  dev(watched.now());
  const report = await ask();
  expect(report).toMatchObject({ verdict: 'unknown', evidence: [{ name: expect.stringContaining('dev') as string }] });
  expect(report.pending).toBeDefined();
  expect(report.detail).toContain('10m so far; 30m are needed');
});

test('a commit that contains it is as good, what runs there now is of no matter', async () => {
  scene.commit = scene.commits.live;
  const watched = aWatchedEnvironment(scene);
  watched.runs(scene.commits.released, 40, 5);
  dev(watched.now());
  expect(await ask()).toMatchObject({ verdict: 'passed' });
  scene.commit = scene.commits.released;
});

test('an environment that nobody looks at, or looked at for long, could not be asked', async () => {
  dev(undefined);
  expect((await ask({ wait: 0 })).detail).toContain('`slipway environment watch dev`');
  const watched = aWatchedEnvironment(scene);
  watched.runs(scene.commits.released, 20, 10);
  dev(watched.now(10));
  expect(await ask({ wait: 0 })).toMatchObject({
    verdict: 'unknown',
    detail: expect.stringContaining('last looked at') as string,
  });
  scene.environments = {
    ...noEnvironments,
    state: () => Promise.reject(new SlipwayError('NO_WORKER', { queue: 'q', environment: 'dev' })),
  };
  const silent = await ask();
  expect(silent).toMatchObject({ verdict: 'unknown' });
  expect(silent.pending).toBeDefined();
});

test('a release that ended there counts from its end, watched or not', async () => {
  dev({ ...emptyEnvironment, live: { api: released() } });
  expect(await ask()).toMatchObject({ verdict: 'passed' });
  const now = released({ since: new Date().toISOString() });
  dev({ ...aWatchedEnvironment(scene).now(), live: { api: now } });
  expect(await ask({ for: 0 })).toMatchObject({ verdict: 'passed' });
  dev({ ...aWatchedEnvironment(scene).now(), live: { api: { ...now, releaseId: 'adopted by ada' } } });
  expect(await ask({ for: 0, wait: 0 })).toMatchObject({ verdict: 'failed' });
});

test('a newer commit that came there meanwhile, which the clone has not seen, contains it as well', async () => {
  const watched = aWatchedEnvironment(scene);
  watched.runs(scene.commits.released, 40);
  dev(watched.now());
  expect(await ask()).toMatchObject({ verdict: 'passed' });
  scene.keepsClone = true;
  const newer = scene.remote.commit('main', { message: 'Since then' });
  watched.runs(newer, 40);
  dev(watched.now());
  expect(await ask()).toMatchObject({ verdict: 'passed' });
});
