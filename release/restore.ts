/**
 * Putting back what the last release left, where somebody has moved an environment by hand: a rollback whose goals are the
 * record of what is live, and which leaves what was seen.
 */
import { driftsOf, type WatchedService } from './drift';
import type { EnvironmentState } from './environment-state';
import { errorReport } from './errors';
import { forwardOnly, type RollbackPlan } from './panic-rollback';
import type { Project, Service } from './project';
import type { KnownVersion, ServiceGoal } from './release-kind';

/** What is asked of an environment; the signal `restore` of its workflow. */
export interface RestoreRequest {
  /** The same id is the same request, however often it arrives. */
  readonly requestId: string;
  readonly by: string;
  readonly reason: string;
  /** The rules, as a client knows them; absent = those of the last release that finished. */
  readonly project?: Project;
}

/** Judges a request to put back what has drifted; what is in step stays as it is. */
export function planRestore(
  { live, watch }: Pick<EnvironmentState, 'live' | 'watch'>,
  project: Project,
  environment: string,
): RollbackPlan {
  const drifted = driftsOf(watch).flatMap(([name, { byHand }]) => {
    const seen = watch!.services[name]!;
    return seen.step?.verdict === 'passed' ? [] : [{ name, byHand, seen }];
  });
  if (drifted.length === 0) return { nothing: nothingDrifted(watch, environment) };
  const goals: [string, ServiceGoal][] = [];
  for (const { name, byHand, seen } of drifted) {
    const { version = '', commit = null } = live[name] ?? {};
    const service = project.services[name];
    if (!service || version === '' || commit === null) {
      const detail = service
        ? `which commit its last release left of ${name} is not known`
        : `${name}, which has drifted, is not in this project`;
      return { refused: errorReport('ROLLBACK_UNKNOWN_TARGET', { environment, detail }) };
    }
    if (isOnlyATag(service, seen, commit)) {
      const details = { environment, service: name, commands: byHand.join('; ') };
      return { refused: errorReport('RESTORE_BY_HAND', details) };
    }
    goals.push([name, { leaves: leftOf(seen), to: { version, commit } }]);
  }
  const [[, { to }]] = goals as [[string, ServiceGoal]];
  return forwardOnly(project, goals) ?? { version: to!.version, goals: Object.fromEntries(goals) };
}

function nothingDrifted(watch: EnvironmentState['watch'], environment: string): string {
  const services = Object.values(watch?.services ?? {});
  const isInStep = services.length > 0 && services.every(({ step }) => step?.verdict === 'passed');
  return isInStep
    ? `${environment} is in step already: there is nothing to put back`
    : `nothing is known to have drifted in ${environment}: see \`slipway drift ${environment}\``;
}

/** What runs is right, and a tag is there that no release made: no move takes that back, only its deletion does. */
function isOnlyATag({ pointer }: Service, { runs }: WatchedService, commit: string): boolean {
  return pointer.kind === 'tag' && runs?.commit === commit;
}

const leftOf = ({ runs }: WatchedService): KnownVersion => runs ?? { version: '', commit: null };
