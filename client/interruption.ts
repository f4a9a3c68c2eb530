/** Runs `work` with a signal that is aborted by Ctrl-C, SIGTERM or SIGHUP; a second Ctrl-C ends the process at once. */
export async function interruptible<T>(work: (controller: AbortController) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const interrupt = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, interrupt);
  try {
    return await work(controller);
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
}
