import type { ClientBase } from 'pg';
import type { FoundService } from '../../release/adoption';
import { requireReferences } from '../../release/env-references';
import { SlipwayError } from '../../release/errors';
import { refuseAct } from '../../release/may';
import { serviceOrder } from '../../release/service-order';
import type { AdoptInput, RecordAdoptionInput } from './contract';
import { storable } from '../ledger/storable';
import type { Attempt, Surroundings } from '../surroundings';
import { lookAtService } from './look-at-service';

/**
 * What an environment runs, for a person who takes it for what is meant to run there: by its probes, and what the ledger
 * knows of how it came there. Fails with NOT_ALLOWED, ADOPT_UNKNOWN where a service does not say what it runs,
 * WATCH_MISSING where nobody says which services there are, or as the ledger does.
 */
export async function lookToAdopt(
  { place, project: given, by, isJudged }: AdoptInput,
  surroundings: Surroundings,
  attempt: Attempt,
): Promise<readonly FoundService[]> {
  const { environment } = place;
  const project = given ?? (await surroundings.environments.watched(place));
  const rules = project?.environments[environment];
  if (!project || !rules) throw new SlipwayError('WATCH_MISSING', { environment });
  const no = isJudged ? undefined : refuseAct(project, rules, 'adopt', by);
  if (no !== undefined) throw new SlipwayError('NOT_ALLOWED', { detail: no });
  requireReferences({ services: project.services }, surroundings.lookup);
  const sights = await Promise.all(
    serviceOrder(project.services).map((service) =>
      lookAtService(service, { live: {}, versions: project.versions, isObserved: true }, surroundings, attempt),
    ),
  );
  const untold = sights.filter(({ runs }) => runs === null);
  if (untold.length > 0) {
    const detail = untold.map(({ service, says }) => `${service}: ${says.detail}`).join('; ');
    throw new SlipwayError('ADOPT_UNKNOWN', { environment, detail: surroundings.redact(detail) });
  }
  const known = await surroundings.ledger.use(attempt, (client) => readLiveRows(client, place));
  return sights.map(({ service, runs }): FoundService => {
    const row = known.find((one) => one.service === service && one.commit === runs!.commit);
    return { service, ...runs!, known: row ? knownBy(row) : null };
  });
}

/** Writes what was adopted into the ledger, as what is live. */
export async function recordAdoption(
  { place, found, by, reason, at }: RecordAdoptionInput,
  { ledger }: Surroundings,
  attempt: Attempt,
): Promise<void> {
  const rows = found.map(({ service, version, commit }) => ({ ...place, service, version, commit }));
  await ledger.use(attempt, (client) =>
    client.query(
      `INSERT INTO slipway_ledger.live AS there (project, environment, service, version, commit, since, release)
       SELECT r->>'project', r->>'environment', r->>'service', r->>'version', r->>'commit', $2::timestamptz, $3
       FROM jsonb_array_elements($1::jsonb) AS r
       ON CONFLICT (project, environment, service) DO UPDATE
         SET version = excluded.version, commit = excluded.commit, since = excluded.since, release = excluded.release
         WHERE there.since < excluded.since
           AND (there.version, there.commit) IS DISTINCT FROM (excluded.version, excluded.commit)`,
      [storable(rows), at, storable(`adopted by ${by}: ${reason}`, 'text')],
    ),
  );
}

interface LiveRow {
  readonly service: string;
  readonly commit: string | null;
  readonly since: string;
  readonly release: string;
  readonly id: string | null;
  readonly previous: { readonly version: string; readonly commit: string } | null;
}

async function readLiveRows(client: ClientBase, { project, environment }: AdoptInput['place']): Promise<LiveRow[]> {
  const { rows } = await client.query<LiveRow>(
    `SELECT l.service, l.commit, slipway_ledger.iso(l.since) AS since, l.release, r.id,
       (SELECT s->'previous' FROM slipway_ledger.plan p, jsonb_array_elements(p.plan->'services') s
        WHERE p.release = l.release AND s->>'service' = l.service ORDER BY p.n DESC LIMIT 1) AS previous
     FROM slipway_ledger.live l LEFT JOIN slipway_ledger.release r ON r.release = l.release
     WHERE l.project = $1 AND l.environment = $2`,
    [storable(project, 'text'), storable(environment, 'text')],
  );
  return rows;
}

/** A release that rolled back has left what was there before it: then that is not what ran before. */
function knownBy({ since, id, release, previous, commit }: LiveRow): FoundService['known'] {
  const before = previous && previous.commit !== commit ? previous : null;
  const by = /^adopted by .+?(?=: )/.exec(release)?.[0];
  return {
    since,
    releaseId: id ?? by ?? release,
    previous: before && { version: before.version, commit: before.commit },
  };
}
