import { Client, Connection, WorkflowNotFoundError } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { NativeConnection } from '@temporalio/worker';
import { setTimeout as sleep } from 'node:timers/promises';
import { SlipwayError } from '../release/errors';

/** gRPC's status codes for what does not exist, and for credentials that are refused: none gets better by itself. */
const NOT_FOUND = 5;
const DENIED: readonly unknown[] = [7, 16];

/** A worker's connections to one Temporal namespace. */
export interface TemporalConnection {
  readonly native: NativeConnection;
  readonly client: Client;
  readonly namespace: string;
  readonly address: string;
  /**
   * Names this Temporal wherever it is reached from: the namespace, by its id and name. Not by the cluster's id: all
   * development servers that keep nothing on disk have the same one, and two laptops would take each other for dead.
   */
  readonly cluster: string;
  close(): Promise<void>;
}

/**
 * Connects as the standard `TEMPORAL_…` variables or the profile say (TLS, API key, namespace). Keeps trying while the
 * server does not answer, for at most `patience` milliseconds; then fails with TEMPORAL_UNREACHABLE. Fails with
 * NAMESPACE_MISSING, and with TEMPORAL_DENIED where the credentials are refused, at once.
 */
export async function connectToTemporal(
  patience: number,
  onRetry: (detail: string) => void,
): Promise<TemporalConnection> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const address = connectionOptions.address ?? 'localhost:7233';
  const end = Date.now() + patience;
  for (let wait = 250; ; wait = Math.min(wait * 2, 5_000)) {
    try {
      return await connect(address, namespace, connectionOptions);
    } catch (error) {
      if (error instanceof SlipwayError) throw error;
      const { code, detail } = saidBy(error);
      if (DENIED.includes(code)) throw new SlipwayError('TEMPORAL_DENIED', { address, detail }, { cause: error });
      if (Date.now() + wait > end)
        throw new SlipwayError('TEMPORAL_UNREACHABLE', { address, detail }, { cause: error });
      onRetry(detail);
      await sleep(wait);
    }
  }
}

/** What a server said, which the SDK has wrapped where it was the first question; without a code it said nothing. */
function saidBy(error: unknown): { readonly code?: unknown; readonly detail: string } {
  if (!(error instanceof Error)) return { detail: String(error) };
  if (error.cause instanceof Error && 'code' in error.cause) return saidBy(error.cause);
  const { code, details } = error as { readonly code?: unknown; readonly details?: unknown };
  return { code, detail: (typeof details === 'string' && details ? details : error.message).replace(/\.$/, '') };
}

type Options = ReturnType<typeof loadClientConnectConfig>['connectionOptions'];

async function connect(address: string, namespace: string, options: Options): Promise<TemporalConnection> {
  const connection = await Connection.connect({ ...options, address, connectTimeout: '5s' });
  let id: string | null | undefined;
  try {
    id = (await connection.workflowService.describeNamespace({ namespace })).namespaceInfo?.id;
  } catch (error) {
    await connection.close();
    if ((error as { code?: unknown }).code === NOT_FOUND) {
      throw new SlipwayError('NAMESPACE_MISSING', { address, namespace }, { cause: error });
    }
    throw error;
  }
  const native = await NativeConnection.connect({ ...options, address });
  return {
    native,
    namespace,
    address,
    client: new Client({ connection, namespace }),
    cluster: `${id || address}/${namespace}`,
    async close() {
      await native.close();
      await connection.close();
    },
  };
}

/** Whether a workflow still runs; undefined = could not tell. One that Temporal no longer knows does not run. */
export async function isWorkflowOpen(client: Client, id: string, runId: string): Promise<boolean | undefined> {
  try {
    const { status } = await client.workflow.getHandle(id, runId || undefined).describe();
    return status.name === 'RUNNING';
  } catch (error) {
    return error instanceof WorkflowNotFoundError ? false : undefined;
  }
}
