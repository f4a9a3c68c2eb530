/**
 * Program: a real worker that kills or stops itself exactly before or after an effect. Its parent arms it over the
 * channel: `{ arm: { point: 'move-tag:after', how: 'SIGKILL' | 'SIGSTOP' } }`; it says `{ reached: point }` first.
 * Arguments: task queue, workspaces folder. Everything else comes from the environment, as for any worker.
 */
import { createRedactor } from '../../activities/redaction';
import { createReleaseWorker } from '../../worker/create-worker';
import { createLogger, installRuntime } from '../../worker/logger';
import { connectToTemporal } from '../../worker/temporal-connection';
import { wire } from '../../worker/wiring';

export interface Arming {
  readonly point: string;
  readonly how: 'SIGKILL' | 'SIGSTOP';
}

let armed: Arming | undefined;

/** Tells the parent, and only then lets the signal fall: the parent must know which point it was. */
async function reach(point: string): Promise<void> {
  if (armed?.point !== point) return;
  const { how } = armed;
  armed = undefined;
  await new Promise<void>((resolve) => process.send!({ reached: point }, undefined, undefined, () => resolve()));
  process.kill(process.pid, how);
  // SIGSTOP holds the process here; SIGKILL never comes back.
  if (how === 'SIGKILL') await new Promise(() => undefined);
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
  process.on('message', (message: { arm?: Arming }) => {
    armed = message.arm;
    process.send!({ armed: true });
  });
  process.on('disconnect', () => process.exit(0));
  process.send!({ ready: true });
  await worker.run();
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
