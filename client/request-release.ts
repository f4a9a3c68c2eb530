import type { Client } from '@temporalio/client';
import type { CalendarRequest } from '../release/calendar/needed';
import { SlipwayError } from '../release/errors';
import { onlyEnvironment } from '../release/one-environment';
import type { Project } from '../release/project';
import type { KindRequest } from '../release/release-kind';
import { requestReleaseSignal, type ReleaseInput, type ReleaseRequest } from '../workflows/messages';
import { askEnvironment } from './ask-environment';

/** A release that runs. */
export interface StartedRelease {
  readonly releaseId: string;
  readonly runId: string;
}

/** What a release of `version` is told: of the project, only the one environment, and nothing of what starts others. */
export function releaseInput(
  project: Project,
  order: {
    readonly environment: string;
    readonly version: string;
    readonly commit: string | null;
    readonly by: string;
  } & CalendarRequest &
    KindRequest,
): ReleaseInput {
  const only = onlyEnvironment(project, order.environment);
  if (!only) throw unknownEnvironment(project, order.environment, 'slipway.yaml');
  return {
    project: only,
    environment: order.environment,
    version: order.version,
    commit: order.commit,
    requestedBy: order.by,
    ...(order.start && { start: order.start }),
    ...(order.kind && { kind: order.kind }),
    ...(order.reason && { reason: order.reason }),
    ...(order.endWaits && { endWaits: order.endWaits }),
  };
}

/** ENVIRONMENT_UNKNOWN, naming those that there are. */
export function unknownEnvironment(project: Project, name: string, file: string): SlipwayError {
  const known = Object.keys(project.environments).join(', ');
  return new SlipwayError('ENVIRONMENT_UNKNOWN', { name, file, known });
}

/**
 * Asks an environment for a release, and returns the one that runs for this request: the same `requestId` is the same
 * request, however often it is sent. Fails as {@link askEnvironment} does, and with RELEASE_RUNNING, ENVIRONMENT_BUSY or
 * VERSION_ON_HOLD.
 */
export async function requestRelease(
  client: Client,
  request: ReleaseRequest,
  patience?: number,
): Promise<StartedRelease> {
  const { project, environment, version } = request;
  const place = { project: project.name, environment };
  const asked = { place, signal: requestReleaseSignal, payload: request, what: `the release of ${version}` };
  const answer = await askEnvironment(client, asked, patience);
  if ('releaseId' in answer) return answer;
  throw new SlipwayError('INTERNAL', { detail: `a request for a release was answered with “${answer.done}”` });
}
