import { EnvironmentRecord } from '../../workflows/environment-record';

const request = (n: number) => ({
  releaseId: `release/shop/production/1.${n}.0/1`,
  runId: `run-${n}`,
  version: `1.${n}.0`,
});

describe('what an environment remembers', () => {
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

  test('a holder that stopped running loses the lock, and the next is told', () => {
    const record = new EnvironmentRecord();
    record.enqueue(request(1));
    record.takeNext();
    record.enqueue(request(2));
    record.lostHolder(request(1).releaseId, request(1).runId);
    expect(record.takeNext()?.note).toMatch(/1\.1\.0\/1 lost the environment/);
  });

  test('a late word about a former holder takes nothing from the present one', () => {
    const record = new EnvironmentRecord();
    record.enqueue(request(1));
    record.takeNext();
    record.letGo(request(1).releaseId, true);
    record.enqueue(request(2));
    record.takeNext();
    record.lostHolder(request(1).releaseId, request(1).runId);
    expect(record.state.holder).toEqual(request(2));
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
    expect(record.state.answered).toHaveLength(201);
  });
});
