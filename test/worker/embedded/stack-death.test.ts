import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readStackFile } from '../../../config/stack-file';
import { startStack, type StackOptions } from '../../../worker/embedded/start-stack';
import { allGone, eventually, family, listens, mentioning } from '../../support/processes';

const root = join(__dirname, '..', '..', '..');

let folder: string;
let owners: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-stack-'));
});

afterEach(() => {
  for (const owner of owners) owner.kill('SIGKILL');
  owners = [];
  rmSync(folder, { recursive: true, force: true });
});

interface Owned {
  readonly pid: number;
  readonly address: string;
  readonly uiAddress: string;
  readonly databaseUrl: string;
  readonly serverPids: readonly number[];
}

function options(more: Partial<StackOptions> = {}): StackOptions {
  return { folder, fast: true, searchAttributes: {}, ...more };
}

/** A process that owns a stack, in a process group of its own as a command of a shell has. */
function spawnOwner(more: Partial<StackOptions> = {}): ChildProcess & { pid: number } {
  const program = join(root, 'dist', 'test', 'support', 'stack-owner.js');
  const owner = spawn(process.execPath, [program, JSON.stringify(options(more))], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  owners.push(owner);
  if (owner.pid === undefined) throw new Error('the owner did not start');
  return owner as ChildProcess & { pid: number };
}

async function owned(owner: ChildProcess): Promise<Owned> {
  if (owner.stdout === null) throw new Error('no output');
  for await (const line of createInterface({ input: owner.stdout })) return JSON.parse(line) as Owned;
  throw new Error('the owner ended without a stack');
}

function addresses({ address, uiAddress, databaseUrl }: Owned): string[] {
  return [address, new URL(uiAddress).host, new URL(databaseUrl).host];
}

async function nothingListens(stack: Owned): Promise<void> {
  for (const address of addresses(stack)) {
    await eventually(`${address} closed`, async () => !(await listens(address)));
  }
}

/** PostgreSQL's helpers may have followed their server already. */
function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    expect(error).toMatchObject({ code: 'ESRCH' });
  }
}

describe('nothing of an embedded stack stays behind', () => {
  it('when its owner is killed', async () => {
    const owner = spawnOwner({ temporary: true });
    const stack = await owned(owner);
    const everything = family([owner.pid]);
    // The owner, the stack, Temporal, PostgreSQL and its helpers.
    expect(everything.length).toBeGreaterThan(5);
    for (const address of addresses(stack)) expect(await listens(address)).toBe(true);

    process.kill(owner.pid, 'SIGKILL');
    await allGone(everything);
    await nothingListens(stack);
    expect(existsSync(folder)).toBe(false);
  });

  it('when Ctrl-C is pressed in its owner’s terminal, which the stack itself does not hear', async () => {
    const owner = spawnOwner();
    const stack = await owned(owner);
    const everything = family([owner.pid]);
    process.kill(-owner.pid, 'SIGINT');
    await allGone(everything);
    await nothingListens(stack);
    expect(readStackFile(folder)).toBeUndefined();
  });

  it('when its owner is killed while it starts', async () => {
    const owner = spawnOwner();
    const started = () => mentioning(folder).filter(({ pid }) => pid !== owner.pid);
    await eventually('a first server', () => started().length > 0);
    process.kill(owner.pid, 'SIGKILL');
    await eventually('the lock given back', () => !existsSync(join(folder, 'stack.lock')));
    await eventually('nothing that works in the folder', () => started().length === 0);
  });

  it('when the stack’s own process is killed, and the next start finds its way', async () => {
    const stack = await startStack(options());
    const everything = family([stack.pid]);
    process.kill(stack.pid, 'SIGKILL');
    expect((await stack.ended)?.message).toContain('signal SIGKILL');
    await allGone(everything);
    expect(readStackFile(folder)).toBeUndefined();

    const next = await startStack(options());
    await next.stop();
  });

  it('when everything is killed at once, and the next start finds its way', async () => {
    const stack = await startStack(options());
    const everything = family([stack.pid]);
    for (const { pid } of everything) killIfThere(pid);
    await stack.ended;
    await allGone(everything);
    expect(existsSync(join(folder, 'postgres', 'postmaster.pid'))).toBe(true);

    const next = await startStack(options());
    await next.stop();
  });

  it('when the stack is told to end by a signal', async () => {
    const stack = await startStack(options({ temporary: true }));
    const everything = family([stack.pid]);
    process.kill(stack.pid, 'SIGTERM');
    expect(await stack.ended).toBeUndefined();
    await allGone(everything);
    expect(existsSync(folder)).toBe(false);
  });
});
