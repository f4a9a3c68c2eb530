import { ask } from './ask';
import type { Choose } from './find-release';
import type { Io } from './io';
import { listLines } from './release-list';

/** Lets the person at the terminal choose by number; undefined where there is nobody to ask. */
export function chooserFor(io: Io): Choose | undefined {
  if (!io.canAsk) return undefined;
  return async (releases) => {
    io.say('Which release?');
    listLines(releases).forEach((line, index) => io.say(`  ${index + 1}. ${line}`));
    const interrupted = new AbortController();
    const answer = await ask('Number: ', interrupted.signal, () => interrupted.abort());
    return releases[Number(answer) - 1];
  };
}
