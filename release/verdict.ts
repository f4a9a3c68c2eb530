/**
 * The three outcomes of every observation. `passed`; `failed`: the world said no; `unknown`: we have no answer.
 * The third is never folded into either of the others.
 */
export type Verdict = 'passed' | 'failed' | 'unknown';

/** The verdict of several together: one failure fails all; else one without an answer leaves all unknown. */
export function worstVerdict(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('failed')) return 'failed';
  return verdicts.includes('unknown') ? 'unknown' : 'passed';
}

/** The word that people read for a verdict. */
export const verdictWord: Readonly<Record<Verdict, string>> = {
  passed: 'passed',
  failed: 'failed',
  unknown: 'could not tell',
};
