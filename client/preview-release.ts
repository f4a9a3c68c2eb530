import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { ReleaseInput, Survey } from '../workflows/messages';
import { askWorker } from './ask-worker';

/**
 * Finds out what a release would find and do: its gates and its plan. Changes nothing. Fails with what the look
 * failed with (VERSION_UNKNOWN, …), or NO_WORKER if none took it within `patience` milliseconds.
 */
export function previewRelease(client: Client, input: ReleaseInput, patience?: number): Promise<Survey> {
  const { project, environment, version } = input;
  const question = {
    workflow: 'preview',
    workflowId: `preview/${project.name}/${environment}/${version}/${randomUUID()}`,
    project: project.name,
    environment,
    args: [input],
    summary: `Preview of ${version} → ${environment}`,
    limit: '10m',
  } as const;
  return askWorker<Survey>(client, question, patience);
}
