/**
 * Program: starts programs for the process that has started it, and ends with it. Orders and answers go over the
 * channel between the two.
 */
import type { LauncherAnswer, LauncherOrder } from './launcher-words';
import { runHere, type Program } from './run-here';

const running = new Map<number, AbortController>();

async function run(id: number, program: Omit<Program, 'signal'>): Promise<void> {
  const kill = new AbortController();
  running.set(id, kill);
  try {
    const { code, signal, bytes, stderr, truncated, timedOut } = await runHere({ ...program, signal: kill.signal });
    tell({ id, result: { code, signal, bytes, stderr, truncated, timedOut } });
  } catch (error) {
    tell({ id, problem: error instanceof Error ? error.message : String(error) });
  } finally {
    running.delete(id);
  }
}

function tell(answer: LauncherAnswer): void {
  // Whoever asked may be gone: then so are we.
  process.send?.(answer, undefined, undefined, () => undefined);
}

process.on('message', (order: LauncherOrder) => {
  if ('kill' in order) running.get(order.id)?.abort();
  else void run(order.id, order.run);
});
// The guard of our programs' groups sees our end, and kills what still runs.
process.on('disconnect', () => process.exit(0));
