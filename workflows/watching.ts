/** An environment that is looked at: what looks come to, what people adopt, and that it goes on being looked at. */
import type { Project } from '../release/project';
import { liveAdopted, type AdoptRequest, type FoundService } from '../release/adoption';
import { errorReport } from '../release/errors';
import { problemOfSighting } from '../release/environment-request';
import { digestOf } from '../release/plan-digest';
import { driftWords } from '../release/render-drift';
import type { EnvironmentRecord } from './environment-record';
import { reportOf } from './failure';
import type { On } from './handlers';
import { sightedSignal, type EnvironmentInput } from './messages';
import { activity } from './proxies';
import { watchInput } from './watch-schedule';

/** What the environment's main loop does for this part. */
export interface WatchingLoop {
  readonly take: (work: () => Promise<void>) => void;
  /** Tells all that wait for the environment for whom they do. */
  readonly tellWaiting: (behind: string) => Promise<void>;
}

/** Registers the handlers; they only note. */
export function takeSightings(on: On, record: EnvironmentRecord, loop: WatchingLoop): void {
  on(sightedSignal, (sighting) => {
    const problem = problemOfSighting(sighting);
    if (problem) return record.log(`ignored what was seen: ${problem}`);
    loop.take(async () => {
      const before = driftWords(record.state.watch);
      record.sighted(sighting);
      const now = driftWords(record.state.watch);
      if (now !== undefined && now !== before) await loop.tellWaiting(now);
    });
  });
}

/** What runs is the record from now on; the request is answered. `said`: by whom, and how sure we are. */
export async function adopt(
  env: EnvironmentInput,
  record: EnvironmentRecord,
  { request, said, isJudged }: { readonly request: AdoptRequest; readonly said: string; readonly isJudged: boolean },
): Promise<void> {
  const { requestId, by, reason } = request;
  // Where rules come from a protected commit, the sender's copy says nothing.
  const project = record.state.rules?.project ?? request.project;
  if (record.answerTo(requestId)) return;
  if (refuseWhileHeld(env, record, requestId)) return;
  const place = { project: env.project, environment: env.environment };
  try {
    const asked = { place, project: project ?? null, by, isJudged };
    let hands: number | undefined;
    let found: readonly FoundService[];
    // Looking takes a while, and nobody is kept out meanwhile: what was seen before a change says nothing after it.
    do {
      hands = record.state.hands;
      found = await activity.lookToAdopt(asked, `What runs in ${env.environment}`);
      if (refuseWhileHeld(env, record, requestId)) return;
    } while (hands !== record.state.hands);
    const at = new Date().toISOString();
    record.adopt(liveAdopted(record.state.live, found, { by, at }), { at, by: said, reason });
    const words = found.map(({ service, version }) => `${service} ${version}`).join(', ');
    record.answer(requestId, { done: `${env.environment} is taken as it is: ${words}` });
    await activity.recordAdoption({ place, found, by, reason, at }, `Record what was adopted`);
    if (project) await keepWatched(env, record, project);
  } catch (error) {
    const report = reportOf(error);
    if (!report) throw error;
    if (record.answerTo(requestId)) return record.log(`what was adopted could not be recorded: ${report.message}`);
    record.log(`what runs was not adopted for ${by}: ${report.message}`);
    record.answer(requestId, { refused: report });
  }
}

/** What a release is changing is not to be adopted. Returns whether that was said. */
function refuseWhileHeld({ environment }: EnvironmentInput, record: EnvironmentRecord, requestId: string): boolean {
  const { holder } = record.state;
  if (!holder) return false;
  const details = { environment, id: holder.releaseId };
  record.answer(requestId, { refused: errorReport('ENVIRONMENT_HELD', details) });
  return true;
}

/** Has the environment looked at by the rules of `project`; nothing if it is already. */
export async function keepWatched(
  { environment }: Pick<EnvironmentInput, 'environment'>,
  record: EnvironmentRecord,
  project: Project,
): Promise<void> {
  const input = watchInput(project, environment);
  const rules = input && digestOf(input);
  if (!input || rules === record.state.watchedBy) return;
  // What was asked for before there were watches says nothing of them.
  if (input.project.environments[environment]?.drift === undefined) return;
  try {
    await activity.keepWatch(input, `Have ${environment} looked at`);
    record.watchedBy(rules!);
  } catch (error) {
    const report = reportOf(error);
    if (!report) throw error;
    record.log(`${environment} is not looked at as its rules say: ${report.message}`);
  }
}
