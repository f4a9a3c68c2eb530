/**
 * Compensations as data. A step's record is registered before the step runs, since a step whose answer was lost may
 * have happened. Records carry a version: newer code runs older ones.
 */
import type { PlannedService } from './plan';
import type { PointerMove } from './pointer-move';

export type UndoRecord =
  | {
      readonly version: 1;
      readonly kind: 'pointer';
      readonly step: string;
      readonly service: string;
      readonly move: PointerMove;
    }
  | { readonly version: 1; readonly kind: 'migrations'; readonly step: string; readonly service: string };

/** The record of a service's migrations; what they are stands in the plan. */
export function undoOfMigrations({ service }: PlannedService): UndoRecord {
  return { version: 1, kind: 'migrations', step: `migrate:${service}`, service };
}

/** The record of a pointer's move. */
export function undoOfMove({ service, move }: PlannedService): UndoRecord {
  return { version: 1, kind: 'pointer', step: `move:${service}`, service, move };
}

/** What became of one compensation. */
export interface UndoReport {
  readonly step: string;
  readonly service: string;
  readonly how:
    /** Put back now, or by an earlier attempt. */
    | 'undone'
    /** It had never happened. */
    | 'nothing to undo'
    /** Additive schema that stays: schema debt. */
    | 'kept'
    /** A person put it back. */
    | 'by hand'
    /** A person chose to leave it. */
    | 'skipped'
    /** The release was abandoned before its turn. */
    | 'abandoned';
  readonly detail: string;
}

/**
 * The order of compensations: newest first, and pointers before schema, so that the schema is only touched once the
 * old version is proven live.
 */
export function compensationOrder(records: readonly UndoRecord[]): { pointers: UndoRecord[]; schema: UndoRecord[] } {
  const newestFirst = [...records].reverse();
  return {
    pointers: newestFirst.filter(({ kind }) => kind === 'pointer'),
    schema: newestFirst.filter(({ kind }) => kind === 'migrations'),
  };
}

/**
 * What a rollback does with a service's migrations. They are rolled back if migrating itself did not finish, or if
 * the service opted in; else the additive schema stays, since new data may stand in it.
 */
export function schemaUndo(
  onRollback: 'keep' | 'dropIfEmpty',
  migrationsFinished: boolean,
): 'run rollback scripts' | 'keep' {
  return migrationsFinished && onRollback === 'keep' ? 'keep' : 'run rollback scripts';
}
