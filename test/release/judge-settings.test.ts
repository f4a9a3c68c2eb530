import { judgeSettings, settingNames } from '../../release/judge-settings';

test.each<[string, unknown, string]>([
  ['a list of texts', ['A', 'B'], ''],
  ['an object, by its keys', { A: 'hunter2', B: '' }, ''],
  [
    'a list at a path, of objects with a name',
    { variables: [{ name: 'A' }, { name: 'B', value: 'hunter2' }] },
    'variables',
  ],
  ['a list of objects with a key', { envs: [{ key: 'A', id: 'x' }, { key: 'B' }] }, 'envs'],
  ['an object at a path', { kind: 'Secret', data: { A: 'aHVudGVyMg==', B: '' } }, 'data'],
])('names are read from %s', (_, json, path) => {
  expect([...(settingNames(JSON.stringify(json), path) as Set<string>)]).toEqual(['A', 'B']);
});

test('a list may be empty: that is an answer', () => {
  expect(settingNames('[]', '')).toEqual(new Set());
});

test.each<[string, string, string, string]>([
  ['no JSON', 'A=hunter2', '', 'it is no JSON'],
  ['nothing at the path', '{"other":["hunter2"]}', 'data', 'it has no data'],
  ['null at the path', '{"data":null}', 'data', 'its data is neither a list nor an object'],
  ['a text', '"hunter2"', '', 'it is neither a list nor an object'],
  ['a list of something else', '["A",{"value":"hunter2"}]', '', 'it lists something that has no name'],
  ['a list with an empty name', '["A",""]', '', 'it lists something that has no name'],
  ['what every object inherits', '{"A":1}', 'constructor', 'it has no constructor'],
])('%s is no list of names, and nothing of it is quoted', (_, text, path, malformed) => {
  expect(settingNames(text, path)).toEqual({ malformed });
});

test('all are there', () => {
  expect(judgeSettings(['A', 'B'], new Set(['B', 'C', 'A']))).toEqual({
    verdict: 'passed',
    detail: 'all 2 settings are there',
    evidence: [
      { name: 'A', value: 'there' },
      { name: 'B', value: 'there' },
    ],
  });
});

test('the missing ones are named, first in the evidence too', () => {
  expect(judgeSettings(['A', 'B', 'C'], new Set(['a', 'B']))).toEqual({
    verdict: 'failed',
    detail: '2 settings are missing in the target: set A, C',
    evidence: [
      { name: 'A', value: 'missing' },
      { name: 'C', value: 'missing' },
      { name: 'B', value: 'there' },
    ],
  });
});
