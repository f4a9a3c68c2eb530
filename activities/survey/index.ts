import { buildPlan } from '../../release/build-plan';
import { requireReferences } from '../../release/env-references';
import { SlipwayError } from '../../release/errors';
import { calendarGate, evaluateGates, isAlreadyLive } from '../../release/gate';
import { serviceOrder } from '../../release/service-order';
import type { Environment, Project } from '../../release/project';
import { judgeNow } from '../calendar';
import { askGates } from '../gates';
import type { Survey, SurveyInput } from '../contract';
import type { Attempt, Surroundings } from '../surroundings';
import { surveyService } from './service-facts';

/** Steps 1 to 3 of a release. Gathered here and judged here, so that what was judged is recorded in history. */
export function createSurveyActivities(surroundings: Surroundings) {
  return {
    /**
     * Looks at everything that a release would touch, changing nothing. Returns every gate's word and the plan; fails
     * if a version is unknown, a remote has no answer, or a variable is not set, be it one that only the way back needs.
     */
    async surveyRelease(
      { release, project, commit, rules, calendar: asked, kind, goals = {} }: SurveyInput,
      attempt: Attempt,
    ): Promise<Survey> {
      const environment = project.environments[release.environment];
      if (!environment) {
        const known = Object.keys(project.environments).join(', ');
        throw new SlipwayError('ENVIRONMENT_UNKNOWN', { name: release.environment, file: 'slipway.yaml', known });
      }
      requireReferences(partsOf(project, environment), surroundings.lookup);
      attempt.progress('looking at repositories, databases and what is live');
      const looks = serviceOrder(project.services).map((service) =>
        surveyService(
          { release, service, versions: project.versions, commit, kind, goal: goals[service.name] },
          surroundings,
          attempt,
        ),
      );
      // All of them end before one failure is told: nothing goes on behind an activity that has answered.
      await Promise.allSettled(looks);
      const resolution = { services: await Promise.all(looks), ...(kind && { kind }) };
      const calendar = asked && (await judgeNow(asked, surroundings, attempt));
      const plan = buildPlan({ project, environment, version: release.version, resolution, rulesFrom: rules });
      const added = await askGates({ release, project, services: plan.services }, surroundings, attempt);
      return {
        gates: [...evaluateGates(resolution), ...(calendar ? [calendarGate(calendar)] : []), ...added],
        ...(calendar && { calendar }),
        plan,
        alreadyLive: isAlreadyLive(resolution),
      };
    },
  };
}

/** What a release to this environment uses, under the names that it has in slipway.yaml. */
export function partsOf(project: Project, environment: Environment): Record<string, unknown> {
  const services = Object.values(project.services).flatMap((service) =>
    Object.entries(service).map(([part, value]) => [`services.${service.name}.${part}`, value] as const),
  );
  const rules = Object.entries(environment).map(
    ([part, value]) => [`environments.${environment.name}.${part}`, value] as const,
  );
  return Object.fromEntries([...services, ...rules]);
}
