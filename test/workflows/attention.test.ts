import { lookAtEnvironment } from '../../client/watch-environment';
import { startSlipway, type Slipway, type SlipwayOptions } from '../support/slipway';
import { git } from '../../examples/shop/git';

let slipway: Slipway;
const given = async (options: SlipwayOptions = {}) => (slipway = await startSlipway(options));
afterEach(() => slipway?.stop());

const longVerify = { verify: { wait: 600_000, interval: 100, checks: [] } };

/** 1.0.0 is live, and 1.2.0 fails its smoke check where the remote forbids the branch to go back. */
async function aRollbackThatCannotGoOn() {
  const { shop } = await given();
  await git(['config', 'receive.denyNonFastForwards', 'true'], { folder: shop.remote });
  const release = await slipway.approved('1.2.0');
  const state = await release.in('needs attention');
  return { shop, release, state };
}

describe('a rollback that cannot go on', () => {
  test('stops for a person, says why, keeps the lock, and goes on when told to try again', async () => {
    const { shop, release, state } = await aRollbackThatCannotGoOn();
    expect(state.attention).toMatchObject({ step: 'undo:move:web', error: { code: 'PUSH_REJECTED' } });
    expect(state.waitingFor).toMatchObject({ until: null, send: ['resolve'] });
    expect((await slipway.environmentState()).holder?.releaseId).toBe(release.id);
    await release.decide('resolve', { by: 'ada', action: 'retry' });
    await release.until(
      'it needs attention again',
      ({ timeline, phase }) =>
        phase === 'needs attention' && timeline.filter(({ text }) => text.startsWith('undo:move:web')).length === 2,
    );
    await git(['config', '--unset', 'receive.denyNonFastForwards'], { folder: shop.remote });
    await release.decide('resolve', { by: 'ada', action: 'retry' });
    expect(await release.result()).toMatchObject({ outcome: 'rolled back', drift: [] });
    const commit = await shop.commitOf('1.0.0');
    expect(shop.live()).toEqual({ api: commit, web: commit });
  });

  test('goes on behind a step that a person did by hand', async () => {
    const { shop, release } = await aRollbackThatCannotGoOn();
    await git(['config', '--unset', 'receive.denyNonFastForwards'], { folder: shop.remote });
    const commit = await shop.commitOf('1.0.0');
    await shop.push(`+${commit}:refs/heads/production`);
    await release.decide('resolve', { by: 'ada', action: 'done', comment: 'pushed it myself' });
    const result = await release.result();
    expect(result.outcome).toBe('rolled back');
    expect(result.undone.map(({ step, how }) => [step, how])).toEqual([
      ['move:web', 'by hand'],
      ['move:api', 'undone'],
      ['migrate:api', 'undone'],
    ]);
    expect(shop.live()).toEqual({ api: commit, web: commit });
  });

  test('records drift for a pointer that a person leaves where it is', async () => {
    const { release } = await aRollbackThatCannotGoOn();
    await release.decide('resolve', { by: 'ada', action: 'skip', comment: 'the window may stay' });
    expect(await release.result()).toMatchObject({
      outcome: 'rolled back',
      drift: ['web: its pointer stays as the release left it'],
      services: [
        { service: 'api', how: 'rolled back' },
        { service: 'web', how: 'needs attention' },
      ],
    });
  });

  test('can be abandoned: what is left is recorded, and the environment is free again', async () => {
    const { release } = await aRollbackThatCannotGoOn();
    await release.decide('resolve', { by: 'ada', action: 'abandon', comment: 'we fix it forward' });
    const result = await release.result();
    expect(result.outcome).toBe('abandoned');
    expect(result.drift).toEqual([
      'web: its pointer stays as the release left it',
      'api: its pointer stays as the release left it',
      'api: its schema stays as the release left it',
    ]);
    expect((await slipway.environmentState()).holder).toBeNull();
    // What is live is broken, and the release that mends it needs a person's word on that.
    const next = await slipway.release('1.3.0');
    const { gates } = await next.in('awaiting approval');
    const broken = gates.filter(({ hard, verdict }) => !hard && verdict !== 'passed').map(({ id }) => `gate:${id}`);
    expect(broken).toContain('gate:healthy:api');
    await next.approve();
    for (const guard of broken) await next.decide('override', { by: 'ada', guard, comment: 'this mends it' });
    expect(await next.result()).toMatchObject({ outcome: 'finished' });
  });
});

describe('the schema behind a rollback', () => {
  test('is not dropped once it holds data: a person decides, and skip keeps it as schema debt', async () => {
    const { shop } = await given({ environment: longVerify });
    const first = await slipway.approved('1.2.0');
    await first.in('verifying');
    await shop.query("insert into reviews (book_id, stars, comment) values (1, 5, 'written since')");
    await first.decide('rollback', { by: 'ada', comment: 'changed our mind' });
    const { attention } = await first.in('needs attention');
    expect(attention).toMatchObject({ step: 'undo:migrate:api', error: { code: 'ROLLBACK_NEEDS_PERSON' } });
    expect(attention?.error.message).toMatch(/reviews/);
    await first.decide('resolve', { by: 'ada', action: 'skip', comment: 'keep the reviews' });
    expect(await first.result()).toMatchObject({
      outcome: 'rolled back',
      schemaDebt: expect.arrayContaining(['api: 002_reviews']) as string[],
    });
    expect(await shop.query('select comment from reviews')).toEqual([{ comment: 'written since' }]);
  });

  test('stays by default, as schema debt, and the next release does not run it again', async () => {
    const keep = (project: Slipway['project']) => {
      const api = project.services['api']!;
      return {
        ...project,
        services: { ...project.services, api: { ...api, database: { ...api.database!, onRollback: 'keep' as const } } },
      };
    };
    const { shop } = await given({ edit: keep });
    await (await slipway.approved('1.1.0')).result();
    const result = await (await slipway.approved('1.2.0')).result();
    expect(result).toMatchObject({ outcome: 'rolled back', schemaDebt: ['api: 002_reviews'] });
    expect(await shop.query('select count(*)::int as n from reviews')).toEqual([{ n: 0 }]);
    const next = await slipway.release('1.3.0');
    const { plan } = await next.in('awaiting approval');
    expect(plan?.services[0]?.database?.scripts.map(({ name }) => name)).toEqual(['003_editions']);
    const debts = async () => {
      const { state } = await lookAtEnvironment(slipway.client, slipway.project, 'production');
      return state.schemaDebt?.map(({ service, name }) => [service, name]);
    };
    expect(await debts()).toEqual([['api', '002_reviews']]);
    await next.approve();
    await next.result();
    expect(await debts()).toEqual([]);
  });

  test('is put back by itself if migrating did not finish', async () => {
    const { shop } = await given({
      edit: (project) => {
        const api = project.services['api']!;
        return {
          ...project,
          services: {
            ...project.services,
            api: { ...api, database: { ...api.database!, onRollback: 'keep' as const } },
          },
        };
      },
    });
    await (await slipway.approved('1.3.0')).result();
    const before = { schema: await shop.schemaFingerprint(), data: await shop.dataFingerprint() };
    await shop.commit({
      author: 'linus',
      subject: 'Two migrations, the second of which cannot run',
      version: '1.4.0',
      files: {
        'db/migrations/010_fine.up.sql': 'create table fine (id integer);\n',
        'db/migrations/010_fine.down.sql': 'drop table fine;\n',
        'db/migrations/011_bad.up.sql': 'create table bad (id integer);\ninsert into bad select 1/0;\n',
        'db/migrations/011_bad.down.sql': 'drop table bad;\n',
      },
    });
    const release = await slipway.approved('1.4.0');
    const result = await release.result();
    expect(result).toMatchObject({
      outcome: 'rolled back',
      failure: { code: 'MIGRATION_FAILED' },
      schemaDebt: [],
      services: [
        { service: 'api', how: 'untouched' },
        { service: 'web', how: 'untouched' },
      ],
    });
    expect(result.failure?.message).toMatch(/011_bad .*line 2/);
    expect({ schema: await shop.schemaFingerprint(), data: await shop.dataFingerprint() }).toEqual(before);
  });
});

describe('where failures are only reported', () => {
  test('a failed release stands until a person says rollback', async () => {
    const { shop } = await given({ environment: { onFailure: 'report' } });
    await (await slipway.approved('1.1.0')).result();
    const release = await slipway.approved('1.2.0');
    const { attention } = await release.in('needs attention');
    expect(attention).toMatchObject({ step: 'failure', error: { code: 'CHECK_FAILED' } });
    expect(shop.live()['api']).toBe(await shop.commitOf('1.2.0'));
    await release.decide('rollback', { by: 'grace', comment: 'now' });
    expect(await release.result()).toMatchObject({ outcome: 'rolled back', failure: { code: 'CHECK_FAILED' } });
    expect(shop.live()['api']).toBe(await shop.commitOf('1.1.0'));
  });

  test('or says abandon, and what was changed stays as drift', async () => {
    const { shop } = await given({ environment: { onFailure: 'report' } });
    const release = await slipway.approved('1.2.0');
    await release.in('needs attention');
    await release.decide('resolve', { by: 'grace', action: 'abandon', comment: 'only the list is broken' });
    const result = await release.result();
    expect(result.outcome).toBe('abandoned');
    expect(result.drift).toHaveLength(3);
    expect(shop.live()['api']).toBe(await shop.commitOf('1.2.0'));
  });
});
