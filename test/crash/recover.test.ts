import { rm } from 'node:fs/promises';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findUnfinished, startRecovery } from '../../client/recover-release';
import { projectRoot } from '../../examples/shop/project-root';
import { environmentStart } from '../../workflows/environment-start';
import { environmentWorkflowId } from '../../release/identity';
import type { Service } from '../../release/project';
import type { RecoveryAction } from '../../release/recovery';
import type { ReleaseResult } from '../../release/state';
import { startStack, type Stack } from '../../worker/embedded/start-stack';
import type { FoundRelease, RecoveryInput } from '../../workflows/messages';
import { searchAttributeNames } from '../../workflows/search-attributes';
import { lookAtWorld, type World } from '../support/crash-footprint';
import { CrashStage, approve, endOf, type Version } from '../support/crash-stage';
import type { CrashWorker } from '../support/crash-workers';
import { eventually } from '../support/eventually';
import type { ReleaseUnderTest } from '../support/slipway';
import { ledgerPrint } from '../support/test-ledger';

/** A release that nobody runs any more, and the worker that was stopped in the middle of it. */
interface Dead {
  readonly version: Version;
  readonly release: ReleaseUnderTest;
  readonly sleeper: CrashWorker;
}

async function unfinished(stage: CrashStage): Promise<FoundRelease[]> {
  const { client, project } = stage.slipway;
  return findUnfinished(client, { project: project.name, environment: 'production' }, 30_000);
}

async function inputFor(stage: CrashStage, { release }: Dead, action: RecoveryAction): Promise<RecoveryInput> {
  const { client, project } = stage.slipway;
  const entry = (await unfinished(stage)).find((found) => found.release.id === release.id)!.release;
  const question = { project: project.name, environment: 'production', release: entry };
  const [found] = await findUnfinished(client, question, 30_000);
  return { unfinished: found!.unfinished!, action, by: 'grace', reason: 'its workflow is gone', temporalGone: false };
}

/** Recovers it, as two people who do so at the same time would. */
async function recover(stage: CrashStage, dead: Dead, action: RecoveryAction, more = {}): Promise<ReleaseResult> {
  const { client } = stage.slipway;
  const input = { ...(await inputFor(stage, dead, action)), ...more };
  const [one, other] = await Promise.all([startRecovery(client, input), startRecovery(client, input)]);
  expect(one.runId).toBe(other.runId);
  return client.workflow.getHandle(one.id).result() as Promise<ReleaseResult>;
}

const outcomeIs = (outcome: string) => expect.objectContaining({ outcome, drift: [] }) as ReleaseResult;

describe('a release that is terminated between its two pointer moves', () => {
  let stage: CrashStage;
  let before: World;

  beforeAll(async () => {
    // One worker, so that no other goes on with what it was stopped in.
    stage = await CrashStage.start({ workers: 1 });
  });
  beforeEach(async () => {
    before = await lookAtWorld(stage);
  });
  afterAll(() => stage.stop());

  /** `anew`: its environment is begun again by hand, and knows nothing of what was. */
  async function terminated(kind: 'good' | 'broken', anew = false): Promise<Dead> {
    const falling = stage.workers.fallAt('move-branch:before', 'SIGSTOP');
    const begun = await stage.begin(kind);
    const sleeper = await falling;
    const { client, project } = stage.slipway;
    // Its environment would recover it by itself.
    const environment = client.workflow.getHandle(environmentWorkflowId(project.name, 'production'));
    await environment.terminate('with it');
    await client.workflow.getHandle(begun.release.id).terminate('by a careless person');
    const { workflowId, ...start } = environmentStart(project.name, 'production');
    const args = [{ project: project.name, environment: 'production' }];
    if (anew) await client.workflow.start('environment', { workflowId, ...start, args });
    await stage.workers.refill();
    return { ...begun, sleeper };
  }

  /** Only what tells of one release and not of another is left out. */
  const lasting = ({ live, schema, data, refs }: World) => ({
    live,
    schema,
    data,
    branch: refs['refs/heads/production'],
  });

  test('is found with what it did, and undone: both services and the database are as before, whoever wakes late', async () => {
    const dead = await terminated('broken');
    expect((await unfinished(stage)).map(({ release, judged }) => [release.id, judged])).toEqual([
      [
        dead.release.id,
        {
          steps: [
            expect.objectContaining({ step: 'migrate:api', found: 'done' }),
            expect.objectContaining({ step: 'move:api', found: 'done' }),
            expect.objectContaining({ step: 'move:web', found: 'not done' }),
          ],
          offers: [
            expect.objectContaining({ action: 'undo' }),
            expect.objectContaining({ action: 'finish' }),
            expect.objectContaining({ action: 'close' }),
          ],
          notes: [],
        },
      ],
    ]);
    expect(await recover(stage, dead, 'undo')).toEqual(outcomeIs('rolled back'));
    const after = await lookAtWorld(stage);
    expect(lasting(after)).toEqual(lasting(before));
    expect(after.migrations.slice(before.migrations.length)).toMatchObject([
      { state: 'reverted' },
      { state: 'reverted' },
    ]);
    await dead.sleeper.wakeAndRest();
    expect(await lookAtWorld(stage)).toEqual(after);
    await dead.sleeper.kill();
    expect(await unfinished(stage)).toEqual([]);
    const { undoRecords, undone, decisions, timeline } = await ledgerPrint(dead.release.id);
    expect({ undoRecords, undone, decisions }).toEqual({
      undoRecords: ['migrate:api', 'move:api', 'move:web'],
      undone: ['move:web nothing to undo', 'move:api undone', 'migrate:api undone'],
      decisions: ['approve ada true'],
    });
    // Of the dead one and of its recovery, in one account.
    const told = ['linus asked', 'approve by ada', 'undo by grace, claimed', 'rolling back', 'rolled back:'];
    const places = told.map((start) => timeline.findIndex((text) => text.startsWith(start)));
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    expect(places).not.toContain(-1);
  });

  test('is finished in vain: what the new version lacks puts everything back, as a release would', async () => {
    const dead = await terminated('broken');
    const result = await recover(stage, dead, 'finish');
    expect(result).toMatchObject({ outcome: 'rolled back', drift: [], failure: { code: 'CHECK_FAILED' } });
    const after = await lookAtWorld(stage);
    expect(lasting(after)).toEqual(lasting(before));
    await dead.sleeper.wakeAndRest();
    expect(await lookAtWorld(stage)).toEqual(after);
    await dead.sleeper.kill();
    expect(await unfinished(stage)).toEqual([]);
    expect(await ledgerPrint(dead.release.id)).toMatchObject({
      outcome: 'rolled back',
      undone: ['move:web undone', 'move:api undone', 'migrate:api undone'],
    });
    expect((await stage.slipway.environmentState()).holder).toBeNull();
  });

  test('is recovered once, by two people who want different things, while the worker that was thought dead goes on', async () => {
    const dead = await terminated('broken');
    const [undo, finish] = [await inputFor(stage, dead, 'undo'), await inputFor(stage, dead, 'finish')];
    const { client } = stage.slipway;
    dead.sleeper.wake();
    const started = await Promise.allSettled([startRecovery(client, undo), startRecovery(client, finish)]);
    const [won] = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const lost = started.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(lost).toEqual([expect.objectContaining({ code: 'RECOVERY_RUNNING' })]);
    const result = (await client.workflow.getHandle(won!.id).result()) as ReleaseResult;
    // Whoever it was: the version is broken.
    expect(result).toEqual(outcomeIs('rolled back'));
    const after = await lookAtWorld(stage);
    expect(lasting(after)).toEqual(lasting(before));
    await dead.sleeper.atRest();
    // And a third, whose look is older than all of that.
    const { id } = await startRecovery(client, undo);
    await expect(client.workflow.getHandle(id).result()).rejects.toMatchObject({ cause: { type: 'RECOVERY_REFUSED' } });
    expect(await lookAtWorld(stage)).toEqual(after);
    await dead.sleeper.kill();
    expect(await ledgerPrint(dead.release.id)).toMatchObject({ outcome: 'rolled back', phase: 'ended' });
    expect(await unfinished(stage)).toEqual([]);
  });

  test('and whose environment another release has taken over since is closed, and nothing else', async () => {
    const dead = await terminated('good', true);
    const next = await stage.begin('good');
    expect(await endOf(next, 'finished')).toMatchObject({ drift: [] });
    const world = await lookAtWorld(stage);
    const [{ judged }] = (await unfinished(stage)) as [FoundRelease];
    expect(judged).toMatchObject({
      offers: [{ action: 'close', outcome: 'abandoned' }],
      notes: expect.arrayContaining([expect.stringContaining(next.release.id)]) as string[],
    });
    for (const action of ['undo', 'finish'] as const) {
      await expect(recover(stage, dead, action)).rejects.toMatchObject({ cause: { type: 'RECOVERY_REFUSED' } });
    }
    expect(await lookAtWorld(stage)).toEqual(world);
    const { outcome, drift } = await recover(stage, dead, 'close');
    expect(outcome).toBe('abandoned');
    expect(drift).toEqual(expect.arrayContaining([expect.stringContaining('move:web: could not tell')]));
    expect(await lookAtWorld(stage)).toEqual(world);
    const { commit, name: version } = next.version;
    expect(world.live).toEqual({ api: { commit, version }, web: { commit, version } });
    await dead.sleeper.wakeAndRest();
    expect(await lookAtWorld(stage)).toEqual(world);
    await dead.sleeper.kill();
    expect(await unfinished(stage)).toEqual([]);
    expect(await ledgerPrint(dead.release.id)).toMatchObject({ outcome: 'abandoned', undone: [] });
  });

  test('is undone all the same by a recovery that was itself terminated in the middle, and begun again', async () => {
    const dead = await terminated('broken');
    const input = await inputFor(stage, dead, 'undo');
    const falling = stage.workers.fallAt('undo-tag:after', 'SIGSTOP');
    const { id } = await startRecovery(stage.slipway.client, input);
    const second = await falling;
    await stage.slipway.client.workflow.getHandle(id).terminate('by the same person');
    await stage.workers.refill();
    expect(await recover(stage, dead, 'undo')).toEqual(outcomeIs('rolled back'));
    const after = await lookAtWorld(stage);
    expect(lasting(after)).toEqual(lasting(before));
    await Promise.all([dead.sleeper, second].map((sleeper) => sleeper.wakeAndRest()));
    expect(await lookAtWorld(stage)).toEqual(after);
    await Promise.all([dead.sleeper, second].map((sleeper) => sleeper.kill()));
  });

  test('is finished: the migrations are not run again, the pointer that was moved stays, the other follows', async () => {
    const dead = await terminated('good');
    expect(await recover(stage, dead, 'finish')).toEqual(outcomeIs('finished'));
    const after = await lookAtWorld(stage);
    const { commit, name: version, migrations } = dead.version;
    expect(after.live).toEqual({ api: { commit, version }, web: { commit, version } });
    const rows = await stage.shop.query('select migration from effects where migration = any($1) order by 1', [
      migrations,
    ]);
    expect(rows).toEqual(migrations.map((migration) => ({ migration })));
    expect(after.backups).toHaveLength(before.backups.length + 1);
    const moves = after.pushes.slice(before.pushes.length).map(({ ref }) => ref);
    expect(moves.filter((ref) => !ref.startsWith('refs/slipway/'))).toEqual([
      `refs/tags/v${version}`,
      'refs/heads/production',
    ]);
    await dead.sleeper.wakeAndRest();
    expect(await lookAtWorld(stage)).toEqual(after);
    await dead.sleeper.kill();
  });

  test('one that runs is refused, and goes on', async () => {
    const { name } = await stage.makeVersion('good');
    const release = await stage.slipway.release(name);
    await release.in('awaiting approval');
    expect((await unfinished(stage)).map((found) => found.release.id)).not.toContain(release.id);
    const { client, project } = stage.slipway;
    const { runId } = await client.workflow.getHandle(release.id).describe();
    const question = { project: project.name, environment: 'production', release: { id: release.id, runId } };
    const [found] = await findUnfinished(client, question);
    expect(found!.judged.offers).toEqual([]);
    const forced = { unfinished: found!.unfinished!, action: 'close', by: 'grace', reason: 'now', temporalGone: false };
    const { id } = await startRecovery(client, forced as RecoveryInput);
    await expect(client.workflow.getHandle(id).result()).rejects.toMatchObject({ cause: { type: 'RELEASE_RUNNING' } });
    await release.approve();
    expect(await release.result()).toMatchObject({ outcome: 'finished' });
  });
});

describe('the data of the namespace is deleted in the middle of a release', () => {
  let stack: Stack;
  let stage: CrashStage;
  const shared = { ...process.env };
  const folder = join(projectRoot, '.slipway', 'test', String(process.pid), 'recover');

  beforeAll(async () => {
    stack = await startStack({
      folder,
      fresh: true,
      temporary: true,
      fast: true,
      searchAttributes: Object.fromEntries(
        Object.values(searchAttributeNames).map((name) => [name, 'Keyword' as const]),
      ),
    });
    process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS'] = stack.address;
    process.env['SLIPWAY_TEST_DATABASE_URL'] = stack.databaseUrl;
    stage = await CrashStage.start({ workers: 1, services: withBadTagDeleted });
  });
  afterAll(async () => {
    await stage.stop();
    Object.assign(process.env, shared);
    await stack.stop();
  });

  test('it is undone from the ledger alone, and the environment is free for the next release, of the same id', async () => {
    const before = await lookAtWorld(stage);
    const falling = stage.workers.fallAt('move-branch:before', 'SIGKILL');
    const begun = await stage.begin('good');
    const dead = { ...begun, sleeper: await falling };
    const { client } = stage.slipway;
    const { runId } = await client.workflow.getHandle(begun.release.id).describe();
    await stack.killTemporal();
    const files = readdirSync(folder).filter((name) => name.startsWith('temporal.db'));
    expect(files).not.toEqual([]);
    await Promise.all(files.map((name) => rm(join(folder, name))));
    await stack.restartTemporal();
    await stage.workers.refill();
    const [found] = await eventually('the unfinished release', () => unfinished(stage).catch(() => undefined));
    expect(found).toMatchObject({ release: { id: begun.release.id, runId }, sight: { life: 'elsewhere' } });
    // Another Temporal cannot be asked: somebody has to say that it is gone.
    const refused = await startRecovery(client, await inputFor(stage, dead, 'undo'));
    await expect(client.workflow.getHandle(refused.id).result()).rejects.toMatchObject({
      cause: { type: 'RECOVERY_REFUSED' },
    });
    expect(await recover(stage, dead, 'undo', { temporalGone: true })).toEqual(outcomeIs('rolled back'));
    const after = await lookAtWorld(stage);
    expect([after.live, after.schema]).toEqual([before.live, before.schema]);
    const again = await stage.slipway.release(begun.version.name, { again: 'its Temporal was lost' });
    expect(again.id).toBe(begun.release.id);
    await approve(again);
    expect((await again.ended()).outcome).toBe('finished');
    const { commit, name: version } = begun.version;
    expect((await lookAtWorld(stage)).live).toEqual({ api: { commit, version }, web: { commit, version } });
    expect(await unfinished(stage)).toEqual([]);
  });
});

/** Of a version that was put back no tag stays, so that it can be released again. */
function withBadTagDeleted({ api, web }: { api: Service; web: Service }) {
  if (api.pointer.kind !== 'tag') throw new Error('the api is released by a tag');
  const undo = { by: 'new-tag', name: 'v{previous}-rollback.{n}', deleteBadTag: true } as const;
  return { api: { ...api, pointer: { ...api.pointer, undo } }, web };
}
