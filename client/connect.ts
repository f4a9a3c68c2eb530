import type { Client, Connection } from '@temporalio/client';
import { SlipwayError } from '../release/errors';
import { searchAttributeNames } from '../workflows/search-attributes';
import { findTemporal, type TemporalPlace, type TemporalSearch } from './find-temporal';
import { temporalClient } from './temporal-client';
import { asSlipwayError, detailOf, grpc, grpcCode } from './temporal-errors';

/** A connection to Temporal. */
export interface Temporal extends TemporalPlace {
  readonly client: Client;
  /** Address of a workflow in the Web UI, if that is known. */
  linkTo(workflowId: string, runId?: string): string | undefined;
  /** Makes the search attributes that releases use. Returns a warning for people if some are missing and may not be made. */
  ensureSearchAttributes(): Promise<string | undefined>;
  close(): Promise<void>;
}

const CONNECT_PATIENCE = 5_000;

/** Finds Temporal (see `findTemporal`) and connects. Fails also with TEMPORAL_UNREACHABLE, TEMPORAL_DENIED or NAMESPACE_MISSING. */
export async function connect(search: TemporalSearch): Promise<Temporal> {
  const place = findTemporal(search);
  const { address, namespace } = place;
  const { Client: TemporalClient, Connection: TemporalConnection } = temporalClient();
  const connection = await TemporalConnection.connect({ ...place.options, connectTimeout: CONNECT_PATIENCE }).catch(
    (error: unknown) => {
      if (grpcCode(error) !== undefined) throw asSlipwayError(error, address);
      throw new SlipwayError('TEMPORAL_UNREACHABLE', { address, detail: detailOf(error) }, { cause: error });
    },
  );
  try {
    await requireNamespace(connection, address, namespace);
  } catch (error) {
    await connection.close();
    throw error;
  }
  return {
    ...place,
    client: new TemporalClient({ connection, namespace }),
    linkTo: (id, runId) => linkTo(place, id, runId),
    ensureSearchAttributes: () => ensureSearchAttributes(connection, namespace),
    close: () => connection.close(),
  };
}

async function requireNamespace(connection: Connection, address: string, namespace: string): Promise<void> {
  try {
    await connection.withDeadline(Date.now() + CONNECT_PATIENCE, () =>
      connection.workflowService.describeNamespace({ namespace }),
    );
  } catch (error) {
    if (grpcCode(error) === grpc.notFound)
      throw new SlipwayError('NAMESPACE_MISSING', { address, namespace }, { cause: error });
    // A key that may run workflows need not be allowed to look at the namespace.
    if (grpcCode(error) !== grpc.permissionDenied) throw asSlipwayError(error, address);
  }
}

const KEYWORD = 2;

async function ensureSearchAttributes({ operatorService }: Connection, namespace: string): Promise<string | undefined> {
  const wanted = Object.values(searchAttributeNames);
  let missing: readonly string[] = wanted;
  try {
    const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
    missing = wanted.filter((name) => !Object.hasOwn(customAttributes ?? {}, name));
    if (missing.length === 0) return undefined;
    const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD] as const));
    await operatorService.addSearchAttributes({ namespace, searchAttributes });
    return undefined;
  } catch (error) {
    return `the search attributes ${missing.join(', ')} (Keyword) may be missing and could not be made here (${detailOf(error)}): create them in namespace ${namespace}`;
  }
}

function linkTo({ ui, namespace }: TemporalPlace, id: string, runId: string | undefined): string | undefined {
  if (!ui) return undefined;
  // That tab, and not the first, holds the details: what the release waits for and what to send.
  const run = runId ? `/${runId}/user-metadata` : '';
  return `${ui}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(id)}${run}`;
}
