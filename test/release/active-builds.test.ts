import { countActive } from '../../release/active-builds';

describe('how many builds are active', () => {
  it('is the number, or the length of the list, at the path', () => {
    expect(countActive('{"builds":{"active":3}}', 'builds.active')).toBe(3);
    expect(countActive('{"builds":[{},{}]}', 'builds')).toBe(2);
    expect(countActive('{"runs":[{"jobs":[1]}]}', 'runs.0.jobs')).toBe(1);
    expect(countActive('[]', '')).toBe(0);
    expect(countActive('0', '')).toBe(0);
  });

  it.each([
    ['not JSON', 'builds'],
    ['{"builds":"3"}', 'builds'],
    ['{"builds":null}', 'builds'],
    ['{"builds":-1}', 'builds'],
    ['{"other":0}', 'builds'],
    ['{"builds":{"active":0}}', 'builds.active.now'],
    ['{}', 'toString'],
    ['', ''],
  ])('is not told by %s at %s', (text, path) => {
    expect(countActive(text, path)).toBeUndefined();
  });
});
