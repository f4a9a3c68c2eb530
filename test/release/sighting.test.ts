import { judgeStep, type PointerSight, type PointerTag, type StepQuestion } from '../../release/sighting';
import type { Service } from '../../release/project';
import { oid } from '../support/builders';

const [one, two] = [oid('1'), oid('2')];
const since = '2026-03-01T10:00:00.000Z';
const after = '2026-03-01T11:00:00.000Z';
const before = '2026-03-01T09:00:00.000Z';

const service = (pointer: object, is: 'commit' | 'version' = 'commit') =>
  ({ name: 'api', live: { is }, pointer }) as unknown as Service;
const branch = service({ kind: 'branch', name: 'production', undo: { by: 'force' } });
const tagged = service({ kind: 'tag', name: 'v{version}', undo: { by: 'delete' } });

const at = (head: string | null): PointerSight => ({ kind: 'branch', head, standsFor: head });
const tag = (name: string, change: Partial<PointerTag> = {}): PointerTag => ({
  name,
  commit: two,
  at: after,
  isOurs: false,
  ...change,
});

function judge(change: Partial<StepQuestion>) {
  const runs = change.runs ?? { state: 'live' as const, version: '1.0.0', commit: one };
  const commit = runs.state === 'live' ? runs.commit : '';
  return judgeStep({
    service: branch,
    record: { version: '1.0.0', commit: one, since, releaseId: 'release/shop/production/1.0.0/1', previous: null },
    reading: { state: 'value', value: commit },
    runs,
    standsFor: { runs: commit, record: one },
    pointer: at(one),
    since,
    ...change,
  });
}

describe('what runs', () => {
  test('is in step with its record', () => {
    expect(judge({}).verdict).toBe('passed');
    expect(judge({ service: tagged, pointer: { kind: 'tag', tags: [] } }).verdict).toBe('passed');
  });

  test('has drifted where the probe says another version', () => {
    const other = { state: 'live' as const, version: '1.3.0', commit: two };
    expect(judge({ runs: other })).toEqual({
      verdict: 'failed',
      detail: `it runs 1.3.0 (${two.slice(0, 10)}), not 1.0.0 (${one.slice(0, 10)})`,
    });
  });

  test('has drifted where it is no commit that the repository knows', () => {
    const reading = { state: 'value' as const, value: 'deadbeef0' };
    const runs = { state: 'unknown' as const, detail: 'no commit of this repository' };
    expect(judge({ reading, runs })).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining('says deadbeef0') as string,
    });
  });

  test('could not be told where nothing answers, or it tells no version', () => {
    const runs = { state: 'unknown' as const, detail: 'no answer' };
    expect(judge({ reading: runs, runs })).toEqual({ verdict: 'unknown', detail: 'no answer' });
    const nothing = { state: 'nothing' as const, detail: 'status 404' };
    expect(judge({ reading: nothing, runs: nothing }).verdict).toBe('unknown');
  });

  test('could not be told where the last release was abandoned', () => {
    const record = { version: '', commit: null, since, releaseId: 'release/shop/production/1.1.0/1', previous: null };
    expect(judge({ record })).toMatchObject({ verdict: 'unknown', detail: expect.stringContaining('adopt') as string });
  });

  test('is in step where it is a rollback commit that stands for the recorded one', () => {
    const runs = { state: 'live' as const, version: '1.0.0', commit: two };
    const pointer: PointerSight = { kind: 'branch', head: two, standsFor: one };
    expect(judge({ runs, standsFor: { runs: one, record: one }, pointer }).verdict).toBe('passed');
  });
});

describe('a pointer', () => {
  test('has drifted where its branch stands elsewhere, or is gone, though the right version still runs', () => {
    expect(judge({ pointer: at(two) })).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining('branch production stands at') as string,
    });
    expect(judge({ pointer: at(null) })).toMatchObject({ verdict: 'failed', detail: 'branch production is gone' });
  });

  test('that a rollback by a command leaves behind is not looked at', () => {
    const byCommand = service({ kind: 'branch', name: 'production', undo: { by: 'command' } });
    expect(judge({ service: byCommand, pointer: at(two) }).verdict).toBe('passed');
  });

  test.each([
    ['by hand after the last release', tag('v1.3.0'), 'failed'],
    ['by a release', tag('v1.3.0', { isOurs: true }), 'passed'],
    ['before the last release', tag('v9.9.9', { at: before }), 'passed'],
    ['in the moment of it', tag('v9.9.9', { at: since }), 'passed'],
    ['by hand for what runs', tag('v1.0.0', { commit: one }), 'passed'],
    ['by hand for what runs, at another commit', tag('v1.0.0'), 'failed'],
    ['when nobody knows', tag('v1.3.0', { at: '' }), 'passed'],
  ] as const)('that is a tag, made %s', (_, made, verdict) => {
    expect(judge({ service: tagged, pointer: { kind: 'tag', tags: [made] } }).verdict).toBe(verdict);
  });

  test('that nobody answers for does not hide what runs', () => {
    const other = { state: 'live' as const, version: '1.3.0', commit: two };
    expect(judge({ runs: other, pointer: at(two) }).detail).toMatch(/it runs 1\.3\.0.*; branch production stands at/);
  });
});
