import { existsSync, writeFileSync } from 'node:fs';
import { chmod, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { footprint, lookAtWorld } from '../support/crash-footprint';
import { CrashStage, endOf, skipWaits } from '../support/crash-stage';
import { eventually } from '../support/eventually';
import { GitHttpServer } from '../support/git-http';
import { mentioning } from '../support/processes';
import { aFolder } from '../support/shop';

/** Attempts that come to life when their release was undone and another has run: nothing of them may land. */

let stage: CrashStage;
/** Long, so that a release waits for its rollback also where another worker has finished the stopped one's step. */
const monitor = { window: 600_000, interval: 100 };
const finish = async (begun: Awaited<ReturnType<CrashStage['begin']>>) => {
  await Promise.all([endOf(begun, 'finished'), skipWaits(begun.release)]);
};
const sendBack = async (begun: Awaited<ReturnType<CrashStage['begin']>>) => {
  await begun.release.decide('rollback', { by: 'grace', comment: 'not this one' });
  const [result] = await Promise.all([endOf(begun), skipWaits(begun.release)]);
  expect(['rolled back', 'stopped']).toContain(result.outcome);
};

describe('a worker that is stopped, whose release is sent back, and that wakes after the next release', () => {
  beforeAll(async () => (stage = await CrashStage.start({ environment: { monitor }, firstRelease: finish })));
  afterAll(() => stage?.stop());

  test.each(['migrate-begin:before', 'migrate-commit:before', 'move-tag:before', 'move-branch:before'])(
    'changes nothing from %s on',
    async (point) => {
      const { workers } = stage;
      const start = await lookAtWorld(stage);
      const falling = workers.fallAt(point, 'SIGSTOP');
      const begun = await stage.begin('broken');
      const sleeper = await falling;
      const refilled = workers.refill();
      await sendBack(begun);
      const { live, schema, data } = await lookAtWorld(stage);
      expect({ live, schema, data }).toEqual({ live: start.live, schema: start.schema, data: start.data });

      const between = await lookAtWorld(stage);
      const next = await stage.begin('good');
      await finish(next);
      const asleep = await lookAtWorld(stage);
      await sleeper.wakeAndRest();
      expect(await lookAtWorld(stage)).toEqual(asleep);
      expect(await footprint(stage, between, next)).toMatchObject({
        updates: { 'refs/tags/vNEW': ['nothing → NEW'], 'refs/heads/production': ['OLD → NEW'] },
        effects: [{}, {}],
      });
      await Promise.all([sleeper.kill(), refilled]);
    },
  );
});

describe('a push that its host holds up until its release was sent back and the next one has run', () => {
  let server: GitHttpServer;
  const folder = aFolder();
  const file = (name: string) => join(folder, name);

  beforeAll(async () => {
    server = await GitHttpServer.start(folder);
    const shop = { folder, remoteUrl: server.url('shop.git') };
    stage = await CrashStage.start({ shop, environment: { monitor }, firstRelease: finish });
    const hook = join(stage.shop.remote, 'hooks', 'pre-receive');
    // Holds the first push of the branch after it was told to; those that come later pass.
    const script = `grep -q refs/heads/production || exit 0
rm ${file('hold')} 2> /dev/null || exit 0
: > ${file('held')}
while [ ! -e ${file('go')} ]; do sleep 0.05; done`;
    await writeFile(hook, `#!/bin/sh\n${script}\n`);
    await chmod(hook, 0o755);
  });
  afterAll(async () => {
    writeFileSync(file('go'), '');
    await stage?.stop();
    await server.stop();
  });
  beforeEach(() => Promise.all(['go', 'held'].map((name) => rm(file(name), { force: true }))));

  test.each(['killed', 'stopped'] as const)('does not land when its worker was %s meanwhile', async (how) => {
    const { workers, shop } = stage;
    writeFileSync(file('hold'), '');
    const begun = await stage.begin('broken');
    await eventually('the push to be held', () => (existsSync(file('held')) ? true : undefined));
    const sender = workers.lastAt('move-branch:before');
    if (how === 'killed') await sender.kill();
    else sender.stop();
    const refilled = workers.refill();
    await sendBack(begun);
    await finish(await stage.begin('good'));
    await refilled;
    const before = await lookAtWorld(stage);
    expect(server.busy).toBe(1);

    writeFileSync(file('go'), '');
    await eventually('the host to be at rest', () =>
      server.busy === 0 && mentioning(shop.remote).length === 0 ? true : undefined,
    );
    expect(await lookAtWorld(stage)).toEqual(before);
    if (how === 'killed') return;
    await sender.wakeAndRest();
    expect(await lookAtWorld(stage)).toEqual(before);
    await sender.kill();
  });
});
