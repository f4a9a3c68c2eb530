/** An environment judges requests by the rules of a protected commit, where one is configured, not by the sender's copy. */
import { commitsOf } from '../release/environment-state';
import { errorTable, type ErrorReport } from '../release/errors';
import { withoutOrigin } from '../release/environment-request';
import type { EnvironmentRecord } from './environment-record';
import { reportOf } from './failure';
import type { EnvironmentInput, ReleaseInput } from './messages';
import { activity } from './proxies';

/** What was asked for with the rules that count for it; or why there are none, so that nothing is started. */
export type RuledInput = { readonly input: ReleaseInput } | { readonly refused: ErrorReport };

/** Milliseconds for which rules that could not be read are not tried again: other requests wait behind. */
const TROUBLE_LASTS = 10_000;

/** Where the rules are read is itself a rule: the first request says it, and from then on the file that was read last. */
export function rulesPlaceOf(record: EnvironmentRecord, { project }: Pick<ReleaseInput, 'project'>) {
  return record.state.rules?.place ?? project.rules;
}

/** The same request by the rules that count; without a place those are what came with it, and no commit is named. */
export async function underRules(
  env: EnvironmentInput,
  record: EnvironmentRecord,
  asked: ReleaseInput,
): Promise<RuledInput> {
  const place = rulesPlaceOf(record, asked);
  const input = withoutOrigin(asked);
  if (!place) return { input };
  const known = record.troubleWithRules(TROUBLE_LASTS);
  if (known) return { refused: known };
  const { environment, version, commit } = input;
  const live = commitsOf(record.state.live);
  try {
    const question = { place, project: env.project, environment, version, commit, live };
    const {
      project,
      origin,
      place: next,
    } = await activity.readRules(question, `Rules: ${place.file} of ${place.branch}`);
    record.rulesRead(next ? { place: next, origin, project, at: new Date().toISOString() } : undefined);
    return { input: { ...input, project, rules: origin } };
  } catch (error) {
    const refused = reportOf(error);
    if (!refused) throw error;
    if (errorTable[refused.code].retryable) record.rulesUnreadable(refused);
    return { refused };
  }
}
