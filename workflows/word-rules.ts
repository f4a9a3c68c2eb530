/** From whom an environment has the rules by which it judges what people say to it: the one place where they change. */
import { clip } from '../release/clip';
import { changesOfRules, rulesIn } from '../release/environment-rules';
import type { EnvironmentRecord } from './environment-record';
import type { ReleaseInput } from './messages';

/**
 * Takes the rules of a release that has just been started: those of a protected commit, where one is configured. Whatever
 * differs is said loudly. Where words must be signed, rules that came with a request change nothing: whoever can send a
 * request could else take the signatures away.
 */
export function noteRules(record: EnvironmentRecord, input: ReleaseInput, id: string): void {
  const { project, environment, requestedBy } = input;
  const rules = rulesIn(project, environment);
  const kept = record.state.wordRules;
  const changes = kept ? changesOfRules(kept.rules, rules) : [];
  if (kept && changes.length === 0) return;
  const what = clip(`with ${id}, asked for by ${requestedBy}: ${changes.join('; ')}`, 1_000);
  if (kept?.rules.signed === 'required' && !input.rules) {
    return record.log(`THE RULES FOR WORDS STAY, since these do not come from a protected commit, ${what}`);
  }
  record.keepRules({ rules, with: id, by: requestedBy, at: new Date().toISOString() });
  if (changes.length > 0) record.log(`THE RULES FOR WORDS CHANGED ${what}`);
}
