import { existsSync, writeFileSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lookAtWorld } from '../support/crash-footprint';
import { CrashStage, endOf } from '../support/crash-stage';
import { eventually } from '../support/eventually';
import { GitHttpServer } from '../support/git-http';
import { mentioning } from '../support/processes';
import { aFolder } from '../support/shop';

/** Attempts that wake when their release has been undone and the next one has run: nothing of them may land. */

let stage: CrashStage;
afterEach(() => stage?.stop());

/** The point at which a worker is stopped, how its release ends then, and where its late attempt is seen to be over. */
const attempts = [
  { before: 'fence-take:before', outcome: 'rejected', tries: 'fence-take:after' },
  { before: 'backup-command:before', outcome: 'rejected', tries: 'backup-command:after' },
  { before: 'migrate-sql:before', outcome: 'rolled back', tries: undefined },
  { before: 'migrate-commit:before', outcome: 'rolled back', tries: undefined },
  { before: 'move-tag:before', outcome: 'rolled back', tries: 'move-tag:after' },
  { before: 'move-branch:before', outcome: 'rolled back', tries: 'move-branch:after' },
] as const;

describe.each(attempts)('a worker stopped at $before, then a person sends it back', ({ before, outcome, tries }) => {
  test.each(['at its end', 'after the next release'])('wakes %s and changes nothing', async (when) => {
    stage = await CrashStage.start();
    const { workers } = stage;
    const start = await lookAtWorld(stage);
    const falling = workers.fallAt(before, 'SIGSTOP');
    const begun = await stage.begin('good');
    const sleeper = await falling;
    const refilled = workers.refill();
    await begun.release.decide('reject', { by: 'grace', comment: 'not this one' });
    await endOf(begun, outcome);
    const end = await lookAtWorld(stage);
    expect(end).toMatchObject({ live: start.live, schema: start.schema, data: start.data });
    if (when === 'after the next release') await endOf(await stage.begin('good'), 'finished');

    const asleep = await lookAtWorld(stage);
    const known = workers.reached.length;
    await sleeper.wakeAndRest();
    expect(await lookAtWorld(stage)).toEqual(asleep);
    // It was no idle wake: the push, or the command, was really sent.
    const woken = workers.reached.slice(known).filter(({ pid }) => pid === sleeper.pid);
    if (tries) expect(woken.map(({ point }) => point)).toContain(tries);

    // And it is in nobody's way.
    await Promise.all([sleeper.kill(), refilled]);
    const next = await endOf(await stage.begin('good'), 'finished');
    expect(next.outcome).toBe('finished');
  });
});

test('a push that goes on at its host after its worker was killed does not land behind the rollback', async () => {
  const folder = aFolder();
  const server = await GitHttpServer.start(folder);
  try {
    stage = await CrashStage.start({ shop: { folder, remoteUrl: server.url('shop.git') } });
    const { workers, shop } = stage;
    const before = await lookAtWorld(stage);
    // The host holds the first push of the branch for as long as we want, whoever is still there to wait for it.
    const file = (name: string) => join(folder, name);
    const hook = join(shop.remote, 'hooks', 'pre-receive');
    await writeFile(
      hook,
      `#!/bin/sh\ngrep -q refs/heads/production || exit 0\n[ -e ${file('held')} ] && exit 0\n: > ${file('held')}\n` +
        `while [ ! -e ${file('go')} ]; do sleep 0.05; done\n`,
    );
    await chmod(hook, 0o755);

    const begun = await stage.begin('good');
    await eventually('the push to be held', () => (existsSync(file('held')) ? true : undefined));
    await workers.lastAt('move-branch:before').kill();
    const refilled = workers.refill();
    await begun.release.decide('rollback', { by: 'grace', comment: 'not this one' });
    await endOf(begun, 'rolled back');
    await refilled;
    const end = await lookAtWorld(stage);
    expect(end).toMatchObject({ live: before.live, schema: before.schema, data: before.data });
    expect(server.busy).toBe(1);

    writeFileSync(file('go'), '');
    await eventually('the host to be at rest', () =>
      server.busy === 0 && mentioning(shop.remote).length === 0 ? true : undefined,
    );
    expect(await lookAtWorld(stage)).toEqual(end);
  } finally {
    await server.stop();
  }
});
