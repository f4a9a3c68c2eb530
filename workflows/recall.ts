/**
 * An environment whose workflow was ended from outside: the next run goes on with what that one knew, as it would have
 * gone on itself.
 */
import { workflowInfo } from '@temporalio/workflow';
import type { Recalled } from './environment-memory';
import type { EnvironmentRecord } from './environment-record';
import { reportOf } from './failure';
import type { EnvironmentInput } from './messages';
import { activity } from './proxies';

/**
 * Begins to ask what the run before knew; until `record.recalling` has settled nobody is let in, and no word is judged.
 * Where there is no answer, it begins with nothing, and says so.
 */
export function recall(input: EnvironmentInput, record: EnvironmentRecord): void {
  record.recall(ask(input));
}

async function ask({ project, environment }: EnvironmentInput): Promise<Recalled> {
  const { runId } = workflowInfo();
  try {
    const before = await activity.recallEnvironment({ project, environment, runId }, 'What did the last run know?');
    if (!before) return { words: '' };
    return { before, words: 'this workflow was ended from outside, and goes on with what it knew' };
  } catch (error) {
    const report = reportOf(error);
    if (!report) throw error;
    return {
      words: `WHAT WAS KNOWN BEFORE COULD NOT BE READ, and is forgotten: freezes, stops, holds, what is live (${report.message})`,
    };
  }
}
