import { fail, pass, type Look } from '../../release/doctor';
import { bounded, type Patient } from './examiner';

/** Whether Slipway's own record can be written, and how old its oldest entries may get is left to people. */
export function examineLedger(patient: Patient): Promise<readonly Look[]> {
  const name = 'ledger';
  return bounded(name, patient, (attempt) =>
    patient.surroundings.ledger.use(attempt, async (client) => {
      const { rows } = await client.query<{ version: string; readonly: boolean; database: string }>(
        `SELECT current_setting('server_version') AS version, current_database() AS database,
           pg_is_in_recovery() OR current_setting('default_transaction_read_only')::bool AS readonly`,
      );
      const [row] = rows;
      if (row?.readonly) {
        const todo = 'Give SLIPWAY_DATABASE_URL the address of the primary server, and a user who may write.';
        return [fail(name, `database ${row.database} is read-only: no decision could be recorded`, todo)];
      }
      return [pass(name, `database ${row?.database} answers, its schema is up to date (PostgreSQL ${row?.version})`)];
    }),
  );
}
