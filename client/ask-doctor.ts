import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { inArea, unknown, type Examination, type Look } from '../release/doctor';
import type { SlipwayError } from '../release/errors';
import type { DoctorInput } from '../workflows/messages';
import { askWorker } from './ask-worker';
import { asSlipwayError } from './temporal-errors';

/**
 * What the worker of an environment finds. Changes nothing. That no worker took it within `patience` milliseconds, or
 * one that knows no examination, is itself a line. Fails as Temporal does.
 */
export async function askDoctor(client: Client, input: DoctorInput, patience: number): Promise<Examination[]> {
  const { project, environment } = input;
  const question = {
    workflow: 'doctor',
    workflowId: `doctor/${project.name}/${environment}/${randomUUID()}`,
    project: project.name,
    environment,
    args: [input],
    summary: `Examination of ${environment}`,
    // Each area has its own limits on the worker; this is for a worker that dies of one.
    limit: '4m',
  } as const;
  try {
    return await askWorker<Examination[]>(client, question, patience);
  } catch (error) {
    const failure = asSlipwayError(error);
    const look = lookOf(failure);
    if (!look) throw failure;
    return inArea('queue', [look]);
  }
}

function lookOf({ code, details, todo }: SlipwayError): Look | undefined {
  const name = "the worker's own examination";
  if (code === 'NO_WORKER') return unknown(name, 'no worker took it, so nothing beyond this could be looked at', todo);
  if (code !== 'WORKER_OUTDATED') return undefined;
  return unknown(name, `the worker cannot run it: ${String(details['detail'])}`, todo);
}
