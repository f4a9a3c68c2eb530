import type { Look } from '../../release/doctor';
import { resolveReferences } from '../../release/env-references';
import { judgeSkew } from '../../release/judge-doctor';
import type { Service } from '../../release/project';
import { httpRequest } from '../checks/http-request';
import { Session } from '../database/session';
import { sessionName } from '../database/session-name';
import type { Attempt } from '../surroundings';
import type { Patient } from './examiner';

/** Milliseconds for one clock: whoever does not answer is told of in its own area. */
const limit = 10_000;

/** How far the worker's clock is from those of the servers that it works with. One without an answer is left out. */
export async function examineClocks(patient: Patient): Promise<Look[]> {
  const { services, askedAt } = patient;
  // Between the server's look at its clock and ours lies the time until this task was taken.
  const temporal = judgeSkew('Temporal', Date.now() - Date.parse(askedAt), 2_000);
  const signal = AbortSignal.any([patient.attempt.signal, AbortSignal.timeout(limit)]);
  const attempt = { ...patient.attempt, signal };
  const others = await Promise.all(
    services.flatMap((service) => [databaseClock(service, patient, attempt), hostClock(service, patient, attempt)]),
  );
  patient.attempt.signal.throwIfAborted();
  return [temporal, ...distinct(others.filter((look) => look !== undefined))];
}

async function databaseClock(
  { name, database }: Service,
  { surroundings }: Patient,
  { signal }: Attempt,
): Promise<Look | undefined> {
  if (!database) return undefined;
  let session: Session | undefined;
  try {
    const url = resolveReferences(database.url, surroundings.lookup, `the database of ${name}`);
    session = await Session.open({ service: name, url, name: sessionName('doctor', 'look'), signal });
    const before = Date.now();
    const { now } = await session.one<{ now: number }>(
      `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS now`,
    );
    const after = Date.now();
    return judgeSkew(`the database of ${name}`, (before + after) / 2 - now, (after - before) / 2);
  } catch {
    return undefined;
  } finally {
    await session?.close();
  }
}

/** By the Date header of the host that tells what is live; an answer from a cache is as old as its Age says. */
async function hostClock({ live }: Service, { surroundings }: Patient, { signal }: Attempt): Promise<Look | undefined> {
  try {
    const { url, headers } = resolveReferences(
      { url: live.url, headers: live.headers },
      surroundings.lookup,
      'a probe',
    );
    const before = Date.now();
    const outcome = await httpRequest({ url, headers, method: 'GET', timeout: limit, redirects: 0, signal });
    const after = Date.now();
    if ('noAnswer' in outcome) return undefined;
    const age = Number(outcome.answer.headers['age'] ?? 0) * 1_000;
    const date = Date.parse(outcome.answer.headers['date'] ?? '') + age;
    // The header holds whole seconds, cut off.
    if (Number.isNaN(date)) return undefined;
    return judgeSkew(new URL(url).host, (before + after) / 2 - (date + 500), (after - before) / 2 + 500);
  } catch {
    return undefined;
  }
}

function distinct(looks: readonly Look[]): Look[] {
  return [...new Map(looks.map((look) => [look.name, look])).values()];
}
