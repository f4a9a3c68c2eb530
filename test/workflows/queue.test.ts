/** Several releases to one environment: in which order, which give way, and what is remembered of them. */
import { randomUUID } from 'node:crypto';
import { askEnvironment, requestRelease } from '../../client';
import type { QueuePolicy } from '../../release/rule-words';
import { moveInQueueSignal, type ReleaseRequest } from '../../workflows/messages';
import { eventually } from '../support/eventually';
import { containing } from '../client/matchers';
import { startSlipway, underTest, type ReleaseUnderTest, type Slipway } from '../support/slipway';

let slipway: Slipway;
const started: ReleaseUnderTest[] = [];

beforeAll(async () => {
  slipway = await startSlipway({ environment: { verify: { wait: 600_000, interval: 100, checks: [] } } });
});
afterAll(() => slipway.stop());

/** Nothing of one test stands in the way of the next. */
afterEach(async () => {
  for (const release of started.splice(0).reverse()) {
    const { phase } = await release.state();
    if (phase === 'ended') continue;
    await release.decide('rollback', { by: 'ada', comment: 'the test is over' }).catch(() => undefined);
    await release.result();
  }
});

async function ask(version: string, queue: QueuePolicy, more: Partial<ReleaseRequest> = {}): Promise<ReleaseUnderTest> {
  const production = { ...slipway.project.environments['production']!, queue };
  const request = {
    project: { ...slipway.project, environments: { production } },
    environment: 'production',
    version,
    commit: null,
    requestedBy: 'linus',
    requestId: randomUUID(),
    ...more,
  };
  const { releaseId } = await requestRelease(slipway.client, request, 30_000);
  const release = underTest(slipway.client, releaseId);
  started.push(release);
  return release;
}

async function approved(version: string, more: Partial<ReleaseRequest> = {}): Promise<ReleaseUnderTest> {
  const release = await ask(version, 'queue', more);
  await release.in('awaiting approval');
  await release.approve();
  return release;
}

const place = () => ({ project: slipway.project.name, environment: 'production' });

describe('an environment that refuses', () => {
  test('takes no second release while one is under way, and says which', async () => {
    const first = await ask('1.1.0', 'refuse');
    await expect(ask('1.2.0', 'refuse')).rejects.toMatchObject({
      code: 'ENVIRONMENT_BUSY',
      message: containing(first.id),
    });
    await first.decide('reject', { by: 'linus' });
    await first.result();
    await (await ask('1.2.0', 'refuse')).in('awaiting approval');
  });

  test('does not count one that was terminated', async () => {
    const first = await ask('1.1.0', 'refuse');
    await slipway.client.workflow.getHandle(first.id).terminate('as people do');
    started.length = 0;
    await (await ask('1.2.0', 'refuse')).in('awaiting approval');
  });
});

describe('an environment in which newer versions replace older ones', () => {
  test('ends an older one that waits, which says by what; and an older one that comes later', async () => {
    const older = await ask('1.1.0', 'supersede');
    await older.in('awaiting approval');
    const newer = await ask('1.2.0', 'supersede');
    const { outcome, failure } = await older.ended();
    expect({ outcome, code: failure?.code, by: failure?.details['by'] }).toEqual({
      outcome: 'stopped',
      code: 'RELEASE_REPLACED',
      by: newer.id,
    });
    const late = await ask('1.1.0', 'supersede');
    expect((await late.ended()).failure).toMatchObject({ code: 'RELEASE_REPLACED', details: { by: newer.id } });
    expect((await newer.state()).phase).toBe('awaiting approval');
    // What is wanted now does not wait for what comes some day.
    const urgent = await ask('1.1.0', 'supersede', { kind: 'hotfix' });
    await urgent.in('awaiting approval');
    const newest = await ask('1.3.0', 'supersede');
    expect((await newer.ended()).failure).toMatchObject({ details: { by: newest.id } });
    expect((await urgent.state()).phase).toBe('awaiting approval');
  });

  test('leaves the one that holds it alone', async () => {
    const holder = await approved('1.1.0');
    await holder.in('verifying');
    const newer = await ask('1.2.0', 'supersede');
    await newer.in('awaiting approval');
    expect((await holder.state()).phase).toBe('verifying');
  });
});

describe('the order', () => {
  test('is that of the requests, whoever is approved first, and people may change it', async () => {
    const again = 'the tests before have rolled it back';
    const holder = await approved('1.1.0', { again });
    await holder.in('verifying');
    const second = await ask('1.2.0', 'queue', { again });
    await second.in('awaiting approval');
    const third = await approved('1.3.0', { again });
    await third.in('waiting for lock');
    await second.approve();
    await second.in('waiting for lock');
    const order = async () => (await slipway.environmentState()).waiting.map(({ releaseId }) => releaseId);
    expect(await order()).toEqual([second.id, third.id]);
    const payload = {
      requestId: randomUUID(),
      releaseId: third.id,
      to: 'first',
      by: 'ada',
      reason: 'it mends',
    } as const;
    const asked = { place: place(), signal: moveInQueueSignal, payload, what: 'another order' };
    expect(await askEnvironment(slipway.client, asked)).toEqual({ done: `${third.id} is first in the queue now` });
    expect(await order()).toEqual([third.id, second.id]);
    const unknown = { ...asked, payload: { ...payload, requestId: randomUUID(), releaseId: 'release/x/y/1/1' } };
    await expect(askEnvironment(slipway.client, unknown)).rejects.toMatchObject({ code: 'RELEASE_UNKNOWN' });
    await holder.decide('rollback', { by: 'ada', comment: 'let the other in' });
    // What the first one left may void the approvals of both: then they wait again, but each had its turn in this order.
    const turns = await eventually('both had their turn', async () => {
      const { log } = await slipway.environmentState();
      const held = log.map(({ text }) => text).filter((text) => text.endsWith('holds the environment'));
      const [last, before] = [held.at(-1), held.at(-2)];
      return last?.startsWith(second.id) ? [before, last] : undefined;
    });
    expect(turns[0]).toContain(third.id);
  });
});

describe('what an environment remembers', () => {
  test('a version that rolled back is on hold until somebody says why it is released again', async () => {
    const bad = await approved('1.1.0', { again: 'the tests before may have rolled it back' });
    await bad.in('verifying');
    await bad.decide('rollback', { by: 'ada', comment: 'it is slow' });
    expect((await bad.result()).outcome).toBe('rolled back');
    await expect(ask('1.1.0', 'queue')).rejects.toMatchObject({
      code: 'VERSION_ON_HOLD',
      message: containing('it is slow'),
    });
    const again = await approved('1.1.0', { again: 'the disk was full' });
    expect((await again.state()).timeline.map(({ text }) => text)).toContainEqual(
      expect.stringContaining('released again: “the disk was full”'),
    );
    await again.in('verifying');
    await again.decide('skipWait', { by: 'ada' });
    expect((await again.result()).outcome).toBe('finished');
    const { live, holds } = await eventually('its end', async () => {
      const state = await slipway.environmentState();
      return state.queue.length === 0 ? state : undefined;
    });
    expect(holds['1.1.0']).toBeUndefined();
    expect(live).toMatchObject({
      api: { version: '1.1.0', releaseId: again.id },
      web: { version: '1.1.0', releaseId: again.id },
    });
  });
});
