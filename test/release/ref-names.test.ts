import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { fillName, nextNumber, readName, refNameProblem } from '../../release/ref-names';

describe('a name with placeholders', () => {
  it('is filled where there is a value, and left where there is none', () => {
    expect(fillName('v{previous}-rollback.{n}', { previous: '1.0.0' })).toBe('v1.0.0-rollback.{n}');
    expect(fillName('{a}{a}{b}', { a: 1, b: '{a}' })).toBe('11{a}');
    expect(fillName('{toString}', {})).toBe('{toString}');
  });

  it('is read back', () => {
    const part = fc.stringMatching(/^[a-z./-]{0,6}$/);
    fc.assert(
      fc.property(part, part, fc.stringMatching(/^[0-9a-z.]{1,9}$/), (before, after, version) => {
        const pattern = `${before}{version}${after}`;
        expect(readName(pattern, 'version', fillName(pattern, { version }))).toBe(version);
      }),
    );
    expect(readName('v{version}', 'version', 'x1')).toBeUndefined();
    expect(readName('v{version}', 'version', 'v')).toBeUndefined();
    expect(readName('fixed', 'version', 'fixed')).toBeUndefined();
  });

  it('gets a number that is free, and higher than any there', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 999 })), fc.array(fc.string()), (numbers, others) => {
        const pattern = 'v1-rollback.{n}';
        const names = [
          ...others.filter((name) => !name.startsWith('v1-')),
          ...numbers.map((n) => fillName(pattern, { n })),
        ];
        const n = nextNumber(pattern, names);
        expect(n).toBe(Math.max(0, ...numbers) + 1);
        expect(names).not.toContain(fillName(pattern, { n }));
      }),
    );
    expect(nextNumber('v1-rollback.{n}', ['v1-rollback.x', 'v1-rollback.', 'v1-rollback.2.1'])).toBe(1);
  });
});

describe('the name of a ref', () => {
  it('is judged as git judges it', () => {
    const names = fc.sample(
      fc.oneof(
        fc.stringMatching(/^[a-z.@{}/~^:?*\\[\] -]{0,6}$/),
        fc.stringMatching(/^[a-z/.]{0,8}(\.lock)?$/),
        fc.string({ maxLength: 5 }).filter((text) => !text.includes('\0')),
      ),
      { numRuns: 120, seed: 7 },
    );
    for (const name of [...names, 'v1.0.0', 'release/v1', 'a.lock/b', 'x.', 'é']) {
      if (name === '@' || name.startsWith('-')) continue;
      const { status } = spawnSync('git', ['check-ref-format', `refs/tags/${name}`]);
      const ours = refNameProblem(name) === undefined;
      expect([name, ours]).toEqual([name, status === 0]);
    }
  });

  it('is none that a command line would misread', () => {
    expect(refNameProblem('-x')).toBeDefined();
    expect(refNameProblem('@')).toBeDefined();
  });
});
