/** What anybody who reaches Temporal can send by hand: noted or turned away, and never the end of a workflow. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { decisionKinds } from '../../release/decision';
import type { RequestAnswer } from '../../release/environment-state';
import { environmentWorkflowId } from '../../release/identity';
import { eventually } from '../support/eventually';
import { expectUnchanged, footprint } from '../support/nothing-changed';
import { text } from '../support/refused-releases';
import { startSlipway, type ReleaseUnderTest, type Slipway } from '../support/slipway';

let slipway: Slipway;
let release: ReleaseUnderTest;

beforeAll(async () => {
  slipway = await startSlipway();
});
afterAll(() => slipway.stop());

/** A release that waits for its approval, which every rubbish must leave as it is. */
beforeEach(async () => {
  release = await slipway.release('1.1.0');
  await release.in('awaiting approval');
});
afterEach(async () => {
  await release.decide('reject', { by: 'linus' }).catch(() => undefined);
  await release.result();
});

const million = 'x'.repeat(1_000_000);

/** What stands where a decision should. */
const rubbish: readonly unknown[] = [
  undefined,
  null,
  7,
  true,
  'yes',
  million,
  [],
  [{ by: 'ada' }],
  {},
  { by: 7, digest: {} },
  { by: '', digest: 'zzz' },
  { by: million, digest: '01234567' },
  { by: 'ada', digest: '01234567', acknowledge: [1] },
  { by: 'ada', digest: '01234567', id: [] },
  { by: 'ada', digest: '01234567', comment: million },
  { by: 'ada', digest: '01234567', action: 'destroy', force: true },
  Object.fromEntries(Array.from({ length: 20_000 }, (_, n) => [`key${n}`, n])),
  JSON.parse('{"__proto__": {"by": "ada"}, "constructor": 1}'),
];

/** Sends a signal as bytes, as no client of the SDK would. */
const sendRaw = (client: Client, workflowId: string, signalName: string, payloads: readonly object[]) =>
  client.connection.workflowService.signalWorkflowExecution({
    namespace: 'default',
    workflowExecution: { workflowId },
    signalName,
    input: { payloads: payloads as never },
    requestId: randomUUID(),
  });

const bytes = (words: string) => new TextEncoder().encode(words);

/** What cannot even be decoded. */
const undecodable = [
  { metadata: {}, data: bytes('x') },
  { metadata: { encoding: bytes('json/plain') }, data: bytes('{"by": ') },
  { metadata: { encoding: bytes('binary/encrypted') }, data: bytes('x') },
];

describe('a release', () => {
  test.each(decisionKinds)('notes rubbish in the signal %s, shortly, and goes on waiting', async (kind) => {
    const before = await footprint(slipway);
    const handle = slipway.client.workflow.getHandle(release.id);
    for (const payload of rubbish) await handle.signal(kind, payload);
    for (const payload of undecodable) await sendRaw(slipway.client, release.id, kind, [payload]);
    const article = ['approve', 'override', 'untick'].includes(kind) ? 'an' : 'a';
    const expected = rubbish.length + undecodable.length;
    const { timeline, phase, approvals } = await release.until('all is noted', (state) => {
      return state.timeline.filter((entry) => entry.text.startsWith('ignored')).length >= expected;
    });
    expect({ phase, approvals }).toEqual({ phase: 'awaiting approval', approvals: [] });
    const ignored = timeline.filter((entry) =>
      entry.text.startsWith(`ignored ${article} ${kind} that cannot be read: `),
    );
    expect(ignored).toHaveLength(expected);
    expect(Math.max(...timeline.map((entry) => entry.text.length))).toBeLessThan(1_000);
    expect(timeline.some((entry) => entry.text.includes('a payload that cannot be read'))).toBe(true);
    await expectUnchanged(slipway, before);
  });

  test.each(decisionKinds)('answers rubbish in the update %s with what is wrong with it', async (kind) => {
    const before = await footprint(slipway);
    const handle = slipway.client.workflow.getHandle(release.id);
    for (const payload of [undefined, 'yes', million, {}, { by: 7 }]) {
      const verdict = await handle.executeUpdate(kind, { args: [payload] });
      expect(verdict).toMatchObject({
        accepted: false,
        detail: text(/needs an object such as|"by" (is missing|must be text)/),
      });
    }
    expect((await release.state()).phase).toBe('awaiting approval');
    await expectUnchanged(slipway, before);
  });

  test('notes messages that it does not know, and answers no update of such a name', async () => {
    const before = await footprint(slipway);
    const handle = slipway.client.workflow.getHandle(release.id);
    await handle.signal('aprove', { by: 'ada' });
    await handle.signal(`x${'y'.repeat(900)}`, million);
    await sendRaw(slipway.client, release.id, 'strange', undecodable);
    await expect(handle.executeUpdate('destroy', { args: [{ by: 'ada' }] })).rejects.toThrow();
    await expect(handle.query('secrets')).rejects.toThrow(/secrets/);
    const { timeline } = await release.state();
    const unknown = timeline.flatMap((entry) =>
      entry.text.startsWith('ignored an unknown message: ') ? entry.text : [],
    );
    expect(unknown).toHaveLength(3);
    expect(unknown[0]).toBe('ignored an unknown message: aprove');
    expect(Math.max(...unknown.map((words) => words.length))).toBeLessThan(200);
    await expectUnchanged(slipway, before);
  });

  test('notes messages whose names the SDK keeps for itself, and lives on', async () => {
    const handle = slipway.client.workflow.getHandle(release.id);
    for (const name of ['__temporal_', '__temporal_workflow_stream_publish', '__stack_trace'])
      await handle.signal(name, { by: 'ada' });
    await slipway.restartWorker();
    const { timeline } = await release.state();
    expect(timeline.map((entry) => entry.text)).toEqual(
      expect.arrayContaining([
        'ignored an unknown message: (reserved) __temporal_',
        'ignored an unknown message: (reserved) __temporal_workflow_stream_publish',
        'ignored an unknown message: __stack_trace',
      ]),
    );
  });

  test('is not let through to its lock by a grant that the environment did not send', async () => {
    const before = await footprint(slipway);
    const handle = slipway.client.workflow.getHandle(release.id);
    for (const name of ['lockGranted', 'lockQueued']) {
      for (const payload of [undefined, null, 'x', [], { note: 7 }]) await handle.signal(name, payload);
      await sendRaw(slipway.client, release.id, name, undecodable);
    }
    await handle.signal('lockGranted', { note: 'mine now' });
    const { timeline, phase } = await release.state();
    expect(phase).toBe('awaiting approval');
    expect(timeline.filter((entry) => entry.text.includes('that the environment did not send'))).toHaveLength(13);
    await expectUnchanged(slipway, before);
  });

  test('can still be read and decided after hundreds of messages that did not count', async () => {
    const handle = slipway.client.workflow.getHandle(release.id);
    const comment = 'no '.repeat(600);
    for (let n = 0; n < 300; n += 50) {
      const some = Array.from({ length: 50 }, (_, k) =>
        k % 2
          ? handle.signal('approve', { by: 'mallory', digest: '01234567', comment })
          : handle.signal('reject', comment),
      );
      await Promise.all(some);
      // Answered when all of them were taken: the limits of Temporal itself are no matter of this test (docs/web-ui.md, "A limit of Temporal").
      await release.state();
    }
    const state = await release.until('it says that it shows no more', ({ timeline }) =>
      timeline.some((entry) => entry.text === '200 messages did not count; more of them are not shown'),
    );
    expect(JSON.stringify(state).length).toBeLessThan(400_000);
    await release.decide('reject', { by: 'grace', comment: 'what a noise' });
    expect(await release.result()).toMatchObject({ outcome: 'rejected' });
  });
});

describe('a decision', () => {
  test('of another kind under the id of an earlier one is a decision of its own', async () => {
    const first = await slipway.client.workflow
      .getHandle(release.id)
      .executeUpdate('pause', { args: [{ id: 'mine', by: 'ada' }] });
    const second = await slipway.client.workflow
      .getHandle(release.id)
      .executeUpdate('resume', { args: [{ id: 'mine', by: 'ada' }] });
    expect([first, second]).toMatchObject([
      { accepted: true, detail: text(/^pause by ada/) },
      { accepted: true, detail: text(/^resume by ada/) },
    ]);
    expect((await release.state()).paused).toBeNull();
  });
});

describe('an environment', () => {
  const handle = () => slipway.client.workflow.getHandle(environmentWorkflowId(slipway.project.name, 'production'));

  test('passes over rubbish in its signals and keeps its lock right', async () => {
    const before = await footprint(slipway);
    const run = { runId: randomUUID(), version: '1.1.0' };
    const payloads = [
      undefined,
      null,
      7,
      'x',
      million,
      {},
      { ...run, releaseId: '' },
      { ...run, releaseId: 'release/x/y/1/1' },
    ];
    for (const payload of [...payloads, { ...run, releaseId: release.id, runId: 'none' }]) {
      await handle().signal('requestLock', payload);
      await handle().signal('releaseLock', payload);
      await handle().signal('frobnicate', payload);
    }
    for (const name of ['requestLock', 'releaseLock', 'x'])
      await sendRaw(slipway.client, handle().workflowId, name, undecodable);
    const { log } = await slipway.environmentState();
    expect(log.filter((line) => line.text.startsWith('ignored a request for the lock: ')).length).toBeGreaterThan(8);
    expect(Math.max(...log.map((line) => line.text.length))).toBeLessThan(300);
    await expectUnchanged(slipway, before);
  });

  test.each([
    ['nothing', () => undefined, /it is no object/],
    ['text', () => 'please', /it is no object/],
    ['no id', (whole: object) => ({ ...whole, requestId: '' }), /"requestId" must be text/],
    ['no version', (whole: object) => ({ ...whole, version: undefined }), /"version" is no text/],
    ['a path for a version', (whole: object) => ({ ...whole, version: '../../x' }), /"version" is none/],
    ['a huge version', (whole: object) => ({ ...whole, version: '1'.repeat(5_000) }), /longer than 100 characters/],
    ['a branch for a commit', (whole: object) => ({ ...whole, commit: 'main' }), /"commit" must be null/],
    ['nobody who asks', (whole: object) => ({ ...whole, requestedBy: ' ' }), /"requestedBy" must be text/],
    ['another environment', (whole: object) => ({ ...whole, environment: 'staging' }), /it is not for production/],
    ['no project', (whole: object) => ({ ...whole, project: null }), /"project" is no object/],
    [
      'a project without rules',
      (whole: object) => ({ ...whole, project: { ...slipway.project, environments: {} } }),
      /no rules for production/,
    ],
    [
      'a service that is none',
      (whole: object) => ({ ...whole, project: { ...slipway.project, services: { api: 1 } } }),
      /"project\.services\.api" is no service/,
    ],
  ])('turns away a request with %s, and starts nothing', async (_, make, words) => {
    const before = await footprint(slipway);
    const whole = {
      project: slipway.project,
      environment: 'production',
      version: '1.3.0',
      commit: null,
      requestedBy: 'linus',
      requestId: randomUUID(),
    };
    const request = make(whole) as { requestId?: string } | string | undefined;
    const noted = async () => (await slipway.environmentState()).log.filter((line) => words.test(line.text)).length;
    const notedBefore = await noted();
    await handle().signal('requestRelease', request);
    await eventually('a line in the log', async () => ((await noted()) > notedBefore ? true : undefined));
    // One without an id can be given no answer.
    const id = typeof request === 'object' ? request.requestId : undefined;
    if (id) {
      const answer = await handle().query<RequestAnswer | null, [string]>('answer', id);
      expect(answer).toMatchObject({ refused: { code: 'REQUEST_INVALID', message: text(words) } });
    }
    await expectUnchanged(slipway, before);
  });
});

test('a release that no environment has started is none, however sound its order is', async () => {
  const { client, project, taskQueue } = slipway;
  const order = { project, environment: 'production', version: '1.3.0', commit: null, requestedBy: 'linus' };
  const workflowId = `release/${project.name}/production/1.3.0/77`;
  const started = await client.workflow.start('release', { workflowId, taskQueue, args: [order] });
  await expect(started.result()).rejects.toMatchObject({
    cause: { type: 'REQUEST_INVALID', message: text(/only an environment starts releases/) },
  });
});

test.each([
  ['release', [], 'a release'],
  ['release', [{ version: '1.1.0' }], 'a release'],
  ['preview', [null], 'a preview'],
  ['environment', ['production'], 'an environment'],
])('a workflow %s that is started by hand with %j fails, and is not stuck', async (type, args, what) => {
  const workflowId = `by-hand/${randomUUID()}`;
  const started = await slipway.client.workflow.start(type, { workflowId, taskQueue: slipway.taskQueue, args });
  await expect(started.result()).rejects.toMatchObject({
    cause: { type: 'REQUEST_INVALID', message: text(new RegExp(`^This is no request that ${what} can take: `)) },
  });
  await eventually('it failed', async () => ((await started.describe()).status.name === 'FAILED' ? true : undefined));
});
