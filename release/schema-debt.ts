/** Additive schema that rollbacks have left in an environment's databases, until something uses it. Pure. */

/** A migration that ran and stayed, though its release went back. */
export interface SchemaDebt {
  readonly service: string;
  /** Of the migration. */
  readonly name: string;
  /** Which release left it. */
  readonly releaseId: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** So many are remembered: whoever has more has stopped reading them. */
const REMEMBERED = 200;

/** The debts with those that a release has left, told as `service: name`. */
export function debtAfter(
  debts: readonly SchemaDebt[],
  { releaseId, at }: { readonly releaseId: string; readonly at: string },
  left: readonly string[],
): readonly SchemaDebt[] {
  const more = left.flatMap((text): SchemaDebt[] => {
    const [, service, name] = /^([^:]+): (.+)$/.exec(text) ?? [];
    return service === undefined || name === undefined ? [] : [{ service, name, releaseId, at }];
  });
  const others = debts.filter((debt) => !more.some((one) => one.service === debt.service && one.name === debt.name));
  return [...others, ...more].slice(-REMEMBERED);
}

/** The debts without those of a service whose scripts the commit has that runs now: it uses them, or drops them itself. */
export function debtWithout(
  debts: readonly SchemaDebt[],
  service: string,
  scripts: readonly string[],
): readonly SchemaDebt[] {
  return debts.filter((debt) => debt.service !== service || !scripts.includes(debt.name));
}

/** The names of a service's debts whose forward script is among these files. */
export function scriptsOfDebts(debts: readonly SchemaDebt[], service: string, paths: readonly string[]): string[] {
  const files = new Set(paths.map((path) => path.replace(/^.*\//, '')));
  return debts.flatMap((debt) => (debt.service === service && files.has(`${debt.name}.up.sql`) ? [debt.name] : []));
}
