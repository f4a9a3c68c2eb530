import { patternsMeet } from '../../release/tag-pattern';

describe('two patterns have a name in common', () => {
  test.each([
    ['v{version}', 'v{version}'],
    ['release/{version}', 'release/v{version}'],
    ['{version}', 'v{version}'],
    ['v{version}', 'v{previous}-rollback.{n}'],
    ['{version}-rc', 'v{version}'],
    ['a{version}', '{version}b'],
    ['release/v{version}', '{previous}.{n}'],
    ['go', 'go'],
  ])('%s and %s', (first, second) => {
    expect(patternsMeet(first, second)).toBe(true);
    expect(patternsMeet(second, first)).toBe(true);
  });
});

describe('two patterns have no name in common', () => {
  test.each([
    ['release/v{version}', 'v{version}'],
    ['release/v{version}', 'release/api-v{version}'],
    // A version has no slash, and begins with a letter or a digit.
    ['release/{version}', 'release/api/{version}'],
    ['{version}', '-{version}'],
    ['release/{version}', 'release/'],
    ['v{version}', 'V{version}'],
    ['{version}-a', '{version}-b'],
    ['back.{n}', 'back.{n}x'],
    ['release/v{version}', 'v{previous}-rollback.{n}'],
  ])('%s and %s', (first, second) => {
    expect(patternsMeet(first, second)).toBe(false);
    expect(patternsMeet(second, first)).toBe(false);
  });
});
