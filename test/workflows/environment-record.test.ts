import { EnvironmentRecord } from '../../workflows/environment-record';
import type { ReleaseEnd } from '../../release/environment-state';

const request = (n: number) => ({
  releaseId: `release/shop/production/1.${n}.0/1`,
  runId: `run-${n}`,
  version: `1.${n}.0`,
});

describe('what an environment remembers', () => {
  test('that a release puts back what was moved by hand is known after it was lost', () => {
    const record = new EnvironmentRecord();
    const { version, ...restore } = request(1);
    record.started(restore, version, 'ada', { kind: 'rollback', restores: true });
    record.enqueue(request(1));
    record.takeNext();
    expect(record.isRestore(restore.releaseId)).toBe(true);
    record.stoppedRunning(restore.releaseId, restore.runId);
    expect(record.isRestore(restore.releaseId)).toBe(true);
    record.settled(restore.releaseId, 'It was put back.');
    expect(record.isRestore(restore.releaseId)).toBe(false);
  });

  test('the lock goes to one at a time, first come first served', () => {
    const record = new EnvironmentRecord();
    record.enqueue(request(1));
    expect(record.takeNext()?.request).toEqual(request(1));
    expect(record.enqueue(request(2))).toBe(request(1).releaseId);
    expect(record.enqueue(request(3))).toBe(request(1).releaseId);
    expect(record.takeNext()).toBeUndefined();
    record.letGo(request(1).releaseId, true);
    expect(record.takeNext()?.request).toEqual(request(2));
  });

  test('a release that asks twice stands in the queue once', () => {
    const record = new EnvironmentRecord();
    record.enqueue(request(1));
    record.takeNext();
    expect(record.enqueue(request(1))).toBeUndefined();
    record.enqueue(request(2));
    record.enqueue(request(2));
    expect(record.state.waiting).toEqual([request(2)]);
  });

  test('a release that gives up its place is never handed the lock', () => {
    const record = new EnvironmentRecord();
    record.enqueue(request(1));
    record.takeNext();
    record.enqueue(request(2));
    record.letGo(request(2).releaseId, true);
    record.letGo(request(1).releaseId, true);
    expect(record.takeNext()).toBeUndefined();
  });

  test('a holder that stopped running loses the lock, which goes to nobody but its recovery until that is settled', () => {
    const record = new EnvironmentRecord();
    record.enqueue(request(1));
    record.takeNext();
    record.enqueue(request(2));
    record.stoppedRunning(request(1).releaseId, request(1).runId);
    expect(record.takeNext()).toBeUndefined();
    const recovery = { ...request(1), releaseId: 'recovery/shop/production/1.1.0/1', runId: 'another' };
    record.recovers(request(1).releaseId, recovery);
    record.enqueue(recovery);
    expect(record.takeNext()?.request).toEqual(recovery);
    record.letGo(recovery.releaseId, true);
    record.settled(request(1).releaseId, 'Its recovery ended: rolled back.');
    expect(record.takeNext()).toMatchObject({
      request: request(2),
      note: expect.stringMatching(/1\.1\.0\/1 lost the/) as string,
    });
  });

  test('a recovery that stopped running asks a person, and no other is begun by itself', () => {
    const record = new EnvironmentRecord();
    const recovery = { ...request(1), releaseId: 'recovery/shop/production/1.1.0/1' };
    record.enqueue(recovery);
    record.takeNext();
    record.enqueue(request(2));
    record.stoppedRunning(recovery.releaseId, recovery.runId);
    expect(record.state.lost).toMatchObject({ releaseId: request(1).releaseId, recovery: null });
    expect(record.state.lost?.asks).toMatch(/its recovery .* stopped running/);
    expect(record.takeNext()).toBeUndefined();
    expect(new EnvironmentRecord(record.state).takeNext()).toBeUndefined();
  });

  test('a late word about a former holder takes nothing from the present one', () => {
    const record = new EnvironmentRecord();
    record.enqueue(request(1));
    record.takeNext();
    record.letGo(request(1).releaseId, true);
    record.enqueue(request(2));
    record.takeNext();
    record.stoppedRunning(request(1).releaseId, request(1).runId);
    expect(record.state).toMatchObject({ holder: request(2) });
    expect(record.state.lost).toBeUndefined();
  });

  test('an emergency stop lets nobody in but what puts back, until it is lifted', () => {
    const record = new EnvironmentRecord();
    const order = { by: 'ada', reason: 'x', from: '2026-01-01T00:00Z', until: '2026-01-01T01:00Z', everything: false };
    const { revision } = record.stops;
    record.stop(order);
    const recovery = { ...request(2), releaseId: 'recovery/shop/production/1.2.0/1' };
    for (const one of [request(1), recovery]) record.enqueue(one);
    expect(record.takeNext()?.request).toEqual(recovery);
    record.letGo(recovery.releaseId, true);
    expect(record.takeNext()).toBeUndefined();
    const next = new EnvironmentRecord(record.state);
    expect(next.stop(order).id).toBe('s2');
    expect(next.stops.revision).toBeGreaterThan(revision + 1);
    next.liftStops(['s1', 's2']);
    expect(next.takeNext()?.request).toEqual(request(1));
  });

  test('what the next holder is to hear outlives a new run, and is said once', () => {
    const record = new EnvironmentRecord();
    record.enqueue(request(1));
    record.takeNext();
    record.stoppedRunning(request(1).releaseId, request(1).runId);
    record.settled(request(1).releaseId, 'It had changed nothing.');
    const next = new EnvironmentRecord(record.state);
    next.enqueue(request(2));
    expect(next.takeNext()?.note).toMatch(/1\.1\.0\/1 lost the environment: .* It had changed nothing\.$/);
    next.letGo(request(2).releaseId, true);
    next.enqueue(request(3));
    expect(next.takeNext()?.note).toBe('');
  });

  test('what a release was started as counts, and not what is said of it when the lock is asked for', () => {
    const record = new EnvironmentRecord();
    record.started(request(1), request(1).version, 'linus');
    record.started(request(2), request(2).version, 'linus', { kind: 'rollback' });
    record.stop({ by: 'ada', reason: 'x', from: '2026-01-01T00:00Z', until: '2026-01-01T01:00Z', everything: false });
    expect(record.enqueue({ ...request(1), kind: 'rollback' })).toBe('an emergency stop');
    expect(record.takeNext()).toBeUndefined();
    record.enqueue(request(2));
    expect(record.takeNext()?.request).toEqual({ ...request(2), kind: 'rollback' });
  });

  test('numbers and answers outlive a new run', () => {
    const record = new EnvironmentRecord();
    expect([record.nextNumber('1.0.0'), record.nextNumber('1.0.0'), record.nextNumber('1.1.0')]).toEqual([1, 2, 1]);
    record.answer('r1', { releaseId: 'a', runId: 'b' });
    const next = new EnvironmentRecord(record.state);
    expect(next.nextNumber('1.0.0')).toBe(3);
    expect(next.answerTo('r1')).toEqual({ releaseId: 'a', runId: 'b' });
  });

  test('the answer to a tag outlasts any number of other requests', () => {
    const record = new EnvironmentRecord();
    const answer = { releaseId: 'release/shop/production/1.0.0/1', runId: 'run' };
    record.answer('tag/abc/def', answer);
    for (let n = 0; n < 1_000; n++) record.answer(`request-${n}`, answer);
    expect(record.answerTo('tag/abc/def')).toEqual(answer);
    expect(record.answerTo('request-999')).toEqual(answer);
    expect(record.answerTo('request-0')).toBeUndefined();
    expect(record.state.answered).toHaveLength(501);
  });

  const started = (record: EnvironmentRecord, n: number) => {
    record.started(request(n), request(n).version, 'linus');
    return request(n);
  };

  test('a place in the queue is that of the request for the release, not of the one for the lock', () => {
    const record = new EnvironmentRecord();
    const [first, second, third] = [started(record, 1), started(record, 2), started(record, 3)];
    for (const one of [third, second, first]) record.enqueue(one);
    expect(record.state.waiting).toEqual([first, second, third]);
  });

  test('a release that gives the lock back for now keeps its place', () => {
    const record = new EnvironmentRecord();
    const [first, second] = [started(record, 1), started(record, 2)];
    record.enqueue(first);
    record.takeNext();
    record.enqueue(second);
    record.letGo(first.releaseId, false);
    record.enqueue(first);
    expect(record.takeNext()?.request).toEqual(first);
  });

  test('people change the order, also of those that do not ask for the lock yet', () => {
    const record = new EnvironmentRecord();
    const [first, second, third] = [started(record, 1), started(record, 2), started(record, 3)];
    record.enqueue(first);
    record.enqueue(second);
    expect(record.move(third.releaseId, 'first')).toBe(true);
    expect(record.move(first.releaseId, 'last')).toBe(true);
    record.enqueue(third);
    expect(record.state.waiting).toEqual([third, second, first]);
    expect(record.move('release/shop/production/9.9.9/1', 'first')).toBe(false);
  });

  test('a recovery comes before every release', () => {
    const record = new EnvironmentRecord();
    record.enqueue(started(record, 1));
    const recovery = { ...request(2), releaseId: 'recovery/shop/production/1.2.0/1' };
    record.enqueue(recovery);
    expect(record.takeNext()?.request).toEqual(recovery);
  });

  test('a release that was replaced is never handed the lock', () => {
    const record = new EnvironmentRecord();
    const [older, newer] = [started(record, 1), started(record, 2)];
    record.enqueue(older);
    record.replace(older.releaseId, newer.releaseId);
    record.enqueue(older);
    expect(record.takeNext()).toBeUndefined();
    expect(record.find(older.releaseId)?.replacedBy).toBe(newer.releaseId);
  });

  test('those that a newer version could replace: not the holder, not one that is replaced, not one whose aim is not known', () => {
    const record = new EnvironmentRecord();
    const [holder, waiting, replaced, unknown, newer] = [1, 2, 3, 4, 5].map((n) => started(record, n));
    const aim = (n: number) => [
      { service: 'api', repository: { url: 'shop.git', trunk: 'main' }, commit: String(n).repeat(40) },
    ];
    record.enqueue(holder!);
    record.takeNext();
    for (const [n, one] of [holder, waiting, replaced].entries()) record.aim(one!.releaseId, aim(n));
    record.replace(replaced!.releaseId, newer!.releaseId);
    expect(Object.keys(record.aim(newer!.releaseId, aim(5)))).toEqual([waiting!.releaseId]);
    expect(unknown).toBeDefined();
    record.letGo(waiting!.releaseId, true);
    expect(Object.keys(record.state.targets)).not.toContain(waiting!.releaseId);
  });

  const end = (outcome: ReleaseEnd['outcome'], version: string): ReleaseEnd => ({
    outcome,
    why: outcome === 'finished' ? '' : 'a smoke check failed',
    live: [{ service: 'api', version, commit: version.replaceAll('.', '') }],
  });

  test('what is live, and what ran before it, follows from how releases end', () => {
    const record = new EnvironmentRecord();
    record.ended('r1', '1.1.0', end('finished', '1.1.0'));
    record.ended('r2', '1.2.0', end('finished', '1.2.0'));
    expect(record.state.live['api']).toMatchObject({
      version: '1.2.0',
      releaseId: 'r2',
      previous: { version: '1.1.0', commit: '110' },
    });
    const before = record.state.live['api'];
    record.ended('r3', '1.3.0', end('rolled back', '1.2.0'));
    expect(record.state.live['api']).toEqual(before);
  });

  test('how a release ended is believed of who holds the environment, or has just stopped running with it', () => {
    const record = new EnvironmentRecord();
    const [first, other] = [request(1), request(2)];
    const finished = end('finished', '1.1.0');
    expect(record.believed('release/shop/production/1.0.0/1', undefined, finished)).toEqual(finished);
    record.ended('r1', '1.1.0', finished);
    record.enqueue(first);
    record.takeNext();
    for (const [{ releaseId }, runId] of [
      [other, other.runId],
      [first, other.runId],
    ] as const)
      expect(record.believed(releaseId, runId, end('finished', '6.6.6'))).toBeUndefined();
    // What one that waits had seen is old news; that it has ended is not.
    expect(record.believed(other.releaseId, other.runId, end('cancelled', '1.0.0'))).toMatchObject({
      outcome: 'cancelled',
      live: [],
    });
    expect(record.believed(first.releaseId, first.runId, finished)).toEqual(finished);
    record.stoppedRunning(first.releaseId, first.runId);
    expect(record.believed(first.releaseId, first.runId, finished)).toEqual(finished);
  });

  test('a version that rolled back is on hold, until a release of it finishes', () => {
    const record = new EnvironmentRecord();
    record.ended('r1', '1.2.0', end('rolled back', '1.1.0'));
    expect(record.state.holds).toMatchObject({ '1.2.0': { releaseId: 'r1', why: 'a smoke check failed' } });
    record.ended('r2', '1.2.0', end('stopped', '1.1.0'));
    expect(Object.keys(record.state.holds)).toEqual(['1.2.0']);
    record.ended('r3', '1.2.0', end('finished', '1.2.0'));
    expect(record.state.holds).toEqual({});
  });

  test('what a run of an older Slipway carried is taken as it is', () => {
    const record = new EnvironmentRecord({ holder: request(1), numbers: { '1.1.0': 4 } });
    expect(record.nextNumber('1.1.0')).toBe(5);
    expect(record.state.queue).toEqual([]);
  });
});
