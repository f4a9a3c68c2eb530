import { chownSync } from 'node:fs';
import { setpriv, withDeathSignal } from './child-processes';

/** As whom the server runs. PostgreSQL refuses to be root. */
export interface PostgresAccount {
  /** The words before the program's own. */
  readonly prefix: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
  /** Gives a file or folder to the account. */
  own(path: string): void;
}

/** The id that belongs to nobody: no user has to be made, and none is left behind. */
const nobody = 65_534;

/**
 * The account for PostgreSQL: ourselves; or, when we are root, nobody, with the one right to pass folders that are
 * closed to it, since the data may lie under a folder that only root may enter. Without setpriv it is plain nobody.
 */
export function postgresAccount(): PostgresAccount {
  if (process.getuid?.() !== 0) return { prefix: withDeathSignal('INT'), own: () => undefined };
  const own = (path: string) => chownSync(path, nobody, nobody);
  const program = setpriv();
  if (program === undefined) return { prefix: [], uid: nobody, gid: nobody, own };
  const rights = '-all,+dac_override';
  const prefix = [
    ...[program, `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--securebits=+no_setuid_fixup'],
    ...[`--inh-caps=${rights}`, `--ambient-caps=${rights}`, `--bounding-set=${rights}`, '--pdeathsig', 'INT', '--'],
  ];
  return { prefix, own };
}
