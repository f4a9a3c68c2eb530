import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/eventually';
import { allGone, family } from '../support/processes';

const root = join(__dirname, '..', '..');
const program = join(root, 'dist', 'client', 'main.js');

/** What a run of the command line came to. */
export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A run that goes on. */
export interface Running {
  readonly process: ChildProcess;
  /** Resolves when this has been written, on either stream; fails with what was written instead. */
  saw(text: string): Promise<void>;
  readonly ended: Promise<Ran>;
}

/** What the command line runs with. */
export interface RunOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}

/** A folder of this test run's own, which is removed with `remove`. */
export function aFolder(files: Readonly<Record<string, string>> = {}): { path: string; remove(): void } {
  const parent = join(root, '.slipway', 'test', String(process.pid));
  mkdirSync(parent, { recursive: true });
  const path = mkdtempSync(join(parent, 'client-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Runs the built `slipway` as a process of its own, and waits for its end. */
export function slipway(args: readonly string[], options: RunOptions): Promise<Ran> {
  return startSlipway(args, options).ended;
}

const started = new Set<ChildProcess>();

/**
 * Ends what a test has left running: for `afterEach`. Resolves when nothing runs any more of what they had started: a
 * database that is being stopped still writes into its folder.
 */
export async function endAll(): Promise<void> {
  const all = family([...started].flatMap(({ pid }) => pid ?? []));
  for (const child of started) child.kill('SIGKILL');
  await allGone(all);
}

/** Starts the built `slipway`. Nothing of the surrounding environment's Temporal, git or user reaches it. */
export function startSlipway(args: readonly string[], { input = '', ...options }: RunOptions): Running {
  const running = start(process.execPath, [program, ...args], options);
  running.process.stdin?.end(input);
  return running;
}

/** The same in a terminal of its own, by the program `script`: its input stays open, and its output is all one. */
export function startInTerminal(args: readonly string[], options: RunOptions): Running & { type(keys: string): void } {
  const command = [process.execPath, program, ...args].map((word) => `'${word}'`).join(' ');
  const env = { TERM: 'xterm', ...options.env };
  const running = start('script', ['--quiet', '--flush', '--return', '--command', command, '/dev/null'], {
    ...options,
    env,
  });
  return { ...running, type: (keys) => void running.process.stdin?.write(keys) };
}

function start(file: string, args: readonly string[], { cwd, env = {} }: RunOptions): Running {
  const child = spawn(file, args, {
    cwd,
    env: {
      PATH: process.env['PATH'],
      HOME: cwd,
      XDG_CONFIG_HOME: cwd,
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CEILING_DIRECTORIES: root,
      SLIPWAY_USER: 'ada',
      ...env,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  started.add(child);
  // One that has ended reads no more.
  child.stdin.on('error', () => undefined);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (part: string) => (out += part));
  child.stderr.setEncoding('utf8').on('data', (part: string) => (err += part));
  const ended = new Promise<Ran>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      started.delete(child);
      resolve({ code, out, err });
    });
  });
  return { process: child, saw: (text) => seen(text, () => out + err, ended), ended };
}

async function seen(text: string, written: () => string, ended: Promise<Ran>): Promise<void> {
  let over = false;
  void ended.then(() => (over = true));
  const look = () => {
    if (written().includes(text)) return true;
    if (over) throw new Error(`it ended without a word of "${text}":\n${written()}`);
    return undefined;
  };
  await eventually(`"${text}"`, look).catch((error: Error) => {
    throw new Error(`${error.message}; it wrote:\n${written()}`);
  });
}

/** A configuration that validates. */
export const validConfig = `version: 1
project: shop
repository: { url: ./shop.git, trunk: main }
versions: { tag: "release/v{version}" }
services:
  api:
    pointer: { kind: tag, name: "v{version}", undo: new-tag }
    live: { http: "\${env:API_URL}/version", json: commit }
environments:
  production:
    approvals: [{ approvers: [ada, grace], required: 1, timeout: 24h }]
  trial:
    embedded: true
`;
