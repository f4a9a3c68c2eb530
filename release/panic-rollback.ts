/**
 * Going back from a release that has finished: what is left, where it goes, and whether somebody was faster. A request
 * names what it leaves, so that two who press it at once go back once.
 */
import type { EnvironmentState } from './environment-state';
import type { LiveService } from './live-service';
import { errorReport, type ErrorReport } from './errors';
import { moment } from './moments';
import { onlyEnvironment } from './one-environment';
import type { Project } from './project';
import type { KnownVersion, ServiceGoal } from './release-kind';
import type { RollbackRequest } from './rollback-request';

/** The services that the last release to an environment has put there, and its version; undefined = none is known. */
export function lastReleased(
  live: EnvironmentState['live'],
): { readonly version: string; readonly services: Readonly<Record<string, LiveService>> } | undefined {
  const newest = Object.values(live).reduce<LiveService | undefined>(
    (last, one) => (last === undefined || one.since > last.since ? one : last),
    undefined,
  );
  if (newest === undefined) return undefined;
  const its = Object.entries(live).filter(([, { releaseId }]) => releaseId === newest.releaseId);
  return { version: its.map(([, { version }]) => version).find(Boolean) ?? '', services: Object.fromEntries(its) };
}

/** What a person at a keyboard would ask for now. */
export type RollbackOffer =
  /** Leave this version, for this one. */
  | { readonly leaves: string; readonly to: string }
  /** It has gone back already: a second time only by name. `further`: what could be gone to then. */
  | { readonly wentBack: string; readonly leaves: string; readonly further: string | null }
  /** Nothing is known of what runs, or of what ran before. */
  | { readonly unknown: string; readonly leaves: string };

/** What `slipway rollback` without a target means now. After one that has just gone back it means nothing: say where to. */
export function offerRollback({ live, holds }: Pick<EnvironmentState, 'live' | 'holds'>): RollbackOffer {
  const last = lastReleased(live);
  if (last === undefined) return { unknown: 'no release has finished here yet', leaves: '' };
  const services = Object.values(last.services);
  const { version: leaves } = last;
  const further = services.map(({ previous }) => previous?.version).find(Boolean) ?? null;
  const held = Object.entries(holds).find(([, { at }]) => services.every(({ since }) => at > since));
  if (held) {
    const [version, { releaseId, at, why }] = held;
    return {
      wentBack: `${version} was rolled back by ${releaseId} at ${moment(at)} (${why.replace(/\.$/, '')}); ${leaves} runs`,
      leaves,
      further,
    };
  }
  const back = services.find(({ backFrom }) => backFrom !== undefined);
  if (back) return { wentBack: cameBack(leaves, back), leaves, further };
  if (further === null) return { unknown: `what ran before ${leaves} is not known`, leaves };
  return { leaves, to: further };
}

const cameBack = (version: string, { backFrom, by, releaseId, since }: LiveService): string =>
  `already rolled back from ${backFrom ?? ''} to ${version} by ${releaseId}${by ? `, for ${by},` : ''} at ${moment(since)}`;

/** What a rollback is to do, or why it does nothing. */
export type RollbackPlan =
  | { readonly version: string; readonly goals: Readonly<Record<string, ServiceGoal>> }
  | { readonly nothing: string }
  | { readonly refused: ErrorReport };

/** Judges a request that no release stands in the way of. */
export function planRollback(
  { leaves, to }: Pick<RollbackRequest, 'leaves' | 'to'>,
  { live }: Pick<EnvironmentState, 'live'>,
  project: Project,
  environment: string,
): RollbackPlan {
  const last = lastReleased(live);
  if (last && last.version !== leaves) return { nothing: noLongerLive(leaves, last) };
  const known = (service: string): KnownVersion => {
    const { version, commit } = live[service] ?? { version: leaves, commit: null };
    return { version, commit };
  };
  if (to !== undefined) {
    if (last && to === last.version) return { nothing: `${to} is what runs: nothing to do` };
    // One that an environment has seen it knows the commit of, also where no tag does.
    const seen = Object.values(live).find(({ previous }) => previous?.version === to)?.previous;
    const goals = Object.keys(project.services).map((service): [string, ServiceGoal] => {
      const own = live[service]?.previous ?? (Object.keys(project.services).length === 1 ? seen : null);
      const isIt = own?.version === to && own.commit !== null;
      return [service, { leaves: known(service), to: isIt ? { version: to, commit: own.commit } : null }];
    });
    return forwardOnly(project, goals) ?? { version: to, goals: Object.fromEntries(goals) };
  }
  if (!last) return refuse(environment, 'no release has finished here yet');
  const goals: [string, ServiceGoal][] = [];
  for (const [service, { version, commit, previous }] of Object.entries(last.services)) {
    if (!project.services[service]) continue;
    if (!previous?.commit) return refuse(environment, `what ran of ${service} before ${version || 'it'} is not known`);
    goals.push([service, { leaves: { version, commit }, to: { version: previous.version, commit: previous.commit } }]);
  }
  const version = goals.map(([, { to: target }]) => target?.version).find(Boolean);
  if (version === undefined) return refuse(environment, 'none of its services is in this project any more');
  return forwardOnly(project, goals) ?? { version, goals: Object.fromEntries(goals) };
}

function noLongerLive(leaves: string, { version, services }: NonNullable<ReturnType<typeof lastReleased>>): string {
  const now = Object.values(services)[0]!;
  if (now.backFrom === leaves) return cameBack(version, now);
  return `${leaves} is no longer live: ${version} is, by ${now.releaseId}, since ${moment(now.since)}; nothing was done`;
}

/** Why services that are forward-only go nowhere back; undefined = none is. */
export function forwardOnly(
  project: Project,
  goals: readonly (readonly [string, ServiceGoal])[],
): { refused: ErrorReport } | undefined {
  const none = goals.map(([name]) => name).filter((name) => project.services[name]?.pointer.undo.by === 'none');
  return none.length > 0 ? { refused: errorReport('ROLLBACK_FORWARD_ONLY', { services: none.join(', ') }) } : undefined;
}

const refuse = (environment: string, detail: string) => ({
  refused: errorReport('ROLLBACK_UNKNOWN_TARGET', { environment, detail }),
});

/** What a redeploy of `version` moves: every service of which it is known what runs. */
export function planRedeploy(
  {
    version,
    environment,
    project,
  }: { readonly version: string; readonly environment: string; readonly project: Project },
  { live }: Pick<EnvironmentState, 'live'>,
):
  | { readonly project: Project; readonly goals: Readonly<Record<string, ServiceGoal>> }
  | { readonly refused: ErrorReport } {
  const last = lastReleased(live);
  const refused = (detail: string) => ({ refused: errorReport('REDEPLOY_UNKNOWN', { environment, detail }) });
  if (!last) return refused('no release has finished here yet');
  if (last.version !== version) return refused(`${last.version} runs, not ${version}`);
  const goals = Object.keys(project.services).flatMap((service): [string, ServiceGoal][] => {
    const { version: runs, commit = null } = live[service] ?? { version: '' };
    return commit === null ? [] : [[service, { leaves: { version: runs, commit }, to: { version: runs, commit } }]];
  });
  if (goals.length === 0) return refused('which commit runs is not known of any service');
  const its = Object.fromEntries(goals);
  return { project: projectOf(project, environment, its), goals: its };
}

/** Only the services that are to be moved. */
export function projectOf(project: Project, environment: string, goals: Readonly<Record<string, unknown>>): Project {
  const names = Object.keys(project.services).filter((name) => Object.hasOwn(goals, name));
  const services = names.map((name) => {
    const service = project.services[name]!;
    return [name, { ...service, after: service.after.filter((other) => names.includes(other)) }] as const;
  });
  return { ...onlyEnvironment(project, environment)!, services: Object.fromEntries(services) };
}
