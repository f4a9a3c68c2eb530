/** Changing a service's database: migrations, exactly once, and their rollback. */
import type { AppliedMigration, UndoneMigration } from '../../release/migration';
import type { MigrateInput } from '../contract';
import type { Attempt, Surroundings } from '../surroundings';
import { applyMigrations } from './apply-migrations';
import { raiseDatabaseFences, type RaiseOrder } from './raise-database-fence';
import { wholeScripts } from './script-texts';
import { undoMigrations } from './undo-migrations';

/** The database port's activities; what each promises is said where it is implemented. */
export function createDatabaseActivities(surroundings: Surroundings) {
  return {
    applyMigrations: async (input: MigrateInput, attempt: Attempt): Promise<AppliedMigration[]> => {
      const scripts = await wholeScripts(input, surroundings, attempt);
      return applyMigrations({ ...input, scripts }, surroundings, attempt);
    },
    undoMigrations: async (input: MigrateInput, attempt: Attempt): Promise<UndoneMigration[]> => {
      const scripts = await wholeScripts(input, surroundings, attempt);
      return undoMigrations({ ...input, scripts, by: 'unattended' }, surroundings, attempt);
    },
    raiseDatabaseFences: (input: RaiseOrder, attempt: Attempt): Promise<void> =>
      raiseDatabaseFences(input, surroundings, attempt),
  };
}
