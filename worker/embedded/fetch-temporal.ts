import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runningProcess } from '../../config/running-process';
import { withDeathSignal, type ChildProcesses } from './child-processes';
import { onPath } from './on-path';
import { projectRoot } from '../../config/project-root';
import { cachedTemporal, cacheFolder, temporalVersion } from './temporal-cache';

/** What getting a Temporal CLI needs. */
export interface FetchContext {
  readonly env: NodeJS.ProcessEnv;
  readonly children: ChildProcesses;
  /** Told what is being done, and every ten seconds that it still is. */
  readonly progress: (line: string) => void;
}

/** Lets the SDK download the CLI into the cache. Returns its path; fails with a sentence that says why not. */
export function downloadTemporal(context: FetchContext): Promise<string> {
  return intoCache(context, {
    what: `downloading the Temporal CLI ${temporalVersion}`,
    program: process.execPath,
    args: (folder) => [join(projectRoot(), 'dist', 'worker', 'embedded', 'download-temporal.js'), folder],
    env: () => context.env,
    limitMs: 5 * 60_000,
  });
}

/** Builds the CLI from its source with Go into the cache. Returns its path; fails with a sentence that says why not. */
export async function buildTemporal(context: FetchContext): Promise<string> {
  const go = onPath('go', context.env);
  if (go === undefined) throw new Error('there is no `go` on the PATH');
  return intoCache(context, {
    what: `building the Temporal CLI ${temporalVersion} with Go (two to three minutes, once)`,
    program: go,
    args: () => ['install', `github.com/temporalio/cli/cmd/temporal@v${temporalVersion}`],
    env: (folder) => ({ ...context.env, GOBIN: folder, CGO_ENABLED: '0' }),
    limitMs: 20 * 60_000,
  });
}

interface Job {
  readonly what: string;
  readonly program: string;
  readonly args: (folder: string) => readonly string[];
  readonly env: (folder: string) => NodeJS.ProcessEnv;
  readonly limitMs: number;
}

/**
 * Runs a job that leaves one program in a folder of its own beside the cache, then moves that program into the cache
 * in one step: two processes that do this at once each put a whole file there, and neither sees half of one.
 */
async function intoCache(context: FetchContext, job: Job): Promise<string> {
  const target = cachedTemporal(context.env);
  const cache = cacheFolder(context.env);
  mkdirSync(dirname(target), { recursive: true });
  removeAbandoned(cache);
  const folder = mkdtempSync(join(cache, `.fetch-${process.pid}-`));
  try {
    await run(context, job, folder);
    const program = readdirSync(folder)
      .map((name) => join(folder, name))
      .find((path) => !path.endsWith('.log') && statSync(path).isFile());
    if (program === undefined) throw new Error('it left no program behind');
    chmodSync(program, 0o755);
    renameSync(program, target);
    return target;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(context: FetchContext, job: Job, folder: string): Promise<void> {
  const started = Date.now();
  const [program = job.program, ...args] = [...withDeathSignal('KILL'), job.program, ...job.args(folder)];
  context.progress(`${job.what} …`);
  const child = context.children.start({
    name: job.what,
    program,
    args,
    env: job.env(folder),
    logFile: join(folder, 'output.log'),
  });
  const ticker = setInterval(() => context.progress(`${job.what}: ${seconds(started)} s`), 10_000);
  const limit = setTimeout(() => void child.stop('SIGKILL', 0), job.limitMs);
  try {
    const how = await child.ended;
    if (child.exitCode !== 0) throw new Error([how, child.logTail()].filter(Boolean).join(': '));
  } finally {
    clearInterval(ticker);
    clearTimeout(limit);
  }
}

function seconds(since: number): number {
  return Math.round((Date.now() - since) / 1000);
}

/** Folders of processes that were killed in the middle of a job. */
function removeAbandoned(cache: string): void {
  for (const name of readdirSync(cache)) {
    const pid = /^\.fetch-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && runningProcess(Number(pid)) === undefined) {
      rmSync(join(cache, name), { recursive: true, force: true });
    }
  }
}
