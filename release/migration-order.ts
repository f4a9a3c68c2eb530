/**
 * The order in which migrations run. Names either all begin with a number (`012_add_orders`, `20260131120000-x`) and
 * run by that number, whatever its width, or none does and they run by name.
 */

/** The digits at the start of a name, or undefined if it begins otherwise. */
export function orderingNumber(name: string): bigint | undefined {
  const digits = /^\d+/.exec(name)?.[0];
  return digits === undefined ? undefined : BigInt(digits);
}

/**
 * Negative if `a` runs before `b`, positive if after, 0 only for equal names. Numbered names come before others;
 * names with equal numbers are told apart by their text, by code unit, so that no locale changes the order.
 */
export function compareMigrationNames(a: string, b: string): number {
  const [left, right] = [orderingNumber(a), orderingNumber(b)];
  if (left !== undefined && right !== undefined && left !== right) return left < right ? -1 : 1;
  if ((left === undefined) !== (right === undefined)) return left === undefined ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The last of `applied` that `name` sorts before, or undefined if it sorts after all of them. */
export function runsLateAfter(name: string, applied: readonly string[]): string | undefined {
  const last = applied.reduce<string | undefined>(
    (latest, other) => (latest === undefined || compareMigrationNames(other, latest) > 0 ? other : latest),
    undefined,
  );
  return last !== undefined && compareMigrationNames(name, last) < 0 ? last : undefined;
}
