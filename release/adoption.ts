/** A person takes what an environment runs for what is meant to run there. */
import type { EnvironmentState } from './environment-state';
import type { LiveService } from './live-service';
import { requestIdOf } from './environment-request';
import type { Project } from './project';
import { isObject, problemOfPlace } from './release-request';

/** What a person sends. */
export interface AdoptRequest {
  /** The same id is the same request, however often it arrives. */
  readonly requestId: string;
  readonly by: string;
  readonly reason: string;
  /** Whose services are looked at; without it those that the environment is watched by. */
  readonly project?: Project;
}

/** What runs of one service now, and what the ledger knows of how it came there. */
export interface FoundService {
  readonly service: string;
  readonly version: string;
  readonly commit: string;
  /** The release that put it there, by the ledger; null = it knows of none. */
  readonly known: Pick<LiveService, 'since' | 'releaseId' | 'previous'> | null;
}

/** Why `input` is no word of a person for this environment, be it to adopt or to restore; undefined if it is. */
export function problemOfAdopt(
  input: unknown,
  { project, environment }: { readonly project: string; readonly environment: string },
): string | undefined {
  if (!isObject(input)) return 'it is no object';
  if (requestIdOf(input) === undefined) return '"requestId" must be text of 1 to 200 characters';
  if (!isText(input['by'], 200)) return '"by" is missing: who decides';
  if (!isText(input['reason'], 500)) return '"reason" must be text of 1 to 500 characters: people will ask why';
  if (input['project'] === undefined) return undefined;
  if (!isObject(input['project']) || input['project']['name'] !== project) return `"project" is not ${project}`;
  return problemOfPlace({ project: input['project'], environment });
}

/**
 * What is live once somebody has adopted it. What the record has already stays as it is; else the ledger says how it
 * came there, and where that does not know it, the person stands for it.
 */
export function liveAdopted(
  live: EnvironmentState['live'],
  found: readonly FoundService[],
  { by, at }: { readonly by: string; readonly at: string },
): EnvironmentState['live'] {
  const now = found.map(({ service, version, commit, known }): [string, LiveService] => {
    const before = live[service];
    if (before?.version === version && before.commit === commit) return [service, before];
    if (known) return [service, { version, commit, ...known }];
    const previous = before?.version ? { version: before.version, commit: before.commit } : null;
    return [service, { version, commit, since: at, releaseId: `adopted by ${by}`, previous }];
  });
  return { ...live, ...Object.fromEntries(now) };
}

const isText = (value: unknown, most: number): value is string =>
  typeof value === 'string' && value.trim() !== '' && value.length <= most;
