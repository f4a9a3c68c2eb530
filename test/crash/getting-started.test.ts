/** docs/getting-started.md, done literally: its blocks in their order, by a user with an empty home. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../examples/shop/project-root';
import { cacheFolder } from '../../worker/embedded/temporal-cache';
import { blocksOf } from '../docs/pages';
import { eventually } from '../support/eventually';
import { freePort } from '../support/free-port';
import { testLedgerUrl } from '../support/test-ledger';

const page = readFileSync(join(projectRoot, 'docs', 'getting-started.md'), 'utf8');
const background: { text: string; child: ChildProcess; said: string }[] = [];
let folder: string;
let env: NodeJS.ProcessEnv;
let here: string;

beforeAll(() => {
  const parent = join(projectRoot, '.slipway', 'test', String(process.pid));
  mkdirSync(parent, { recursive: true });
  folder = mkdtempSync(join(parent, 'started-'));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const program = join(projectRoot, 'dist', 'client', 'main.js');
  writeFileSync(join(bin, 'slipway'), `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`);
  chmodSync(join(bin, 'slipway'), 0o755);
  env = {
    PATH: `${bin}:${process.env['PATH']}`,
    HOME: folder,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CEILING_DIRECTORIES: dirname(folder),
    XDG_CACHE_HOME: dirname(cacheFolder(process.env)),
  };
  here = folder;
});
afterAll(async () => {
  for (const { child } of background) end(child, 'SIGTERM');
  await Promise.all(background.map(({ child }) => gone(child)));
  rmSync(folder, { recursive: true, force: true });
});

test('the commands of docs/getting-started.md do what it says, on the embedded stack and then on a cluster', async () => {
  const blocks = blocksOf(page).filter(({ info }) => /^(sh run|sh background|yaml whole-file)/.test(info));
  const written: string[] = [];
  const places = await ownPlaces();
  for (const { info, text: original } of blocks) {
    const text = places(original);
    const [, kind = '', ...words] = info.split(' ');
    if (info.startsWith('yaml')) writeFileSync(join(here, 'slipway.yaml'), text);
    else if (kind === 'background') await runBehind(text, join(folder, words.at(-1)!));
    else {
      if (words.includes('after-dev')) await endDev();
      const { code, out } = await run(text);
      if (code !== (words.includes('fails-with-1') ? 1 : 0)) throw new Error(`${text}\nended with ${code}:\n${out}`);
      written.push(out);
    }
  }
  const everything = written.join('\n');
  expect(everything).toContain('Wrote slipway.yaml');
  expect(everything).toMatch(
    /1\.1\.0 \(\w+\)[\s\S]*Hello, world[\s\S]*rolled back[\s\S]*Hello, world[\s\S]*Hello again\s*$/,
  );
}, 180_000);

/** Ports, servers and a wait of this run's own in place of those that the page names. */
async function ownPlaces(): Promise<(text: string) => string> {
  const [service, health, metrics] = [await freePort(), await freePort(), await freePort()];
  const own: [string, string][] = [
    ['8080', String(service)],
    ['9465', String(health)],
    ['9464', String(metrics)],
    ['temporal.example:7233', process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS']!],
    ['postgres://slipway:PASSWORD@db.example/slipway', testLedgerUrl()],
    ['monitor: 5s', 'monitor: 1s'],
    // The server of the tests is shared.
    ['project: hello', `project: hello-${process.pid}`],
  ];
  return (text) => own.reduce((all, [from, to]) => all.replaceAll(from, to), text);
}

/** Runs a block as a person types it: the next one begins in the folder where this one has ended. */
function run(text: string): Promise<{ code: number | null; out: string }> {
  const end = join(folder, 'where');
  const script = `trap 'pwd > ${end}' EXIT\n${text}`;
  return new Promise((resolve) => {
    execFile('bash', ['-e', '-c', script], { cwd: here, env }, (error, out, err) => {
      here = readFileSync(end, 'utf8').trim();
      resolve({ code: error ? Number(error.code) : 0, out: out + err });
    });
  });
}

async function runBehind(text: string, cwd: string): Promise<void> {
  // A group of its own, as a terminal makes one, so that Ctrl-C reaches all of it.
  const child = spawn('bash', ['-c', text], { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const entry = { text, child, said: '' };
  background.push(entry);
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => (entry.said += part.toString()));
  if (!text.includes('slipway dev')) return;
  await eventually(
    `a worker; it said:\n${entry.said}`,
    () => entry.said.includes('worker of production is ready') || undefined,
    60_000,
  );
}

async function endDev(): Promise<void> {
  const { child } = background.find(({ text }) => text.includes('slipway dev'))!;
  end(child, 'SIGINT');
  await gone(child);
}

function end({ pid, exitCode, signalCode }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, signal);
}

const gone = (child: ChildProcess) =>
  eventually('its end', () => child.exitCode !== null || child.signalCode !== null || undefined);
