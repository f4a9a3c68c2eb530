import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../project-root';

/** How long a process may take until it is healthy. */
const startLimitMs = 20_000;
/** How long a process may take to end its last requests before it is killed. */
const stopLimitMs = 2_000;

/** What is started. */
export interface AppOptions {
  readonly folder: string;
  readonly entry: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A running process of an application. */
export interface AppProcess {
  readonly port: number;
  readonly pid: number;
  /** Resolves when it has ended, for whatever reason. */
  readonly ended: Promise<void>;
  /** Lets it finish its requests, then ends it. */
  stop(): Promise<void>;
}

/** Starts an application and waits until it is healthy. Fails, with its last words, when it ends before or is stopped. */
export async function startApp(options: AppOptions, signal: AbortSignal): Promise<AppProcess> {
  const child = spawnApp(options);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const stop = (): Promise<void> => endChild(child, ended);
  try {
    const port = await firstPort(child, AbortSignal.any([signal, AbortSignal.timeout(startLimitMs)]));
    await healthy(port, AbortSignal.any([signal, AbortSignal.timeout(startLimitMs)]));
    return { port, pid: child.pid ?? 0, ended, stop };
  } catch (problem) {
    await stop();
    throw problem;
  }
}

function spawnApp({ folder, entry, env }: AppOptions): ChildProcess {
  const preload = pathToFileURL(join(projectRoot, 'examples/shop/hosting/end-with-host.mjs')).href;
  return spawn(process.execPath, ['--import', preload, entry], {
    cwd: folder,
    env: { PATH: process.env.PATH, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // A process group of its own: Ctrl-C in a terminal must reach the host only.
    detached: true,
  });
}

/** The port that the application says it listens on. */
function firstPort(child: ChildProcess, signal: AbortSignal): Promise<number> {
  return new Promise((resolve, reject) => {
    let words = '';
    const lastWords = (): Error => new Error(words.trim().slice(-500) || 'it said nothing');
    const listen = (chunk: Buffer): void => {
      words = (words + chunk.toString()).slice(-5_000);
      const said = /listening on (\d+)/.exec(words);
      if (said) resolve(Number(said[1]));
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('close', () => reject(lastWords()));
    child.once('error', reject);
    const stopped = (): void => reject(new Error(`stopped before it was healthy; ${lastWords().message}`));
    if (signal.aborted) stopped();
    else signal.addEventListener('abort', stopped, { once: true });
  });
}

async function healthy(port: number, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const answer = await fetch(`http://127.0.0.1:${port}/health`, { signal });
    await answer.text();
    if (answer.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function endChild(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), stopLimitMs);
  await ended;
  clearTimeout(timer);
  if (child.connected) child.disconnect();
}
