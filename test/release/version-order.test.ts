import fc from 'fast-check';
import { compareVersions, nearestVersions, newestVersion } from '../../release/version-order';

const versions = fc.oneof(
  fc.stringMatching(/^v?\d{1,3}(\.\d{1,3}){0,3}(-[0-9a-z]{1,4}(\.[0-9a-z]{1,3})?)?$/),
  fc.string({ maxLength: 6 }),
);

describe('the order of versions', () => {
  it("is semver's", () => {
    const ascending = [
      ...['nightly', '1.0.0-alpha', '1.0.0-alpha.1', '1.0.0-alpha.beta', '1.0.0-beta.2', '1.0.0-beta.11'],
      ...['1.0.0-rc.1', '1.0.0', '1.0.1', '1.2.0', '1.10.0', '2.0.0'],
    ];
    for (let i = 1; i < ascending.length; i++) {
      expect(compareVersions(ascending[i - 1] ?? '', ascending[i] ?? '')).toBeLessThan(0);
    }
  });

  it('takes build numbers as numbers, and does not count a leading v, missing parts and build metadata', () => {
    expect(compareVersions('9', '10')).toBeLessThan(0);
    expect(compareVersions('v1.2', '1.2.0+linux')).toBe(0);
    expect(compareVersions('20260504093000123456789', '20260504093000123456788')).toBeGreaterThan(0);
  });

  it('is an order', () => {
    fc.assert(
      fc.property(versions, versions, versions, (a, b, c) => {
        expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0);
        expect(compareVersions(a, a)).toBe(0);
        if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) {
          expect(compareVersions(a, c)).toBeLessThanOrEqual(0);
        }
      }),
    );
  });

  it('has a newest, unless there is none', () => {
    expect(newestVersion(['1.0.0-rollback.1', '1.0.0', '0.9.0'])).toBe('1.0.0');
    expect(newestVersion([])).toBeUndefined();
  });
});

describe('the versions nearest to a wrong one', () => {
  it('are those that are spelt most like it', () => {
    const known = ['1.0.0', '1.1.0', '1.2.0', '2.0.0', '10.4.7'];
    expect(nearestVersions('1.1.O', known, 1)).toEqual(['1.1.0']);
    expect(nearestVersions('10.4', known, 1)).toEqual(['10.4.7']);
    expect(nearestVersions('x', [])).toEqual([]);
  });
});
