import { workflowInfo } from '@temporalio/workflow';
import type { Survey } from '../activities/contract';
import { requireOrder } from './failure';
import type { ReleaseInput } from './messages';
import { activity } from './proxies';

/** What a release would find and do, without doing it: the gates and the plan. Fails with REQUEST_INVALID, or as the survey does. */
export async function preview(input: ReleaseInput): Promise<Survey> {
  requireOrder(input, 'a preview');
  const { workflowId, runId, startTime } = workflowInfo();
  const { project, environment, version, commit } = input;
  const release = {
    id: workflowId,
    runId,
    project: project.name,
    environment,
    version,
    requestedAt: startTime.toISOString(),
  };
  return activity.surveyRelease({ release, project, commit }, `Preview ${version} to ${environment}`);
}
