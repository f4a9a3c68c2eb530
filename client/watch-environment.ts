import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { EnvironmentState } from '../release/environment-state';
import type { Project } from '../release/project';
import { watchInput } from '../workflows/watch-schedule';
import type { WatchResult } from '../workflows/messages';
import { environmentState } from './ask-environment';
import { askWorker } from './ask-worker';
import { unknownEnvironment } from './request-release';

/**
 * Looks now at what an environment runs: it counts as every look does. With `keep` it goes on being looked at as its
 * rules say. Returns the look, and what is known with it. Fails with NO_WORKER, ENVIRONMENT_UNKNOWN.
 */
export async function lookAtEnvironment(
  client: Client,
  project: Project,
  environment: string,
  { keep = false, patience = 10_000 }: { readonly keep?: boolean; readonly patience?: number } = {},
): Promise<{ readonly look: WatchResult; readonly state: EnvironmentState }> {
  const input = watchInput(project, environment);
  if (!input) throw unknownEnvironment(project, environment, 'slipway.yaml');
  const place = { project: project.name, environment };
  await environmentState(client, place, patience);
  const question = {
    workflow: 'watchEnvironment',
    workflowId: `watch/${project.name}/${environment}/now/${randomUUID()}`,
    ...place,
    args: [{ ...input, keep }],
    summary: `${project.name}: what runs in ${environment}`,
    limit: '10m',
  } as const;
  const look = await askWorker<WatchResult>(client, question, patience);
  return { look, state: await environmentState(client, place, patience) };
}
