/** Looks for tags that ask for releases: one execution for each look, started by a schedule. */
import { isCancellation, setCurrentDetails } from '@temporalio/workflow';
import type { StartedReport, TriggersRecord } from '../activities/triggers/contract';
import { isObject } from '../release/release-request';
import { renderPoll } from '../release/render-triggers';
import { reportOf, slipwayFailure } from './failure';
import type { PollTagsInput, PollTagsResult } from './messages';
import { activity } from './proxies';

/** How often releases are started in one poll before the rest is left to the next: bounds the history. */
const BATCHES = 50;

/**
 * Looks once, and starts what was asked for. A remote or a ledger that does not answer is in the result, and the next
 * poll looks again: polls that fail would only pile up. With mode `turn on` nothing is started, and it fails as the look does.
 */
export async function pollTags(input: PollTagsInput): Promise<PollTagsResult> {
  requireInput(input);
  const { project, activation, mode } = input;
  const patterns = project.triggers.map(({ pattern }) => pattern).join(', ');
  const empty = { started: [], refused: 0, held: [] };
  if (mode === 'turn on') {
    const report = await activity.lookForTags(input, `Note the tags ${patterns} that are there`);
    return { ...report, ...empty };
  }
  let result: PollTagsResult = { seen: {}, waiting: 0, isSuperseded: false, failures: [], ...empty };
  try {
    const report = await activity.lookForTags(input, `Look for new tags ${patterns}`);
    result = { ...report, ...empty };
    for (let n = 0; n < BATCHES && result.waiting > 0; n++) {
      const { hasMore, ...batch } = await activity.startTaggedReleases(
        { project, activation },
        'Start what they ask for',
      );
      result = withBatch(result, batch);
      setCurrentDetails(renderPoll(result));
      if (!hasMore) break;
    }
  } catch (error) {
    const report = reportOf(error);
    if (!report || isCancellation(error)) throw error;
    result = { ...result, failures: [...result.failures, { report, since: new Date().toISOString() }] };
  }
  setCurrentDetails(renderPoll(result));
  return result;
}

/** What is recorded of a project's triggers: only workers reach the ledger. */
export async function triggers(input: { readonly project: string; readonly limit: number }): Promise<TriggersRecord> {
  if (!isObject(input) || typeof input.project !== 'string' || !Number.isInteger(input.limit))
    throw slipwayFailure('REQUEST_INVALID', {
      what: 'a question for triggers',
      problem: '"project" or "limit" is missing',
    });
  return activity.readTriggers(input, 'What is recorded of tags');
}

function withBatch(result: PollTagsResult, batch: Omit<StartedReport, 'hasMore'>): PollTagsResult {
  return {
    ...result,
    waiting: Math.max(0, result.waiting - batch.started.length - batch.refused),
    started: [...result.started, ...batch.started],
    refused: result.refused + batch.refused,
    held: batch.held,
  };
}

function requireInput(input: unknown): void {
  const isOne =
    isObject(input) &&
    typeof input['activation'] === 'string' &&
    (input['mode'] === 'poll' || input['mode'] === 'turn on') &&
    isObject(input['project']) &&
    typeof input['project']['name'] === 'string' &&
    Array.isArray(input['project']['triggers']) &&
    isObject(input['project']['services']);
  if (isOne) return;
  const problem = 'turn triggers on with `slipway trigger on`, which sends what is needed';
  throw slipwayFailure('REQUEST_INVALID', { what: 'a look for tags', problem });
}
