/** Migrations as the plan knows them: pairs of scripts at the released commit, and what the database says of them. */

/** A pair of scripts, read at the commit that is released. */
export interface MigrationScript {
  /** File name without `.up.sql`. */
  readonly name: string;
  /** Path of the forward script in the repository. */
  readonly upPath: string;
  readonly downPath: string;
  /** sha256 of the file's bytes, in hex. */
  readonly checksum: string;
  readonly downChecksum: string;
  /** The text, cut at `SHOWN_SQL` characters; the whole is in the repository at the commit. */
  readonly up: string;
  readonly down: string;
  /** Whether the rollback script only drops what can be counted empty, so that it may run unattended. */
  readonly undo: { readonly unattended: true } | { readonly unattended: false; readonly reason: string };
  /** What of the forward script drops, deletes or overwrites data, or may: the first such statement; absent = nothing. */
  readonly destroys?: string;
}

/** How much of a script a plan carries: histories must stay small (a payload is refused at 2 MB). */
export const SHOWN_SQL = 8_000;

/** How much all scripts of a plan carry together: it stands several times in a release's history. */
const SHOWN_SQL_TOGETHER = 160_000;

/** The scripts, each cut further if there are so many that a plan would get too large for a history. */
export function fitted(scripts: readonly MigrationScript[]): readonly MigrationScript[] {
  const total = scripts.reduce((sum, { up, down }) => sum + up.length + down.length, 0);
  if (total <= SHOWN_SQL_TOGETHER) return scripts;
  const share = Math.floor(SHOWN_SQL_TOGETHER / (2 * scripts.length));
  const cut = (text: string) =>
    text.length <= share ? text : `${text.slice(0, share)}\n-- … cut here: the whole script is in the repository`;
  return scripts.map((script) => ({ ...script, up: cut(script.up), down: cut(script.down) }));
}

/** What the migration table says. */
export interface MigrationRow {
  readonly name: string;
  readonly checksum: string;
  readonly state: 'running' | 'applied' | 'reverting' | 'reverted' | 'failed';
  readonly releaseId: string | null;
}

/** What one migration's run did. */
export interface AppliedMigration {
  readonly name: string;
  /** `applied` now, or found `already` applied (by an earlier attempt or release). */
  readonly how: 'applied' | 'already';
  readonly milliseconds: number;
  /** The transaction's id, for an audit. */
  readonly xid: string | null;
}

/** What undoing one migration came to. */
export interface UndoneMigration {
  readonly name: string;
  /** `reverted` now; `already` reverted; `never` ran, and a fence now keeps it from running late. */
  readonly how: 'reverted' | 'already' | 'never';
}
