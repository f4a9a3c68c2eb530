/** What can be seen of Temporal from where a command runs: the server, the namespace, and who polls the task queue. */
import type { Client } from '@temporalio/client';
import { fail, inArea, pass, unknown, warn, type Examination, type Look } from '../release/doctor';
import { taskQueueName } from '../release/identity';
import { judgeRetention } from '../release/judge-doctor';
import { searchAttributeNames } from '../workflows/search-attributes';
import type { Temporal } from './connect';
import { noWorker } from './silence';
import { detailOf } from './temporal-errors';

/** Milliseconds for one question to the server. */
const limit = 5_000;

/** The server, the namespace and what is set up there; changes nothing. */
export async function examineTemporal(temporal: Temporal): Promise<Examination[]> {
  const looks = await Promise.all([lookAtServer(temporal), lookAtNamespace(temporal), lookAtAttributes(temporal)]);
  return inArea('temporal', looks.flat());
}

/** Whether a worker listens for this environment. */
export async function examineQueue(client: Client, project: string, environment: string): Promise<Examination[]> {
  const name = taskQueueName(project, environment);
  const [workflows, activities] = await Promise.all([pollersOf(client, name, 1), pollersOf(client, name, 2)]);
  if ('problem' in workflows || 'problem' in activities) {
    const problem = 'problem' in workflows ? workflows.problem : 'problem' in activities ? activities.problem : '';
    const detail = `who polls it could not be read: ${problem}`;
    return inArea('queue', [unknown(name, detail, 'Look at the task queue in the Web UI.')]);
  }
  const both = workflows.seen.filter((identity) => activities.seen.includes(identity));
  if (both.length === 0) {
    return inArea('queue', [
      fail(name, 'no worker polls it: no release would begin', noWorker({ project, environment }).todo),
    ]);
  }
  const count = both.length === 1 ? '1 worker polls it' : `${both.length} workers poll it`;
  return inArea('queue', [pass(name, `${count}: ${both.join(', ')}`)]);
}

/** A poller that has gone away is listed for some minutes more. */
const lately = 70_000;

/** Who polled lately, or why that could not be read. */
type Pollers = { readonly seen: readonly string[] } | { readonly problem: string };

async function pollersOf(client: Client, name: string, taskQueueType: number): Promise<Pollers> {
  const { connection, options } = client;
  try {
    const { pollers } = await connection.withDeadline(Date.now() + limit, () =>
      connection.workflowService.describeTaskQueue({
        namespace: options.namespace,
        taskQueue: { name },
        taskQueueType,
      }),
    );
    const now = Date.now();
    const fresh = (pollers ?? []).filter(
      ({ lastAccessTime }) => now - Number(lastAccessTime?.seconds ?? 0) * 1_000 < lately,
    );
    return { seen: [...new Set(fresh.map(({ identity }) => identity ?? '?'))] };
  } catch (error) {
    return { problem: detailOf(error) };
  }
}

async function lookAtServer({ client, address, from }: Temporal): Promise<Look[]> {
  const name = 'server';
  const words = `${address} (${from === 'environment' ? 'TEMPORAL_… or a profile' : 'the stack of `slipway dev`'})`;
  try {
    const { serverVersion } = await client.connection.withDeadline(Date.now() + limit, () =>
      client.connection.workflowService.getSystemInfo({}),
    );
    return [pass(name, `${words} answers, version ${serverVersion || 'untold'}`)];
  } catch (error) {
    const todo = 'Look again; check the address, TLS and API key.';
    return [unknown(name, `${words} does not tell its version: ${detailOf(error)}`, todo)];
  }
}

async function lookAtNamespace({ client, namespace }: Temporal): Promise<Look[]> {
  try {
    const { config } = await client.connection.withDeadline(Date.now() + limit, () =>
      client.connection.workflowService.describeNamespace({ namespace }),
    );
    const seconds = config?.workflowExecutionRetentionTtl?.seconds;
    const retention = seconds === undefined || seconds === null ? undefined : Number(seconds) * 1_000;
    return [pass('namespace', `${namespace} is there`), judgeRetention(namespace, retention)];
  } catch (error) {
    const todo = 'Let this key read the namespace, or ask whoever may.';
    return [unknown('namespace', `${namespace} could not be looked at: ${detailOf(error)}`, todo)];
  }
}

/** Of the type Keyword, as the server numbers types. */
const KEYWORD = 2;

async function lookAtAttributes({ client, namespace }: Temporal): Promise<Look[]> {
  const name = 'search attributes';
  const wanted = Object.values(searchAttributeNames);
  const command = (names: readonly string[]) =>
    `temporal operator search-attribute create --namespace ${namespace} ${names.map((one) => `--name ${one} --type Keyword`).join(' ')}`;
  try {
    const { customAttributes } = await client.connection.withDeadline(Date.now() + limit, () =>
      client.connection.operatorService.listSearchAttributes({ namespace }),
    );
    const missing = wanted.filter((one) => !Object.hasOwn(customAttributes ?? {}, one));
    const wrong = wanted.filter((one) => !missing.includes(one) && Number(customAttributes?.[one]) !== KEYWORD);
    if (wrong.length > 0) {
      const todo = `Remove and create anew: temporal operator search-attribute remove --namespace ${namespace} ${wrong.map((one) => `--name ${one}`).join(' ')}; then ${command(wrong)}`;
      return [fail(name, `not of type Keyword: ${wrong.join(', ')}; no release could be started`, todo)];
    }
    if (missing.length === 0) return [pass(name, `all ${wanted.length} are there`)];
    const detail = `missing: ${missing.join(', ')}; the next \`slipway release\` makes them if it may`;
    return [warn(name, detail, command(missing))];
  } catch (error) {
    return [unknown(name, `they could not be listed: ${detailOf(error)}`, `If they are missing: ${command(wanted)}`)];
  }
}
