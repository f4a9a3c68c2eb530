import { mayReplace, relationOfAll } from '../../release/replacement';

test.each([
  [['newer'], 'newer'],
  [['newer', 'same'], 'newer'],
  [['older', 'same', 'older'], 'older'],
  [['same'], undefined],
  [['newer', 'older'], undefined],
  [['diverged'], undefined],
  [['newer', 'diverged'], undefined],
  [['newer', 'unknown'], undefined],
] as const)('services that lie %j to those of another make a release %s', (relations, relation) => {
  expect(relationOfAll([...relations] as Parameters<typeof relationOfAll>[0])).toBe(relation);
});

test('a hotfix gives way to a hotfix only, and replaces whatever is older', () => {
  expect([mayReplace('hotfix'), mayReplace('hotfix', 'hotfix'), mayReplace('normal', 'hotfix'), mayReplace()]).toEqual([
    false,
    true,
    true,
    true,
  ]);
});
