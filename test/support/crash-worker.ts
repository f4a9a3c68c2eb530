/**
 * Program: a real worker that asks its parent, immediately before and after each effect, whether to go on, and kills or
 * stops itself right there if told to. Arguments: task queue, workspaces folder. Everything else comes from the
 * environment, as for any worker.
 */
import { createRedactor } from '../../activities/redaction';
import { createReleaseWorker } from '../../worker/create-worker';
import { createLogger, installRuntime } from '../../worker/logger';
import { connectToTemporal } from '../../worker/temporal-connection';
import { wire } from '../../worker/wiring';

/** What is to happen at a point. */
export type Fate = 'go on' | 'SIGKILL' | 'SIGSTOP';

/** What a worker tells and asks its parent. */
export type WorkerWord =
  | { readonly is: 'ready' }
  | { readonly is: 'reached'; readonly id: number; readonly point: string }
  /** The answer to `count`: how many activities it works on. */
  | { readonly is: 'busy'; readonly activities: number };

/** What the parent tells a worker. */
export type ParentWord = { readonly is: 'fate'; readonly id: number; readonly fate: Fate } | { readonly is: 'count' };

const asked = new Map<number, (fate: Fate) => void>();
let questions = 0;

async function reach(point: string): Promise<void> {
  const id = ++questions;
  const fate = await new Promise<Fate>((resolve) => {
    asked.set(id, resolve);
    tell({ is: 'reached', id, point });
  });
  asked.delete(id);
  if (fate === 'go on') return;
  // SIGSTOP holds the process in this very line, and it goes on from here; SIGKILL never comes back.
  process.kill(process.pid, fate);
  if (fate === 'SIGKILL') await new Promise(() => undefined);
}

function tell(word: WorkerWord): void {
  process.send!(word);
}

async function main(): Promise<void> {
  const [taskQueue = '', workspaces = ''] = process.argv.slice(2);
  const redactor = createRedactor();
  installRuntime(createLogger(redactor.redact));
  const connection = await connectToTemporal(20_000, () => undefined);
  const worker = await createReleaseWorker({
    connection: connection.native,
    namespace: connection.namespace,
    taskQueue,
    surroundings: wire(connection, redactor, { workspaces, reach }),
  });
  process.on('message', (word: ParentWord) => {
    if (word.is === 'fate') asked.get(word.id)?.(word.fate);
    else tell({ is: 'busy', activities: worker.getStatus().numInFlightActivities });
  });
  process.on('disconnect', () => process.exit(0));
  const running = worker.run();
  tell({ is: 'ready' });
  await running;
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
