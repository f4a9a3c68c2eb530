/** The ledger's tables, as an ordered list of migrations. All of them live in the PostgreSQL schema `slipway_ledger`. */

/** One step from one version of the schema to the next. */
export interface LedgerMigration {
  /** For people, and in the table `migration`. */
  readonly name: string;
  /** Any number of statements that PostgreSQL runs in a transaction. */
  readonly sql: string;
}

/**
 * Oldest first; the number of a migration is its place, from 1. One that was published is never edited (its checksum
 * is kept), and each only adds, so that older workers can go on beside it.
 *
 * Every row belongs to a release by its key, `<id>@<run id>` (`releaseKey`): numbers in ids begin anew where a Temporal
 * was made anew. There are no foreign keys, since rows may arrive in any order, and after a restore from a backup.
 */
export const ledgerMigrations: readonly LedgerMigration[] = [
  {
    name: 'releases',
    sql: `
      CREATE TABLE slipway_ledger.release (
        release text PRIMARY KEY,
        record_version int NOT NULL,
        id text NOT NULL,
        run_id text NOT NULL,
        project text NOT NULL,
        environment text NOT NULL,
        version text NOT NULL,
        requested_by text NOT NULL,
        requested_at timestamptz NOT NULL,
        -- Which Temporal: cluster id and namespace.
        cluster text NOT NULL,
        -- The workflow's input: with it the release could be run again. References stay references.
        input jsonb,
        phase text NOT NULL,
        -- The number of the timeline's entry that told of the phase: a later one wins.
        phase_n int NOT NULL,
        outcome text,
        result jsonb,
        ended_at timestamptz
      );
      CREATE INDEX release_newest ON slipway_ledger.release (project, environment, requested_at DESC, release);
      CREATE INDEX release_id ON slipway_ledger.release (id);

      -- n = 1 for the first plan of a release, one more for each whose digest differs from the one before.
      CREATE TABLE slipway_ledger.plan (
        release text NOT NULL,
        n int NOT NULL,
        digest text NOT NULL,
        plan jsonb NOT NULL,
        gates jsonb NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (release, n)
      );

      -- In the order in which they were registered, each before its effect.
      CREATE TABLE slipway_ledger.undo_record (
        release text NOT NULL,
        n int NOT NULL,
        step text NOT NULL,
        service text NOT NULL,
        record jsonb NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (release, n)
      );

      -- What became of each compensation, in order.
      CREATE TABLE slipway_ledger.undone (
        release text NOT NULL,
        n int NOT NULL,
        step text NOT NULL,
        service text NOT NULL,
        how text NOT NULL,
        detail text NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (release, n)
      );

      -- Accepted and refused ones, in the order in which they were judged.
      CREATE TABLE slipway_ledger.decision (
        release text NOT NULL,
        kind text NOT NULL,
        decision_id text NOT NULL,
        n int NOT NULL,
        by text NOT NULL,
        -- How sure we are who it was: claimed, authenticated, signed.
        proof text NOT NULL,
        comment text NOT NULL,
        digest text NOT NULL,
        acknowledge jsonb NOT NULL,
        action text,
        accepted boolean NOT NULL,
        verdict text NOT NULL,
        at timestamptz NOT NULL,
        PRIMARY KEY (release, kind, decision_id)
      );

      -- The timeline.
      CREATE TABLE slipway_ledger.event (
        release text NOT NULL,
        n int NOT NULL,
        at timestamptz NOT NULL,
        kind text NOT NULL,
        text text NOT NULL,
        PRIMARY KEY (release, n)
      );

      -- What each environment runs, as the last release left it; commit is null where that is not known.
      CREATE TABLE slipway_ledger.live (
        project text NOT NULL,
        environment text NOT NULL,
        service text NOT NULL,
        version text NOT NULL,
        commit text,
        since timestamptz NOT NULL,
        release text NOT NULL,
        PRIMARY KEY (project, environment, service)
      );`,
  },
];
