import { createHash } from 'node:crypto';
import type { Project, TagTrigger } from '../../release/project';
import { reportOf } from '../../release/report-of';
import { requesterOf, tagRequests } from '../../release/request-tag';
import type { SeenTag, StartedReport, StartReleasesInput } from './contract';
import type { WantedRelease } from '../surroundings';
import { use, type Looker } from './looker';
import { areOn, placesOf } from './places';
import { readWatches } from './seen-tags';
import { claim, closeReleases, nextTag, noteSilence, openReleases, settle } from './tags-to-start';

/**
 * How many releases that tags have started may run in an environment at once. More tags than that are old ones that
 * somebody pushed all together, or nobody approves any more: they wait, in order and visibly.
 */
export const releasesAtOnce = 20;

/** How many one call starts, so that its history and its time stay small. */
const startsPerCall = 20;

/** Milliseconds between claiming a tag and asking for its release, after which a process that slept asks no more. */
const claimHolds = 5_000;

/** Starts releases of tags that wait, oldest first in each environment, one after the other. */
export async function startTaggedReleases(input: StartReleasesInput, looker: Looker): Promise<StartedReport> {
  const { project, activation } = input;
  const started: string[] = [];
  const held: string[] = [];
  let refused = 0;
  let hasMore = false;
  const environments = [...new Set(project.triggers.map(({ environment }) => environment))];
  for (const environment of environments) {
    const isOn = await use(looker, (client) => readWatches(client, project.name));
    if (!areOn(placesOf(project), isOn, activation)) break;
    const room = releasesAtOnce - (await countOpen(project.name, environment, looker));
    for (let n = 0; ; n++) {
      looker.attempt.signal.throwIfAborted();
      const tag = await use(looker, (client) => nextTag(client, project.name, environment));
      if (!tag) break;
      const trigger = project.triggers.find((one) => one.pattern === tag.pattern && one.environment === environment);
      if (tag.status === 'waiting' && n >= room) {
        held.push(`${environment}: ${releasesAtOnce} releases that tags have started still run, so ${tag.tag} waits.`);
        break;
      }
      if (n >= startsPerCall) {
        hasMore = true;
        break;
      }
      const outcome = trigger
        ? await start(tag, trigger, project, looker)
        : { held: `${tag.tag} has no trigger any more.` };
      if ('held' in outcome) {
        held.push(`${environment}: ${outcome.held}`);
        break;
      }
      if ('releaseId' in outcome) started.push(outcome.releaseId);
      else refused++;
    }
  }
  return { started, refused, hasMore, held };
}

type Outcome =
  { readonly releaseId: string; readonly runId: string } | { readonly why: string } | { readonly held: string };

/**
 * Asks for the release of one tag. The tag is claimed first and settled after, so that whoever dies in between leaves
 * it to the next, who asks for the same: the environment knows the request again.
 */
async function start(tag: SeenTag, trigger: TagTrigger, project: Project, looker: Looker): Promise<Outcome> {
  const { surroundings } = looker;
  const claimedAt = performance.now();
  if (tag.status === 'waiting' && !(await use(looker, (client) => claim(client, project.name, tag))))
    return { held: `${tag.tag} is being started by another poll.` };
  await surroundings.reach('start-tagged:before');
  looker.attempt.signal.throwIfAborted();
  if (performance.now() - claimedAt > claimHolds) return { held: `${tag.tag} was claimed too long ago.` };
  let outcome: Exclude<Outcome, { readonly held: string }>;
  try {
    const answer = await surroundings.requestRelease(wantedRelease(tag, trigger, project));
    outcome = 'refused' in answer ? { why: answer.refused.message } : answer;
  } catch (error) {
    const report = reportOf(error);
    if (!report) throw error;
    if (report.code !== 'REQUEST_INVALID') {
      await use(looker, (client) => noteSilence(client, project.name, tag, report.message));
      return { held: report.message };
    }
    outcome = { why: report.message };
  }
  await surroundings.reach('start-tagged:after');
  await use(looker, (client) => settle(client, project.name, tag, outcome));
  return outcome;
}

/** What a tag asks for: the commit that its object names, whatever the name says by now. */
export function wantedRelease(tag: SeenTag, trigger: TagTrigger, project: Project): WantedRelease {
  const where = createHash('sha256').update(tag.repository).digest('hex').slice(0, 12);
  const rules = project.environments[tag.environment];
  const services = trigger.services.flatMap((name) => {
    const service = project.services[name];
    return service
      ? [[name, { ...service, after: service.after.filter((one) => trigger.services.includes(one)) }] as const]
      : [];
  });
  return {
    requestId: `${tagRequests}${tag.object}/${where}`,
    project: {
      ...project,
      services: Object.fromEntries(services),
      environments: rules ? { [tag.environment]: rules } : {},
      triggers: [],
    },
    environment: tag.environment,
    version: tag.version,
    commit: tag.commit,
    requestedBy: requesterOf(tag),
  };
}

/** How many releases that tags have started still run in an environment. No answer counts as running. */
async function countOpen(project: string, environment: string, looker: Looker): Promise<number> {
  const open = await use(looker, (client) => openReleases(client, project, environment));
  const closed: string[] = [];
  for (const { releaseId, runId } of open) {
    if ((await looker.surroundings.isReleaseOpen(releaseId, runId)) === false) closed.push(runId);
  }
  await use(looker, (client) => closeReleases(client, closed));
  return open.length - closed.length;
}
