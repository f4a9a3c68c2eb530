/** Tags that ask for releases: looking for them, remembering them, starting what they ask for. */
import type { LookForTagsInput, StartReleasesInput, StartedReport, TagsReport, TriggersRecord } from './contract';
import type { Attempt, Surroundings } from '../surroundings';
import { lookForTags } from './look-for-tags';
import { countTags, newestTags, readTriggerRows } from './seen-tags';
import { startTaggedReleases } from './start-releases';

export function createTriggerActivities(surroundings: Surroundings) {
  return {
    lookForTags(input: LookForTagsInput, attempt: Attempt): Promise<TagsReport> {
      return lookForTags(input, { surroundings, attempt });
    },
    startTaggedReleases(input: StartReleasesInput, attempt: Attempt): Promise<StartedReport> {
      return startTaggedReleases(input, { surroundings, attempt });
    },
    /** What is recorded of a project's triggers, with at most `limit` tags. */
    readTriggers(
      input: { readonly project: string; readonly limit: number },
      attempt: Attempt,
    ): Promise<TriggersRecord> {
      return surroundings.ledger.use(attempt, async (client) => ({
        triggers: await readTriggerRows(client, input.project),
        tags: await newestTags(client, input.project, input.limit),
        counts: await countTags(client, input.project),
      }));
    },
  };
}
