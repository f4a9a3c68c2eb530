import fc from 'fast-check';
import { compareMigrationNames, orderingNumber, runsLateAfter } from '../../release/migration-order';

test.each([
  ['2_b', '10_a'],
  ['002_b', '10_a'],
  ['1_a', '1_b'],
  ['9', 'add_orders'],
  ['20260131120000-x', '20260131120001-a'],
  ['99999999999999999998_x', '99999999999999999999_a'],
])('%s runs before %s', (first, second) => {
  expect(compareMigrationNames(first, second)).toBeLessThan(0);
  expect(compareMigrationNames(second, first)).toBeGreaterThan(0);
});

test('the order is total: it sorts any names in one way only', () => {
  const name = fc.stringMatching(/^[0-9]{0,3}[_a-c]{0,2}$/);
  fc.assert(
    fc.property(name, name, name, (a, b, c) => {
      const sign = (x: string, y: string) => Math.sign(compareMigrationNames(x, y));
      expect(sign(a, b) + sign(b, a)).toBe(0);
      expect(sign(a, b) === 0).toBe(a === b);
      if (sign(a, b) <= 0 && sign(b, c) <= 0) expect(sign(a, c)).toBeLessThanOrEqual(0);
    }),
  );
});

test('the number of a name is its leading digits', () => {
  expect(orderingNumber('007_bond')).toBe(7n);
  expect(orderingNumber('bond_007')).toBeUndefined();
});

test('a name is late if anything that has run sorts after it', () => {
  expect(runsLateAfter('2_b', ['1_a', '10_c', '3_d'])).toBe('10_c');
  expect(runsLateAfter('11_b', ['1_a', '10_c'])).toBeUndefined();
  expect(runsLateAfter('1_a', [])).toBeUndefined();
});
