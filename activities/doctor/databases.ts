import { pass, type Look, fail, unknown } from '../../release/doctor';
import { resolveReferences } from '../../release/env-references';
import type { Service } from '../../release/project';
import { openDirect } from '../database/directness';
import { sessionName } from '../database/session-name';
import type { Session } from '../database/session';
import { LostConnection } from '../database/postgres-errors';
import { SlipwayError } from '../../release/errors';
import type { Attempt } from '../surroundings';
import { lookAtRights } from './database-rights';
import { lookAtServer } from './database-server';
import { bounded, lookOfError, type Patient } from './examiner';

/** Every database that a release may migrate: whether it answers directly, and what its user may do there. */
export async function examineDatabases(patient: Patient): Promise<readonly Look[]> {
  const services = patient.services.filter(({ database }) => database !== undefined);
  if (services.length === 0) return [pass('databases', 'no service has one')];
  const looks = await Promise.all(
    services.map((service) => bounded(service.name, patient, (attempt) => examineDatabase(service, patient, attempt))),
  );
  return looks.flat();
}

async function examineDatabase(service: Service, patient: Patient, attempt: Attempt): Promise<Look[]> {
  const { name, database } = service;
  const { lookup, redact } = patient.surroundings;
  const url = resolveReferences(database!.url, lookup, `the database of ${name}`);
  const order = { service: name, url, name: sessionName('doctor', 'look'), signal: attempt.signal };
  let session: Session;
  try {
    session = await openDirect(order);
  } catch (error) {
    attempt.signal.throwIfAborted();
    return [connection(name, error, redact)];
  }
  try {
    return [
      pass(`${name}: connection`, 'direct, and the limits of a migration can be set'),
      ...(await lookAtServer(name, session, url)),
      ...(await lookAtRights(name, session)),
    ];
  } catch (error) {
    if (!(error instanceof LostConnection)) throw error;
    return [
      unknown(`${name}: connection`, `it broke off: ${redact(error.message)}`, 'Look again; see the server log.'),
    ];
  } finally {
    await session.close();
  }
}

function connection(service: string, error: unknown, redact: (text: string) => string): Look {
  const name = `${service}: connection`;
  if (!(error instanceof SlipwayError) || error.code !== 'DATABASE_POOLED') return lookOfError(name, error, redact);
  return fail(name, error.message, error.todo, 'transaction-pooler');
}
