import type { FoundService } from '../../release/adoption';
import { requireReferences } from '../../release/env-references';
import { clip } from '../../release/clip';
import { emptyEnvironment } from '../../release/environment-state';
import { SlipwayError } from '../../release/errors';
import { serviceOrder } from '../../release/service-order';
import type { ServiceSight } from '../../release/sighting';
import type { AdoptInput, RecordAdoptionInput, WatchEnvironmentInput, WatchReport } from './contract';
import type { Attempt, Surroundings } from '../surroundings';
import { lookToAdopt, recordAdoption } from './adopt';
import { lookAtService, type Compared } from './look-at-service';

/** What counts as often where only people look: milliseconds. */
const unwatched = 5 * 60_000;

/** Looks at what an environment really runs. Nothing here changes the world. */
export function createWatchActivities(surroundings: Surroundings) {
  const { environments, lookup, redact } = surroundings;
  return {
    /**
     * Looks once at every service, and tells the environment's workflow, which judges. Nothing is told while a release
     * holds the environment. Fails where that workflow gives no answer.
     */
    async watchEnvironment(
      { project, environment, look }: WatchEnvironmentInput,
      attempt: Attempt,
    ): Promise<WatchReport> {
      const rules = project.environments[environment];
      if (!rules) {
        const known = Object.keys(project.environments).join(', ');
        throw new SlipwayError('ENVIRONMENT_UNKNOWN', { name: environment, file: 'slipway.yaml', known });
      }
      const place = { project: project.name, environment };
      const { holder, live, adopted, schemaDebt, hands = 0 } = (await environments.state(place)) ?? emptyEnvironment;
      if (holder) return { isTold: false, heldBy: holder.releaseId, services: [] };
      const compared: Compared = {
        live,
        ...(adopted && { adopted }),
        ...(schemaDebt && { schemaDebt }),
        versions: project.versions,
        isObserved: rules.observed ?? false,
      };
      requireReferences({ services: project.services }, lookup);
      const at = new Date().toISOString();
      const looks = serviceOrder(project.services).map((service) =>
        lookAtService(service, compared, surroundings, attempt),
      );
      await Promise.allSettled(looks);
      const services = (await Promise.all(looks)).map((seen) => tidy(seen, redact));
      const every = rules.drift?.every ?? unwatched;
      await environments.tell(place, { look, at, every, hands, services });
      return { isTold: true, heldBy: null, services };
    },

    /** Has the environment looked at as its rules say from now on. */
    keepWatch: ({ project, environment }: Omit<WatchEnvironmentInput, 'look'>): Promise<void> =>
      environments.keepWatch(project, environment),

    lookToAdopt: (input: AdoptInput, attempt: Attempt): Promise<readonly FoundService[]> =>
      lookToAdopt(input, surroundings, attempt),

    recordAdoption: (input: RecordAdoptionInput, attempt: Attempt): Promise<void> =>
      recordAdoption(input, surroundings, attempt),
  };
}

/** In words that may be shown, and are not too long for a workflow's state. */
function tidy(
  { service, runs, step, health, usedSchema, byHand }: ServiceSight,
  redact: (text: string) => string,
): ServiceSight {
  const said = <F extends { readonly detail: string }>(finding: F): F => ({
    ...finding,
    detail: clip(redact(finding.detail), 500),
  });
  return {
    service,
    runs,
    step: step && said(step),
    health: said(health),
    ...(usedSchema && usedSchema.length > 0 && { usedSchema }),
    byHand: byHand.map(redact),
  };
}
