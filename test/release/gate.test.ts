import { closedGates, evaluateGates, isAlreadyLive } from '../../release/gate';
import { aTagMove, oid, someFacts } from '../support/builders';

const one = (id: string, change: Parameters<typeof someFacts>[0]) =>
  evaluateGates({ services: [someFacts(change)] }).find((report) => report.id === `${id}:api`);

describe('gates', () => {
  test('are all reported, not only the first that fails', () => {
    const no = { verdict: 'failed' as const, detail: 'no' };
    const reports = evaluateGates({ services: [someFacts({ onTrunk: no, remote: no, wayBack: no })] });
    expect(closedGates(reports).failed.map(({ id }) => id)).toEqual(['trunk:api', 'remote:api', 'way-back:api']);
  });

  test.each([
    ['newer', 'passed'],
    ['first', 'passed'],
    ['older', 'failed'],
    ['diverged', 'failed'],
    ['unknown', 'unknown'],
  ] as const)('judge a commit that is %s than what is live: %s', (relation, verdict) => {
    expect(one('newer', { relation })?.verdict).toBe(verdict);
  });

  test('keep "could not tell" apart from "no"', () => {
    const reports = evaluateGates({
      services: [someFacts({ relation: 'unknown', live: { state: 'unknown', detail: 'refused' } })],
    });
    expect(closedGates(reports)).toEqual({ failed: [], unknown: [expect.objectContaining({ id: 'newer:api' })] });
  });

  test('do not stop a release because the running version is unwell', () => {
    const reports = evaluateGates({
      services: [someFacts({ healthy: { verdict: 'failed', detail: 'books: status 500' } })],
    });
    expect(closedGates(reports)).toEqual({ failed: [], unknown: [] });
    expect(reports.find(({ id }) => id === 'healthy:api')).toMatchObject({ hard: false, verdict: 'failed' });
  });

  test('name every problem of the migrations', () => {
    const database = {
      access: { verdict: 'passed' as const, detail: 'fine' },
      scripts: [],
      pending: [],
      rows: [],
      problems: ['002_x has no rollback script', '003_y is empty'],
    };
    expect(one('migrations', { database })).toMatchObject({
      verdict: 'failed',
      detail: '002_x has no rollback script; 003_y is empty',
    });
  });

  test('let a service be that runs the commit already', () => {
    const same = someFacts({ relation: 'same', movable: { verdict: 'failed', detail: 'the tag is there' } });
    expect(closedGates(evaluateGates({ services: [same] })).failed).toEqual([]);
    expect(isAlreadyLive({ services: [same] })).toBe(true);
    const elsewhere = someFacts({
      relation: 'same',
      move: { ...aTagMove(), kind: 'branch', from: oid('9'), undo: { by: 'force' } } as never,
    });
    expect(isAlreadyLive({ services: [same, elsewhere] })).toBe(false);
  });
});
