import type { CheckResult } from '../../release/check-result';
import { clip } from '../../release/clip';
import type { Finding } from '../../release/facts';
import { sleep } from '../sleep';
import type { CheckContext } from './check-kind';

/** What one try found. */
export interface Look extends Finding {
  /** Milliseconds; absent if there was no answer. */
  readonly latency?: number;
}

/** Longest detail of a result. */
const longestDetail = 300;

/**
 * Looks up to `tries` times, `interval` milliseconds apart, until one try passes. Otherwise a wrong answer in any of
 * them is the result, told of the last such; without one it is `unknown`.
 */
export async function tryUntilPassed(
  { name, tries, interval }: { readonly name: string; readonly tries: number; readonly interval: number },
  look: () => Promise<Look>,
  { redact, signal }: Pick<CheckContext, 'redact' | 'signal'>,
): Promise<CheckResult> {
  let worst: Look | undefined;
  for (let tried = 1; ; tried++) {
    const now = await look();
    if (now.verdict === 'passed' || now.verdict === 'failed' || worst?.verdict !== 'failed') worst = now;
    if (now.verdict === 'passed' || tried >= tries) {
      const { verdict, detail, latency } = worst;
      return {
        name,
        verdict,
        detail: clip(redact(detail), longestDetail),
        ...(latency === undefined ? {} : { latency }),
        tries: tried,
        at: new Date().toISOString(),
      };
    }
    await sleep(interval, signal);
  }
}
