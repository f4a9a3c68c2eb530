/**
 * The stack's own process, which `startStack` starts: it runs a Temporal and a PostgreSQL server and ends with its owner.
 *
 * Its standard input is a pipe from the owner: the first line is a StackOrder, each later one a StackRequest, and its
 * end, which comes with any death of the owner, means "stop", as SIGTERM and SIGINT do. It answers on its standard
 * output, one StackMessage a line. Exit code: 0 = ended as asked, 1 = a server did not start or died.
 */
import { createInterface } from 'node:readline';
import { runningProcess } from '../../config/running-process';
import { removeStackFile, writeStackFile } from '../../config/stack-file';
import { SlipwayError } from '../../release/errors';
import { ChildProcesses } from './child-processes';
import { ProgramEnd } from './program-end';
import { clearFolder, leaveFolder, removeFolder, stackFolder, takeFolder, type StackFolder } from './stack-folder';
import type { StackCommand, StackMessage, StackOrder, StackReady, StackRequest } from './stack-messages';
import { StackServers } from './stack-servers';

const children = new ChildProcesses();
let servers: StackServers | undefined;
/** The folder, once this process holds it. */
let held: { folder: StackFolder; temporary: boolean } | undefined;
const ending = new ProgramEnd(stopAll, tell);

function main(): void {
  // The owner may be gone before we have finished speaking.
  process.stdout.on('error', () => undefined);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => void ending.begin(0));
  process.on('uncaughtException', (error) => {
    process.stderr.write(`${error.stack}\n`);
    void ending.fail(error);
  });
  let ordered = false;
  const lines = createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    if (ordered) return void answer(JSON.parse(line) as StackRequest);
    ordered = true;
    start(JSON.parse(line) as StackOrder).catch((error: unknown) => ending.fail(error));
  });
  lines.on('close', () => void ending.begin(0));
}

async function start(order: StackOrder): Promise<void> {
  const folder = stackFolder(order.folder);
  const holder = takeFolder(folder);
  if (holder !== undefined) {
    throw new SlipwayError('STACK_FAILED', {
      part: 'stack',
      detail: `process ${holder.pid} already runs one in ${order.folder}`,
      hint: 'Use that one, or end it first.',
    });
  }
  held = { folder, temporary: order.temporary };
  if (order.fresh) clearFolder(folder);
  servers = new StackServers({
    order,
    folder,
    children,
    env: process.env,
    progress: (line) => tell({ is: 'progress', line }),
    died: (name, how) => void ending.fail(new SlipwayError('STACK_FAILED', died(name, how))),
    changed: (pids) => tell({ is: 'servers', pids }),
  });
  const ready = await servers.start();
  writeStackFile(folder.path, stackFile(ready));
  tell({ is: 'ready', ready });
}

function died(name: string, how: string) {
  const detail = `it was running and then ended by itself (${how})`;
  return { part: name, detail, hint: `Its log is in ${held?.folder.path ?? 'its folder'}.` };
}

function stackFile({ address, uiAddress, namespace, databaseUrl }: StackReady) {
  const started = runningProcess(process.pid)?.started;
  const identity = started === undefined ? { pid: process.pid } : { pid: process.pid, processStarted: started };
  return {
    version: 1 as const,
    ...identity,
    since: new Date().toISOString(),
    address,
    uiAddress,
    namespace,
    databaseUrl,
  };
}

async function answer({ id, command }: StackRequest): Promise<void> {
  try {
    if (servers === undefined) throw new Error('the stack has not started');
    await obey(servers, command);
    tell({ is: 'answer', id });
  } catch (error) {
    tell({ is: 'answer', id, problem: (error as Error).message });
  }
}

async function obey(running: StackServers, command: StackCommand): Promise<void> {
  switch (command.do) {
    case 'kill-temporal':
      return running.killTemporal();
    case 'restart-temporal':
      return running.restartTemporal();
    case 'stop-postgres':
      return running.stopPostgres(command.how);
    case 'start-postgres':
      return running.startPostgres();
  }
}

/** Ends every child. */
async function stopAll(): Promise<void> {
  if (held !== undefined) removeStackFile(held.folder.path);
  await servers?.stop();
  await children.killRest();
  if (held?.temporary) removeFolder(held.folder);
  else if (held) leaveFolder(held.folder);
}

function tell(message: StackMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

main();
