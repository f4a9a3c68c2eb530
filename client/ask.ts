import { createInterface } from 'node:readline/promises';

/**
 * Asks the person at the terminal. Returns the line without blanks around it, or undefined if `signal` was aborted or
 * the input ended. Ctrl-C calls `onInterrupt`.
 */
export async function ask(question: string, signal: AbortSignal, onInterrupt: () => void): Promise<string | undefined> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    lines.on('SIGINT', onInterrupt);
    const closed = new Promise<undefined>((resolve) => lines.once('close', () => resolve(undefined)));
    return await Promise.race([lines.question(question, { signal }).then((line) => line.trim()), closed]);
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    lines.close();
  }
}
