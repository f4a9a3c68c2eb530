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
      -- As everywhere else in Slipway: 2026-03-01T10:00:00.000Z, whatever the session's time zone.
      CREATE FUNCTION slipway_ledger.iso(timestamptz) RETURNS text STABLE LANGUAGE sql
        RETURN to_char($1 AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');

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
        -- Which Temporal: id and name of its namespace.
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
  {
    name: 'tags that ask for releases',
    sql: `
      -- A trigger that is turned on, and how the last look at its repository went.
      CREATE TABLE slipway_ledger.tag_trigger (
        project text NOT NULL,
        repository text NOT NULL,
        pattern text NOT NULL,
        environment text NOT NULL,
        -- Which \`trigger on\` it belongs to: polls of any other change nothing.
        activation text NOT NULL,
        on_since timestamptz NOT NULL,
        -- By it the host tells whether anything changed since the last look whose news are all recorded.
        mark text,
        looked_at timestamptz,
        failing_since timestamptz,
        failure jsonb,
        PRIMARY KEY (project, repository, pattern, environment)
      );

      -- Every tag object that was ever seen under a name: what is in here is judged and released at most once.
      CREATE TABLE slipway_ledger.seen_tag (
        project text NOT NULL,
        repository text NOT NULL,
        tag text NOT NULL,
        object text NOT NULL,
        -- The order in which they are released.
        n bigint GENERATED ALWAYS AS IDENTITY,
        pattern text NOT NULL,
        environment text NOT NULL,
        version text NOT NULL,
        commit text NOT NULL,
        tagger text NOT NULL,
        subject text NOT NULL,
        first_seen timestamptz NOT NULL,
        status text NOT NULL,
        why text NOT NULL,
        changed_at timestamptz NOT NULL,
        release_id text,
        run_id text,
        -- Its release was still running when it was last looked for.
        is_open boolean NOT NULL DEFAULT false,
        PRIMARY KEY (project, repository, tag, object)
      );
      CREATE INDEX seen_tag_newest ON slipway_ledger.seen_tag (project, n DESC);
      CREATE INDEX seen_tag_to_do ON slipway_ledger.seen_tag (project, environment, n) WHERE status = 'waiting' OR is_open;
      -- One at a time: an environment need not remember more than the last request to know it again.
      CREATE UNIQUE INDEX seen_tag_starting ON slipway_ledger.seen_tag (project, environment) WHERE status = 'starting';`,
  },
  {
    name: 'who decided',
    sql: `
      ALTER TABLE slipway_ledger.decision
        -- The one name of whom \`by\` means.
        ADD COLUMN person text,
        -- Fingerprint of the key that it was signed with, and what was signed with it: {at, ssh}.
        ADD COLUMN key text,
        ADD COLUMN signature jsonb;`,
  },
];
