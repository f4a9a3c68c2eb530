import { WorkflowNotFoundError, defineSearchAttributeKey, type TypedSearchAttributes } from '@temporalio/common';
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { parseReleaseWorkflowId } from '../release/identity';
import { searchAttributeNames } from '../workflows/search-attributes';
import { asSlipwayError } from './temporal-errors';

/** A release, or the recovery of one, as Temporal's list shows it: needs no worker, may lag a moment behind. */
export interface ListedRelease {
  readonly id: string;
  readonly runId: string;
  readonly project: string;
  readonly environment: string;
  readonly version: string;
  readonly running: boolean;
  /** Temporal's word for the state of the workflow, in lower case. */
  readonly status: string;
  /** Coarse: looking, awaiting approval, releasing, rolling back, needs attention, ended. */
  readonly phase: string | undefined;
  readonly outcome: string | undefined;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt: string | undefined;
}

/** Which releases are meant; what is absent is any. */
export interface ReleaseFilter {
  readonly project?: string | undefined;
  readonly environment?: string | undefined;
  readonly version?: string | undefined;
  readonly running?: boolean;
  readonly limit?: number;
}

/** Releases that Temporal knows of, newest first. Fails with TEMPORAL_UNREACHABLE. */
export async function listReleases(client: Client, filter: ReleaseFilter = {}): Promise<ListedRelease[]> {
  const query = `WorkflowType IN ('release', 'recovery')${filter.running ? " AND ExecutionStatus = 'Running'" : ''}`;
  const found: ListedRelease[] = [];
  try {
    for await (const info of client.workflow.list({ query })) {
      const release = listed(info);
      if (!release || !matches(release, filter)) continue;
      found.push(release);
      if (found.length >= (filter.limit ?? 100)) break;
    }
  } catch (error) {
    throw asSlipwayError(error);
  }
  return found.sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
}

/** One release, asked for by its id; undefined if there is none. Fails with TEMPORAL_UNREACHABLE. */
export async function lookUpRelease(client: Client, id: string): Promise<ListedRelease | undefined> {
  try {
    return listed(await client.workflow.getHandle(id).describe());
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw asSlipwayError(error);
  }
}

type Listing = Pick<
  WorkflowExecutionInfo,
  'workflowId' | 'runId' | 'type' | 'status' | 'startTime' | 'typedSearchAttributes'
> & {
  readonly closeTime?: Date | undefined;
};

function listed(info: Listing): ListedRelease | undefined {
  const parts = parseReleaseWorkflowId(info.workflowId);
  if (!parts || !['release', 'recovery'].includes(info.type)) return undefined;
  return {
    id: info.workflowId,
    runId: info.runId,
    project: parts.project,
    environment: parts.environment,
    version: parts.version,
    running: info.status.name === 'RUNNING',
    status: info.status.name.toLowerCase().replaceAll('_', ' '),
    phase: attribute(info.typedSearchAttributes, 'phase'),
    outcome: attribute(info.typedSearchAttributes, 'outcome'),
    startedAt: info.startTime.toISOString(),
    endedAt: info.closeTime?.toISOString(),
  };
}

function attribute(attributes: TypedSearchAttributes, name: keyof typeof searchAttributeNames): string | undefined {
  return attributes.get(defineSearchAttributeKey(searchAttributeNames[name], 'KEYWORD'));
}

function matches(release: ListedRelease, { project, environment, version }: ReleaseFilter): boolean {
  return (
    (project === undefined || release.project === project) &&
    (environment === undefined || release.environment === environment) &&
    (version === undefined || release.version === version)
  );
}
