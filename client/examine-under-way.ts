/** Whether the worker that runs now can go on with what is under way: a new one may have other code than it began with. */
import type { Client } from '@temporalio/client';
import { fail, inArea, pass, unknown, type Examination, type Look } from '../release/doctor';
import { SlipwayError } from '../release/errors';
import { environmentStateIfAny } from './ask-environment';
import { listReleases } from './list-releases';
import { releaseState } from './release-state';

/** Each is a question to a worker, which may read a whole history for it. */
const mostAsked = 20;

/** Milliseconds for an answer. */
const patience = 5_000;

const name = 'what is under way';

/** Asks the environment's workflow, and the newest releases that run, for their state. Changes nothing. */
export async function examineUnderWay(client: Client, project: string, environment: string): Promise<Examination[]> {
  return inArea('queue', await lookAtAll(client, project, environment));
}

async function lookAtAll(client: Client, project: string, environment: string): Promise<readonly Look[]> {
  try {
    const running = await listReleases(client, { project, environment, running: true, limit: mostAsked });
    const answers = await Promise.all([
      errorOf(environmentStateIfAny(client, { project, environment }, patience)),
      ...running.map(({ id }) => errorOf(releaseState(client, id, patience))),
    ]);
    const errors = answers.filter((answer) => answer !== undefined);
    const standing = errors.filter(({ code }) => code === 'WORKER_INCOMPATIBLE');
    if (standing.length > 0) return standing.map(({ message, todo }) => fail(name, message, todo));
    const [silent] = errors;
    if (silent) return [unknown(name, silent.message, silent.todo)];
    const releases = running.length === 1 ? '1 release' : `${running.length} releases`;
    return [pass(name, `the worker's code can go on with it: the environment and ${releases}`)];
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    return [unknown(name, error.message, error.todo)];
  }
}

async function errorOf(answer: Promise<unknown>): Promise<SlipwayError | undefined> {
  try {
    await answer;
    return undefined;
  } catch (error) {
    if (error instanceof SlipwayError) return error;
    throw error;
  }
}
