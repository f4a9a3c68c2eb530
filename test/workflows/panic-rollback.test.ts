/** Going back from what has finished, one story after the other on one shop. */
import { randomUUID } from 'node:crypto';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { askEnvironment, releaseInput } from '../../client';
import { requestRollback, type RollbackAnswer } from '../../client/request-rollback';
import type { RollbackRequest } from '../../release/rollback-request';
import { environmentWorkflowId } from '../../release/identity';
import { answerQuery, freezeUpdate, requestReleaseSignal, rollbackSignal } from '../../workflows/messages';
import { containing, matching } from '../client/matchers';
import { eventually } from '../support/eventually';
import { startSlipway, underTest, type ReleaseUnderTest, type Slipway } from '../support/slipway';

let slipway: Slipway;

beforeAll(async () => {
  slipway = await startSlipway({ environment: { queue: 'refuse' } });
}, 120_000);
afterAll(() => slipway?.stop());

const place = () => ({ project: slipway.project.name, environment: 'production' });

function press(by: string, to?: string): Promise<RollbackAnswer> {
  const order = { project: slipway.project, environment: 'production', to, reason: 'checkout fails', by };
  return requestRollback(slipway.client, order, 30_000);
}

/** By the signal, as from the Web UI: without the rules. */
const send = (request: Pick<RollbackRequest, 'leaves'> & Partial<RollbackRequest>) =>
  askEnvironment(slipway.client, {
    place: place(),
    signal: rollbackSignal,
    payload: { requestId: randomUUID(), by: 'grace', reason: 'by hand', ...request },
    what: 'a rollback',
  });

function releaseOf(answer: RollbackAnswer): ReleaseUnderTest {
  if (answer.how === 'nothing') throw new Error(answer.words);
  return underTest(slipway.client, answer.releaseId);
}

/** Until nothing is under way, so that what is live is known. */
const settled = () =>
  eventually('nothing is under way', async () => {
    const state = await slipway.environmentState();
    return state.queue.length === 0 && state.holder === null ? state : undefined;
  });

async function finish(version: string, more: Parameters<Slipway['approved']>[1] = {}): Promise<void> {
  const release = await slipway.approved(version, more);
  expect(await release.result()).toMatchObject({ outcome: 'finished' });
  await settled();
}

const both = async (version: string) => {
  const commit = await slipway.shop.commitOf(version);
  return { api: commit, web: commit };
};

test('what no release has put there is not guessed', async () => {
  await expect(press('ada')).rejects.toMatchObject({ code: 'ROLLBACK_UNKNOWN_TARGET' });
  await expect(send({ leaves: '1.0.0' })).rejects.toMatchObject({ code: 'RULES_UNKNOWN' });
});

test('two people press it at the same instant: it goes back once, frozen or not, and a third hears that it is done', async () => {
  const { shop, client } = slipway;
  await finish('1.1.0');
  const environment = client.workflow.getHandle(environmentWorkflowId(slipway.project.name, 'production'));
  const frozen = await environment.executeUpdate(freezeUpdate, { args: [{ by: 'grace', reason: 'x', for: '1h' }] });
  const [first, second] = await Promise.all([press('ada'), press('grace')]);
  expect([first.how, second.how].sort()).toEqual(['joined', 'started']);
  const release = releaseOf(first);
  expect(releaseOf(second).id).toBe(release.id);
  expect(await release.result()).toMatchObject({ outcome: 'finished', schemaDebt: ['api: 001_author'] });
  expect(shop.live()).toEqual(await both('1.0.0'));
  expect(await shop.resolve('refs/tags/v1.0.0-rollback.1')).toBe(await shop.commitOf('1.0.0'));
  expect(await shop.refs()).not.toHaveProperty(['refs/tags/v1.0.0-rollback.2']);
  const { plan, approvals, timeline } = await release.state();
  expect(plan).toMatchObject({ kind: 'rollback', approvals: [] });
  expect(approvals).toEqual([]);
  expect(timeline[0]?.text).toContain('asked to roll production back to 1.0.0: “checkout fails”');
  const { live, holds } = await settled();
  expect(live['api']).toMatchObject({ version: '1.0.0', backFrom: '1.1.0', previous: { version: '1.1.0' } });
  expect(holds).toHaveProperty(['1.1.0']);

  const pushes = shop.pushes().length;
  expect(await press('linus')).toMatchObject({ how: 'nothing', words: containing(release.id) });
  const late = await send({ leaves: '1.1.0' });
  expect(late).toEqual({
    done: matching(/^already rolled back from 1\.1\.0 to 1\.0\.0 by release\/.*, for (ada|grace),/),
  });
  expect(shop.pushes()).toHaveLength(pushes);
  await expect(slipway.release('1.1.0')).rejects.toMatchObject({ code: 'VERSION_ON_HOLD' });
  await environment.executeUpdate('unfreeze', { args: [{ id: frozen.id, by: 'grace', reason: 'over' }] });
});

test('a rollback is rolled back by name, although its version is on hold and the other release waits for people', async () => {
  const { shop } = slipway;
  const waiting = await slipway.release('1.3.0');
  await waiting.in('awaiting approval');
  const release = releaseOf(await press('ada', '1.1.0'));
  expect(await release.result()).toMatchObject({ outcome: 'finished' });
  expect(shop.live()).toEqual(await both('1.1.0'));
  expect((await slipway.environmentState()).holds).toEqual({});
  await waiting.decide('reject', { by: 'linus' });
  await waiting.result();
  await settled();
});

test('one that does not come to its end goes back to what it found', async () => {
  const { shop } = slipway;
  shop.hosting.set({ held: true }, 'web');
  const release = releaseOf(await press('ada', '1.0.0'));
  await release.in('going live');
  await release.decide('rollback', { by: 'ada', comment: 'the other one was better' });
  shop.hosting.set({ held: false }, 'web');
  shop.hosting.release();
  expect(await release.result()).toMatchObject({ outcome: 'rolled back' });
  expect(shop.live()).toEqual(await both('1.1.0'));
  const { holds, live } = await settled();
  expect(holds).toEqual({});
  expect(live['api']).toMatchObject({ version: '1.1.0' });
});

test('an unknown version changes nothing', async () => {
  const pushes = slipway.shop.pushes().length;
  const release = releaseOf(await press('ada', '7.7.7'));
  expect(await release.result()).toMatchObject({ outcome: 'stopped', failure: { code: 'VERSION_UNKNOWN' } });
  expect(slipway.shop.pushes()).toHaveLength(pushes);
  expect(await press('ada', '1.1.0')).toEqual({ how: 'nothing', words: '1.1.0 is what runs: nothing to do' });
});

test('a release that holds the environment is told instead, also while it is rolling back already', async () => {
  const { shop } = slipway;
  shop.hosting.set({ held: true });
  const release = await slipway.approved('1.3.0');
  await release.in('going live');
  const told = await press('ada', '1.0.0');
  expect(told).toMatchObject({ how: 'told', releaseId: release.id, words: containing(release.id) });
  await release.until('it rolls back', ({ failure }) => failure?.code === 'ROLLBACK_REQUESTED');
  expect(await send({ leaves: '1.3.0' })).toMatchObject({ how: 'told', releaseId: release.id });
  shop.hosting.set({ held: false });
  shop.hosting.release();
  await release.until('its schema waits for a person', ({ phase }) => phase === 'needs attention');
  await release.decide('resolve', { by: 'ada', action: 'skip', comment: 'the table may stay' });
  expect(await release.result()).toMatchObject({ outcome: 'rolled back' });
  await settled();
  expect(shop.live()).toEqual(await both('1.1.0'));
  expect(await press('grace')).toMatchObject({ how: 'nothing', words: containing('1.3.0 was rolled back by') });
});

test('a contract migration that ran stands in the way of an older version, by name', async () => {
  const { shop } = slipway;
  const up = 'alter table books drop column isbn;';
  const files = {
    'db/migrations/004_no_isbn.up.sql': up,
    'db/migrations/004_no_isbn.down.sql': 'alter table books add column isbn text;',
  };
  await shop.query('alter table books add column if not exists isbn text');
  await shop.commit({ author: 'ada', subject: 'No more numbers', version: '1.4.0', files });
  await finish('1.4.0');
  const pushes = shop.pushes().length;
  const release = releaseOf(await press('ada'));
  expect(await release.result()).toMatchObject({
    outcome: 'stopped',
    failure: {
      code: 'GATES_CLOSED',
      message: matching(/schema:api .*004_no_isbn: contract migration: it drops the column isbn at line 1/),
    },
  });
  expect(shop.pushes()).toHaveLength(pushes);
});

test('somebody whose rules cannot be read keeps nobody from going back', async () => {
  const sockets: Socket[] = [];
  const silent = createServer((socket) => void sockets.push(socket));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const { project, client } = slipway;
  const repository = { url: `http://127.0.0.1:${port}/rules.git`, trunk: 'main' };
  const rules = { repository, branch: 'main', file: 'slipway.yaml', folder: slipway.shop.folder };
  const request = releaseInput(
    { ...project, rules },
    { environment: 'production', version: '1.5.0', commit: null, by: 'linus' },
  );
  const environment = client.workflow.getHandle(environmentWorkflowId(project.name, 'production'));
  const requestId = randomUUID();
  await environment.signal(requestReleaseSignal, { ...request, requestId });
  await eventually('its rules are asked for', async () => (sockets.length > 0 ? true : undefined));
  expect(await send({ leaves: '0.1.0' })).toEqual({ done: containing('0.1.0 is no longer live') });
  expect(await environment.query(answerQuery, requestId)).toBeNull();
  await closed(silent, sockets);
  await eventually('an answer', async () => (await environment.query(answerQuery, requestId)) ?? undefined);
});

function closed(server: Server, sockets: readonly Socket[]): Promise<void> {
  for (const socket of sockets) socket.destroy();
  return new Promise((resolve) => void server.close(() => resolve()));
}
