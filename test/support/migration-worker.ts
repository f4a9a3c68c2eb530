/**
 * A program that runs one call of the migration engine as a worker does, and dies or stops exactly where it is told.
 * Its first argument is a `MigrationTask` as JSON; it tells its parent what it reached and what came of it.
 */
import { applyMigrations, type ApplyOrder } from '../../activities/database/apply-migrations';
import { raiseDatabaseFences, type RaiseOrder } from '../../activities/database/raise-database-fence';
import { undoMigrations, type UndoOrder } from '../../activities/database/undo-migrations';
import { SlipwayError } from '../../release/errors';
import { anAttempt, someSurroundings } from './attempts';

export type MigrationTask = (
  | { readonly act: 'apply'; readonly order: ApplyOrder }
  | { readonly act: 'undo'; readonly order: UndoOrder }
  | { readonly act: 'raise'; readonly order: RaiseOrder }
) & {
  readonly url: string;
  /** Where a signal falls: at the `nth` time that `point` is reached. */
  readonly at?: { readonly point: string; readonly nth: number; readonly signal: 'SIGKILL' | 'SIGSTOP' };
};

export type WorkerMessage =
  | { readonly reached: string }
  | { readonly result: unknown }
  | { readonly error: { readonly code: string; readonly message: string } };

const task = JSON.parse(process.argv[2] ?? '') as MigrationTask;
let left = task.at?.nth ?? 0;

async function reach(point: string): Promise<void> {
  if (point !== task.at?.point || --left !== 0) return;
  await tell({ reached: point });
  process.kill(process.pid, task.at.signal);
  if (task.at.signal === 'SIGKILL') await new Promise(() => undefined);
}

function tell(message: WorkerMessage): Promise<void> {
  return new Promise((resolve) => process.send!(message, undefined, undefined, () => resolve()));
}

function run(): Promise<unknown> {
  const surroundings = someSurroundings({ API_DATABASE_URL: task.url }, { reach });
  if (task.act === 'apply') return applyMigrations(task.order, surroundings, anAttempt());
  if (task.act === 'undo') return undoMigrations(task.order, surroundings, anAttempt());
  return raiseDatabaseFences(task.order, surroundings, anAttempt());
}

process.on('disconnect', () => process.exit(1));
run()
  .then((result) => tell({ result: result ?? null }))
  .catch((error: unknown) =>
    tell({ error: { code: error instanceof SlipwayError ? error.code : 'none', message: String(error) } }),
  )
  .finally(() => process.exit(0));
