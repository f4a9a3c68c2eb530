/** What became of the messages that a release got. */
import type { Decision, DecisionVerdict } from '../release/decision';
import type { ReleaseRun } from './release-run';

/** By kind and id: the same decision sent twice counts once, another kind under the same id is another decision. */
export const keyOf = ({ kind, id }: Pick<Decision, 'kind' | 'id'>): string => `${kind} ${id}`;

/** So many messages that did not count are shown: anybody may send any number, and people must be able to read on. */
const SHOWN_REFUSALS = 200;

/** Which messages counted, and which did not: only so many of those are shown. */
export class MessageRecord {
  private refusals = 0;
  /** By `keyOf`. */
  private readonly verdicts = new Map<string, DecisionVerdict>();

  constructor(private readonly run: ReleaseRun) {}

  knows(kind: Decision['kind'], id: string): boolean {
    return this.verdicts.has(keyOf({ kind, id }));
  }

  verdictOn(decision: Decision): DecisionVerdict | undefined {
    return this.verdicts.get(keyOf(decision));
  }

  judged(decision: Decision, verdict: DecisionVerdict, text: string): void {
    if (!verdict.accepted && !this.mayShow()) return;
    this.verdicts.set(keyOf(decision), verdict);
    this.run.decided(decision, verdict, text);
  }

  ignored(text: string): void {
    if (this.mayShow()) this.run.note('note', text);
  }

  private mayShow(): boolean {
    this.refusals += 1;
    if (this.refusals === SHOWN_REFUSALS + 1) {
      this.run.note('note', `${SHOWN_REFUSALS} messages did not count; more of them are not shown`);
    }
    return this.refusals <= SHOWN_REFUSALS;
  }
}
