import { Client, Connection } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import { eventually } from '../support/eventually';
import { releaseWorkflowId, taskQueueName } from '../../release/identity';

/** A client of this test run's Temporal, and the environment with which the command line finds the same. */
export interface TestTemporal {
  readonly client: Client;
  readonly connection: Connection;
  readonly env: { readonly TEMPORAL_ADDRESS: string };
  close(): Promise<void>;
}

/** Connects to the stack that the test run has started. */
export async function testTemporal(): Promise<TestTemporal> {
  const address = process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS'] ?? '';
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  return { client, connection, env: { TEMPORAL_ADDRESS: address }, close: () => connection.close() };
}

/** A namespace without search attributes; made, and known everywhere in the server only after some seconds. */
export async function newNamespace({ connection }: TestTemporal): Promise<string> {
  const namespace = `n-${randomUUID().slice(0, 8)}`;
  const { workflowService } = connection;
  const day = { seconds: 86_400 as never };
  await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: day });
  const isKnown = () =>
    workflowService.countWorkflowExecutions({ namespace }).then(
      () => true,
      () => undefined,
    );
  await eventually(`namespace ${namespace}`, isKnown);
  return namespace;
}

/** A name that no other test uses. */
export function aProjectName(): string {
  return `shop-${randomUUID().slice(0, 8)}`;
}

/** Starts a release on a queue on which no worker listens: Temporal knows it, nobody answers for it. */
export async function startUnanswered(
  client: Client,
  project: string,
  version: string,
  n = 1,
  environment = 'trial',
): Promise<string> {
  const workflowId = releaseWorkflowId(project, environment, version, n);
  await client.workflow.start('release', { workflowId, taskQueue: taskQueueName(project, environment), args: [] });
  return workflowId;
}
