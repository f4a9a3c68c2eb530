/** Every port's activities, as the worker registers them. */
import { createBackupActivities } from './backup';
import { createCalendarActivities } from './calendar';
import { createCheckActivities } from './checks';
import type { Activities } from './contract';
import { createDatabaseActivities } from './database';
import { createDoctorActivities } from './doctor';
import { asActivity } from './heartbeat';
import { createGateActivities } from './gates';
import { createIdentityActivities } from './identity';
import { createLedgerActivities } from './ledger';
import { createPointerActivities } from './pointers';
import { createRecoveryActivities } from './recovery';
import { createReleaseActivities } from './releases';
import { createRulesActivities } from './rules';
import { createSurveyActivities } from './survey';
import type { Attempt, Surroundings } from './surroundings';
import { createTriggerActivities } from './triggers';
import { createWatchActivities } from './watch';

/** What a port implements: an activity that is also told of its attempt. */
type Implementation<F> = F extends (input: infer I) => infer O ? (input: I, attempt: Attempt) => O : never;
type Implementations = { readonly [K in keyof Activities]: Implementation<Activities[K]> };

/** The activities of a worker. */
export function createActivities(surroundings: Surroundings): Activities {
  const pointers = createPointerActivities(surroundings);
  const database = createDatabaseActivities(surroundings);
  const checks = createCheckActivities(surroundings);
  const implementations: Implementations = {
    ...createSurveyActivities(surroundings),
    ...createRulesActivities(surroundings),
    ...createCalendarActivities(surroundings),
    ...createGateActivities(surroundings),
    ...createReleaseActivities(surroundings),
    ...createDoctorActivities(surroundings),
    ...createRecoveryActivities(surroundings),
    ...createBackupActivities(surroundings),
    ...createTriggerActivities(surroundings),
    ...createWatchActivities(surroundings),
    ...createLedgerActivities(surroundings),
    ...createIdentityActivities(surroundings),
    takeFences: pointers.takeFences,
    freeFences: pointers.freeFences,
    async raiseFences({ databases, ...input }, attempt) {
      await pointers.raiseFences(input, attempt);
      await database.raiseDatabaseFences({ release: input.release, databases }, attempt);
    },
    movePointer: pointers.movePointer,
    undoPointer: pointers.undoPointer,
    applyMigrations: database.applyMigrations,
    undoMigrations: database.undoMigrations,
    awaitLive: checks.awaitLive,
    watchChecks: checks.watchChecks,
  };
  return Object.fromEntries(
    Object.entries(implementations).map(([name, implementation]) => [
      name,
      asActivity(implementation as (input: unknown, attempt: Attempt) => Promise<unknown>, surroundings.redact),
    ]),
  ) as unknown as Activities;
}
