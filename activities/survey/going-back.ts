/** What is asked besides where no new version is released: is it there what is to be left, and does the old one fit the schema. */
import type { DatabaseFacts, Finding, LiveFact, Relation } from '../../release/facts';
import { shortId } from '../../release/identity';
import type { PreviousTarget } from '../../release/pointer-move';
import type { Service } from '../../release/project';
import { findAdditive } from '../database/additive';
import type { PointerTarget } from '../pointers/pointer-kind';
import { standsFor } from '../repository/history';
import { readFolder, type RepositoryFile } from '../repository/read-files';
import type { Workspace } from '../repository/workspace';
import type { ServiceQuestion } from './service-question';

/** What runs, or, where the probe gives no answer, what the environment knows to have been put there. */
export function previousOf({ goal }: Pick<ServiceQuestion, 'goal'>, live: LiveFact): PreviousTarget | null {
  if (live.state === 'live') return { commit: live.commit, version: live.version };
  const { version, commit } = goal?.leaves ?? { version: '', commit: null };
  // That nothing answers may be the very reason for which it is left.
  return commit === null ? null : { commit, version };
}

/** How the pointer is planned. */
export function wayOf({ kind, goal, release }: ServiceQuestion): Pick<PointerTarget, 'way' | 'brings'> {
  const way = kind === 'rollback' ? 'back' : kind === 'redeploy' ? 'again' : undefined;
  return way === undefined ? {} : { way, brings: goal?.to?.version ?? release.version };
}

/** Whether the service runs what it was asked to leave. */
export async function leavesFinding(
  workspace: Workspace,
  { goal }: ServiceQuestion,
  live: LiveFact,
  commit: string,
): Promise<Finding> {
  const left = goal?.leaves;
  if (live.state !== 'live') {
    return left?.commit
      ? { verdict: 'passed', detail: `the probe tells nothing (${live.detail}); ${left.version} was put there` }
      : { verdict: 'unknown', detail: `neither the probe nor the environment knows what runs: ${live.detail}` };
  }
  const now = `${live.version} (${shortId(live.commit)})`;
  const runs = await standsFor(workspace, live.commit);
  if (!left?.commit || runs === (await standsFor(workspace, left.commit))) {
    return { verdict: 'passed', detail: `${now} runs, and is left` };
  }
  if (runs === commit) return { verdict: 'passed', detail: `${now} runs already` };
  return {
    verdict: 'failed',
    detail: `${now} runs, not ${left.version}: somebody else has moved it; look at it first`,
  };
}

/** Whether it is a way back at all: what never ran here, and is newer, is released instead. */
export function knownFinding({ goal }: ServiceQuestion, relation: Relation): Finding {
  if (goal?.to) return { verdict: 'passed', detail: `${goal.to.version} ran here before` };
  switch (relation) {
    case 'older':
      return { verdict: 'passed', detail: 'older than what runs' };
    case 'same':
      return { verdict: 'passed', detail: 'it runs already' };
    case 'unknown':
    case 'first':
      return { verdict: 'unknown', detail: 'whether it is older than what runs could not be told' };
    case 'newer':
    case 'diverged':
      return {
        verdict: 'failed',
        detail: 'it is not older than what runs, and is not what ran before: release it instead',
      };
  }
}

/** The migrations of these commits, as far as they are known. */
export function knownScripts(
  workspace: Workspace,
  { database }: Service,
  commits: readonly (string | null)[],
): Promise<RepositoryFile[][]> {
  if (!database) return Promise.resolve([]);
  const named = [...new Set(commits)].filter((commit) => commit !== null && commit !== '');
  return Promise.all(named.map((commit) => readFolder(workspace, commit!, database.migrations)));
}

/** What ran and stays, and whether a version that does not have it can run on that. */
export async function schemaThatStays(
  { access, rows, scripts }: DatabaseFacts,
  known: readonly (readonly RepositoryFile[])[],
): Promise<{ readonly schema: Finding; readonly ahead: readonly string[] }> {
  const own = new Set(scripts.map(({ name }) => name));
  const later = await findAdditive(known);
  if (access.verdict === 'unknown') {
    const unseen = [...later.keys()].filter((name) => !own.has(name));
    const detail = `which migrations ran could not be told: ${access.detail}`;
    return unseen.length === 0
      ? { schema: { verdict: 'passed', detail: `both versions have the same migrations; ${detail}` }, ahead: [] }
      : { schema: judge(unseen, later, detail), ahead: [] };
  }
  const ahead = rows.filter(({ name, state }) => state !== 'reverted' && !own.has(name)).map(({ name }) => name);
  return { schema: judge(ahead, later), ahead };
}

type Objections = Awaited<ReturnType<typeof findAdditive>>;

function judge(ahead: readonly string[], later: Objections, doubt?: string): Finding {
  const words = ahead.flatMap((name) => {
    const objection = later.has(name) ? later.get(name) : 'its script is neither at what runs nor on the trunk';
    return objection ? [`${name}: ${objection}`] : [];
  });
  if (words.length > 0) {
    const what = doubt === undefined ? 'has run, and the older version cannot be told to bear it' : doubt;
    const verdict = doubt === undefined ? 'failed' : 'unknown';
    return { verdict, detail: `${words.join('; ')} (${what}): go forward with a release instead` };
  }
  if (ahead.length === 0) return { verdict: 'passed', detail: 'it has every migration that ran' };
  return { verdict: 'passed', detail: `${ahead.join(', ')} only added to the schema: it stays` };
}
