import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { PreviewInput, ReleaseInput, Survey } from '../workflows/messages';
import { askWorker } from './ask-worker';
import { commitsOf } from '../release/environment-state';
import { environmentStateIfAny } from './ask-environment';

/**
 * Finds out what a release would find and do: its gates and its plan. Changes nothing. Fails with what the look
 * failed with (VERSION_UNKNOWN, …), or NO_WORKER if none took it within `patience` milliseconds.
 */
export async function previewRelease(client: Client, input: ReleaseInput, patience?: number): Promise<Survey> {
  const { project, environment, version } = input;
  const known = await environmentStateIfAny(client, { project: project.name, environment }, patience);
  const place = known?.rules?.place ?? project.rules;
  const asked: PreviewInput = {
    ...input,
    freezes: known?.freezes ?? [],
    ...(place && { rulesPlace: place, live: commitsOf(known?.live ?? {}) }),
  };
  const question = {
    workflow: 'preview',
    workflowId: `preview/${project.name}/${environment}/${version}/${randomUUID()}`,
    project: project.name,
    environment,
    args: [asked],
    summary: `Preview of ${version} → ${environment}`,
    limit: '10m',
  } as const;
  return askWorker<Survey>(client, question, patience);
}
