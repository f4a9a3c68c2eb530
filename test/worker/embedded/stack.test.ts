import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { Client } from 'pg';
import { readStackFile } from '../../../config/stack-file';
import { SlipwayError } from '../../../release/errors';
import { startStack, type Stack, type StackOptions } from '../../../worker/embedded/start-stack';
import { allGone, eventually, family, listens } from '../../support/processes';

const stacks: Stack[] = [];
let folder: string;

beforeEach(() => {
  // Only its owner may enter a folder made so: as root, PostgreSQL runs as somebody who may not.
  folder = mkdtempSync(join(tmpdir(), 'slipway-stack-'));
});

afterEach(async () => {
  await Promise.all(stacks.splice(0).map((stack) => stack.stop()));
  rmSync(folder, { recursive: true, force: true });
});

async function start(options: Partial<StackOptions> = {}): Promise<Stack> {
  const searchAttributes = { SlipwayProject: 'Keyword' } as const;
  const stack = await startStack({ folder, fast: true, inMemory: true, searchAttributes, ...options });
  stacks.push(stack);
  return stack;
}

async function query(stack: Stack, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: stack.databaseUrl });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function onTemporal<T>(stack: Stack, ask: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: stack.address });
  try {
    return await ask(connection);
  } finally {
    await connection.close();
  }
}

function startWorkflow(stack: Stack, workflowId: string) {
  return onTemporal(stack, ({ workflowService }) =>
    workflowService.startWorkflowExecution({
      namespace: stack.namespace,
      workflowId,
      requestId: workflowId,
      workflowType: { name: 'nobody-runs-this' },
      taskQueue: { name: 'nobody-polls-this' },
    }),
  );
}

function describeWorkflow(stack: Stack, workflowId: string) {
  return onTemporal(stack, ({ workflowService }) =>
    workflowService.describeWorkflowExecution({ namespace: stack.namespace, execution: { workflowId } }),
  );
}

describe('an embedded stack', () => {
  it('answers as Temporal, Web UI and PostgreSQL, under a folder that only its owner may enter', async () => {
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const stack = await start();

    const { config } = await onTemporal(stack, ({ workflowService }) =>
      workflowService.describeNamespace({ namespace: stack.namespace }),
    );
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 24 * 3600);
    const { customAttributes } = await onTemporal(stack, ({ operatorService }) =>
      operatorService.listSearchAttributes({ namespace: stack.namespace }),
    );
    expect(Object.keys(customAttributes ?? {})).toContain('SlipwayProject');
    await eventually('the Web UI', async () => (await fetch(stack.uiAddress)).ok);
    expect(await query(stack, 'SELECT current_user AS name')).toEqual([{ name: 'postgres' }]);
    expect(await query(stack, 'SHOW max_connections')).toEqual([{ max_connections: '200' }]);
  });

  it('lets nobody into the database without its password', async () => {
    const stack = await start();
    const url = new URL(stack.databaseUrl);
    url.password = 'guessed';
    const client = new Client({ connectionString: url.href });
    await expect(client.connect()).rejects.toThrow('password authentication failed');
  });

  it('keeps the data of both servers from one start to the next, and forgets them when told to start fresh', async () => {
    const first = await start({ inMemory: false });
    await query(first, 'CREATE TABLE kept (id int)');
    await startWorkflow(first, 'kept');
    await first.stop();

    const second = await start({ inMemory: false });
    expect(await query(second, 'SELECT * FROM kept')).toEqual([]);
    expect((await describeWorkflow(second, 'kept')).workflowExecutionInfo?.execution?.workflowId).toBe('kept');
    await second.stop();

    const third = await start({ inMemory: false, fresh: true });
    expect(await query(third, "SELECT to_regclass('kept') AS found")).toEqual([{ found: null }]);
    await expect(describeWorkflow(third, 'kept')).rejects.toThrow('not found');
  });

  it('restarts each server on its port and data, also after a crash', async () => {
    const stack = await start({ inMemory: false });
    await query(stack, 'CREATE TABLE kept (id int)');
    await startWorkflow(stack, 'kept');

    await stack.killTemporal();
    expect(await listens(stack.address)).toBe(false);
    await stack.restartTemporal();
    expect((await describeWorkflow(stack, 'kept')).workflowExecutionInfo?.type?.name).toBe('nobody-runs-this');

    await stack.restartPostgres();
    await stack.restartPostgres('crash');
    expect(await query(stack, 'SELECT * FROM kept')).toEqual([]);
  });

  it('says where it is in stack.json for as long as it runs, to its owner only', async () => {
    const stack = await start();
    const { address, uiAddress, namespace, databaseUrl, pid } = stack;
    expect(readStackFile(folder)).toMatchObject({ address, uiAddress, namespace, databaseUrl, pid });
    expect(statSync(join(folder, 'stack.json')).mode & 0o077).toBe(0);
    await stack.stop();
    expect(readStackFile(folder)).toBeUndefined();
  });

  it('is the only one in its folder, while another runs in another', async () => {
    const other = join(folder, 'other');
    const [stack, second] = await Promise.all([start(), start({ folder: other })]);
    expect(new Set([stack.address, second.address, stack.databaseUrl, second.databaseUrl]).size).toBe(4);

    const refused = await start().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(SlipwayError);
    expect((refused as SlipwayError).message).toContain(`process ${stack.pid} already runs one in ${folder}`);
    expect(await query(stack, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('is alone also when several are started in one folder at the same moment', async () => {
    const results = await Promise.allSettled([start(), start(), start()]);
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('removes what it made when it was temporary, and nothing else', async () => {
    writeFileSync(join(folder, 'mine.txt'), 'mine');
    const inner = join(folder, 'inner');
    const [stack, second] = await Promise.all([
      start({ temporary: true }),
      start({ temporary: true, inMemory: false, folder: inner }),
    ]);
    await Promise.all([stack.stop(), second.stop()]);
    expect(readdirSync(folder)).toEqual(['mine.txt']);
  });

  it('ends when one of its servers dies by itself, and says which', async () => {
    const stack = await start();
    const everything = family([stack.pid]);
    const [server = 0] = stack.serverPids();
    process.kill(server, 'SIGKILL');
    const reason = await stack.ended;
    expect(reason?.code).toBe('STACK_FAILED');
    expect(reason?.message).toMatch(/embedded (Temporal|PostgreSQL) .* ended by itself \(signal SIGKILL\)/);
    await allGone(everything);
  });

  it('starts on data whose postmaster.pid is stale', async () => {
    const first = await start();
    await first.stop();
    // Ourselves: a process that runs, but is no PostgreSQL.
    writeFileSync(join(folder, 'postgres', 'postmaster.pid'), `${process.pid}\n${join(folder, 'postgres')}\n`);
    const second = await start();
    expect(await query(second, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('says what to do when it cannot start, and leaves nothing running', async () => {
    writeFileSync(join(folder, 'postgres'), 'not a data folder');
    const refused = await start().catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'STACK_FAILED' });
    expect((refused as Error).message).toContain('holds something that Slipway did not make');
    expect(readStackFile(folder)).toBeUndefined();
    expect(readdirSync(folder)).not.toContain('stack.lock');
  });
});
