import { clip } from '../../release/clip';
import { parseJson, valueAt } from '../../release/json-path';

test.each([
  ['', { a: 1 }],
  ['a', 1],
  ['b', undefined],
  ['a.b', undefined],
  ['constructor', undefined],
])('at %j of an object', (path, value) => {
  expect(valueAt({ a: 1 }, path)).toEqual(value);
});

test('lists are counted from 0', () => {
  expect(valueAt({ list: [{ id: 'x' }] }, 'list.0.id')).toBe('x');
  expect(valueAt(['x'], 'length')).toBe(1);
});

test('what is no JSON is undefined, which no JSON is', () => {
  expect(parseJson('{')).toBeUndefined();
  expect(parseJson('null')).toBeNull();
});

test('a text is cut to one line, never through the middle of a character', () => {
  expect(clip('a\n  b', 10)).toBe('a b');
  expect(clip('abcdef', 6)).toBe('abcdef');
  expect(clip('abcdefg', 6)).toBe('abcde…');
  expect(clip('abcd😀efg', 6)).toBe('abcd…');
});
