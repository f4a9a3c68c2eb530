/** Milliseconds that a timer of node can hold; a longer one would go off at once. */
const longestTimer = 2 ** 31 - 1;

/** Waits for `ms` milliseconds; an abort ends it at once by throwing the signal's reason. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(
      () => {
        signal.removeEventListener('abort', abort);
        resolve();
      },
      Math.min(ms, longestTimer),
    );
    signal.addEventListener('abort', abort, { once: true });
  });
}
