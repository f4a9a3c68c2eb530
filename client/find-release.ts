import type { Client } from '@temporalio/client';
import { SlipwayError } from '../release/errors';
import { parseReleaseWorkflowId, recoveryWorkflowId } from '../release/identity';
import { listReleases, lookUpRelease, type ListedRelease } from './list-releases';

/** Which release a command means. */
export interface WantedRelease {
  /** A full id, `environment/version/n`, or a version; undefined = the one that is meant if there is only one. */
  readonly text: string | undefined;
  readonly project: string | undefined;
  readonly environment: string | undefined;
  /** Among several running ones, those in such a phase are meant. */
  readonly phase?: string;
}

/** Lets a person choose; undefined if they did not. */
export type Choose = (releases: readonly ListedRelease[]) => Promise<ListedRelease | undefined>;

/**
 * The release that is meant. Fails with RELEASE_UNKNOWN, RELEASE_NONE, or RELEASE_AMBIGUOUS, which lists them, if there
 * are several and `choose` is absent or chose none.
 */
export async function findRelease(client: Client, wanted: WantedRelease, choose?: Choose): Promise<ListedRelease> {
  const { text } = wanted;
  const candidates = text === undefined ? await runningReleases(client, wanted) : await named(client, text, wanted);
  const [only, ...others] = candidates;
  if (!only) {
    throw text === undefined
      ? new SlipwayError('RELEASE_NONE', { state: 'running' })
      : new SlipwayError('RELEASE_UNKNOWN', { id: text });
  }
  if (others.length === 0) return only;
  const chosen = await choose?.(candidates);
  if (chosen) return chosen;
  throw new SlipwayError('RELEASE_AMBIGUOUS', { ids: candidates.map(({ id }) => id).join(', ') });
}

/** The environment that a release's name tells, if it tells one. */
export function environmentInName(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  return parseReleaseWorkflowId(text)?.environment ?? shortName(text)?.environment;
}

async function runningReleases(
  client: Client,
  { project, environment, phase }: WantedRelease,
): Promise<ListedRelease[]> {
  const running = await listReleases(client, { project, environment, running: true });
  if (running.length < 2 || phase === undefined) return running;
  const inPhase = running.filter((release) => release.phase === phase);
  return inPhase.length > 0 ? inPhase : running;
}

async function named(client: Client, text: string, { project, environment }: WantedRelease): Promise<ListedRelease[]> {
  if (parseReleaseWorkflowId(text)) {
    const found = await lookUpRelease(client, text);
    return found ? [await orItsRecovery(client, found)] : [];
  }
  const short = shortName(text);
  if (short && project !== undefined) {
    const found = await lookUpRelease(client, `release/${project}/${text}`);
    if (found) return [await orItsRecovery(client, found)];
  }
  const known = await listReleases(client, { project, environment });
  if (short) return known.filter(({ id }) => id.endsWith(`/${text}`));
  const ofVersion = known.filter(({ version }) => version === text);
  const running = ofVersion.filter((release) => release.running);
  // Of finished ones the last is meant.
  return running.length > 0 ? running : ofVersion.slice(0, 1);
}

/** While one that was terminated is recovered, whoever names it means its recovery, which shows itself under that name. */
async function orItsRecovery(client: Client, found: ListedRelease): Promise<ListedRelease> {
  if (found.running || found.outcome !== undefined) return found;
  const recovery = await lookUpRelease(client, recoveryWorkflowId(found.id));
  return recovery?.running ? recovery : found;
}

function shortName(text: string): { environment: string } | undefined {
  const environment = /^([^/]+)\/.+\/\d+$/.exec(text)?.[1];
  return environment === undefined || environment === 'release' ? undefined : { environment };
}
