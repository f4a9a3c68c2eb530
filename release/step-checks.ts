import type { Check, Environment, Project } from './project';
import type { PlannedService } from './plan';

/**
 * The checks of the verify wait: those that are configured, else the smoke checks of every service that is live, since
 * what must hold then is that the old version stays healthy on the new schema.
 */
export function verifyChecks(project: Project, environment: Environment, services: readonly PlannedService[]): Check[] {
  if (environment.verify.checks.length > 0) return [...environment.verify.checks];
  return smokeChecks(
    project,
    services.filter(({ previous }) => previous !== null),
  );
}

/** The smoke checks of some services, each named after its service. */
export function smokeChecks(project: Project, services: readonly Pick<PlannedService, 'service'>[]): Check[] {
  return services.flatMap(({ service }) =>
    (project.services[service]?.smoke ?? []).map((check) => ({ ...check, name: `${service}: ${check.name}` })),
  );
}
