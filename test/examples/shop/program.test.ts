import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openShop } from '../../../examples/shop/make-shop';
import { projectRoot } from '../../../examples/shop/project-root';
import type { Build } from '../../../examples/shop/hosting/options';
import type { RunningProcess } from '../../../config/running-process';
import { eventually } from '../../support/eventually';
import { allGone, family } from '../../support/processes';
import { aFolder, testDatabaseUrl } from '../../support/shop';

interface Ready {
  readonly folder: string;
  readonly config: string;
  readonly env: Readonly<Record<string, string>>;
}

let folder: string;
let program: ChildProcess;

beforeEach(() => void (folder = aFolder()));
afterEach(async () => {
  if (program.exitCode === null && program.signalCode === null) {
    program.kill('SIGKILL');
    await once(program, 'exit');
  }
  if (existsSync(join(folder, 'shop.json'))) await openShop(folder, testDatabaseUrl()).remove();
});

async function start(...args: string[]): Promise<Ready> {
  const file = join(projectRoot, 'dist/examples/shop/main.js');
  program = spawn(process.execPath, [file, '--folder', folder, ...args], {
    env: { ...process.env, DATABASE_URL: testDatabaseUrl() },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(program.stdout!), 'line')) as [string];
  return JSON.parse(line) as Ready;
}

/** The program and the two applications at least. */
function itsProcesses(): RunningProcess[] {
  const all = family([program.pid!]);
  expect(all.length).toBeGreaterThanOrEqual(3);
  return all;
}

async function builds(hosting: string | undefined): Promise<Build[]> {
  const answer = await fetch(`${hosting}/builds?service=web`);
  return ((await answer.json()) as { builds: Build[] }).builds;
}

describe('the shop as a program', () => {
  test.each([
    ['SIGTERM', () => program.kill('SIGTERM')],
    ['SIGINT', () => program.kill('SIGINT')],
    ['SIGKILL', () => program.kill('SIGKILL')],
    ['the end of its input', () => program.stdin!.end()],
  ])('leaves no process behind after %s', async (_name, end) => {
    const { env, config } = await start();
    expect(existsSync(config)).toBe(true);
    expect((await fetch(`${env.API_URL}/books`)).status).toBe(200);
    const all = itsProcesses();
    end();
    await allGone(all);
  });

  test('goes on where it was killed: same addresses, the same live, and what was being built', async () => {
    const first = await start('--build-ms', '60000');
    const shop = openShop(folder, testDatabaseUrl());
    await shop.push(`${await shop.commitOf('1.1.0')}:refs/heads/production`);
    await eventually('the build', async () =>
      (await builds(first.env.HOSTING_URL)).find(({ status }) => status === 'building'),
    );
    const all = itsProcesses();
    program.kill('SIGKILL');
    await allGone(all);
    await shop.push(`${await shop.commitOf('1.2.0')}:refs/heads/production`);

    const second = await start();
    expect(second.env).toEqual(first.env);
    await eventually('both are built', async () => {
      const now = await builds(second.env.HOSTING_URL);
      return now.every(({ status }) => status === 'live' || status === 'superseded') || undefined;
    });
    expect((await builds(second.env.HOSTING_URL)).map(({ version }) => version)).toEqual(['1.0.0', '1.1.0', '1.2.0']);
    expect(shop.pushes()).toHaveLength(2);
  });
});
