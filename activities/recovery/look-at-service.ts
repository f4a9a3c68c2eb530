/** What the world shows of one service of an unfinished release. Changes nothing. */
import { resolveReferences } from '../../release/env-references';
import { SlipwayError } from '../../release/errors';
import type { MigrationRow } from '../../release/migration';
import type { PlannedService } from '../../release/plan';
import type { Service } from '../../release/project';
import type { ServiceSight, UnfinishedRelease } from '../../release/unfinished-release';
import { readLive } from '../checks/read-live';
import { openDirect } from '../database/directness';
import { readRows } from '../database/migration-table';
import { ownVersion } from '../database/own-schema';
import { messageOf } from '../database/postgres-errors';
import { sessionName } from '../database/session-name';
import { observe, onScene, type Sight } from '../pointers/scene';
import type { Attempt, Surroundings } from '../surroundings';

/** Looks at fence, pointer, migration table and probe. What gives no answer is a doubt, no failure. */
export async function lookAtService(
  { release, order }: UnfinishedRelease,
  planned: PlannedService,
  surroundings: Surroundings,
  attempt: Attempt,
): Promise<ServiceSight> {
  const service = order.project.services[planned.service]!;
  const doubts: string[] = [];
  async function seen<T>(look: Promise<T>): Promise<T | null> {
    try {
      return await look;
    } catch (error) {
      attempt.signal.throwIfAborted();
      if (!(error instanceof SlipwayError)) throw error;
      doubts.push(surroundings.redact(messageOf(error)));
      return null;
    }
  }
  const { repository } = service;
  const { ref } = planned.move;
  const looks = [
    seen(onScene<Sight>({ surroundings, attempt, release, repository }, (scene) => observe(scene, [ref]))),
    seen(planned.database ? migrationRows(service, surroundings, attempt) : Promise.resolve([])),
    seen(liveWords(service, surroundings, attempt)),
  ] as const;
  await Promise.allSettled(looks);
  const [sight, rows, live] = await Promise.all(looks);
  return {
    service: service.name,
    fence: sight?.fence ?? null,
    pointer: sight ? { at: sight.refs.get(ref) ?? null } : null,
    rows,
    live: live ?? 'could not tell',
    doubts,
  };
}

async function migrationRows(
  { name: service, database }: Service,
  { lookup }: Surroundings,
  { signal }: Attempt,
): Promise<MigrationRow[]> {
  const url = resolveReferences(database?.url ?? '', lookup, `the database of ${service}`);
  const session = await openDirect({ service, url, name: sessionName('recover', 'look'), signal });
  try {
    return (await ownVersion(session)) === 0 ? [] : [...(await readRows(session)).values()];
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SlipwayError) throw error;
    throw new SlipwayError('DATABASE_UNREACHABLE', { service, detail: messageOf(error) }, { cause: error });
  } finally {
    await session.close();
  }
}

async function liveWords({ live }: Service, surroundings: Surroundings, attempt: Attempt): Promise<string> {
  const reading = await readLive({ probe: live }, surroundings, attempt);
  if (reading.state === 'value') return reading.value;
  return reading.state === 'nothing' ? 'nothing' : `could not tell: ${reading.detail}`;
}
