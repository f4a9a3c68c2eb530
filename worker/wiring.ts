import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createLedger } from '../activities/ledger/ledger';
import type { Surroundings } from '../activities/surroundings';
import type { Redactor } from '../activities/redaction';
import { installedVersions } from '../config/installed-versions';
import { environmentDoor } from './environment-door';
import { parseProject } from '../config/load-project';
import { receiptReader } from './message-receipt';
import { releaseRequester } from './request-release';
import { isWorkflowOpen, type TemporalConnection } from './temporal-connection';

/** Everything that the activities of a worker get from outside. `reach` does nothing: only crash tests use it. */
export function wire(
  connection: Pick<TemporalConnection, 'client' | 'cluster'>,
  redactor: Redactor,
  options: { readonly workspaces?: string; readonly reach?: Surroundings['reach'] } = {},
): Surroundings {
  const workspaces = options.workspaces ?? join(cacheFolder(), 'workspaces');
  mkdirSync(workspaces, { recursive: true });
  const lookup = redactor.remember((name) => process.env[name]);
  const url = lookup('SLIPWAY_DATABASE_URL');
  return {
    lookup,
    redact: redactor.redact,
    parseProject: (text, where) => parseProject(text, where).project,
    workspaces,
    cluster: connection.cluster,
    versions: installedVersions('@temporalio/worker'),
    ledger: createLedger({ url, redact: redactor.redact }),
    isReleaseOpen: (id, runId) => isWorkflowOpen(connection.client, id, runId),
    receivedAt: receiptReader(connection.client),
    requestRelease: releaseRequester(connection.client),
    environments: environmentDoor(connection.client),
    reach: options.reach ?? (async () => undefined),
  };
}

/** The user's cache folder for Slipway: what is in it can be made again. */
function cacheFolder(): string {
  if (process.env['SLIPWAY_CACHE']) return process.env['SLIPWAY_CACHE'];
  if (process.platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'slipway');
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'slipway');
}
