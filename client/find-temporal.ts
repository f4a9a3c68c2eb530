import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { ConnectionOptions } from '@temporalio/client';
import { ledgerUrl, readStackFile } from '../config/stack-file';
import { SlipwayError } from '../release/errors';
import { stackFolderOf, type ProjectContext } from './project-context';

/** Which Temporal a command talks to, and how it came to it. */
export interface TemporalPlace {
  readonly from: 'environment' | 'embedded stack';
  readonly address: string;
  readonly namespace: string;
  readonly options: ConnectionOptions;
  /** Address of its Web UI without a slash at its end, if it is known. */
  readonly ui: string | undefined;
  /** Address of the ledger on the embedded stack: for workers. */
  readonly ledgerUrl?: string;
}

/** Where a command looks for Temporal. */
export interface TemporalSearch {
  readonly context: ProjectContext | undefined;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** The environment that the command is about; undefined = any. */
  readonly environment: string | undefined;
}

/**
 * The server named by the standard `TEMPORAL_…` variables or a profile; else the embedded stack of the project, if the
 * environment may run there. Fails with EMBEDDED_NOT_ALLOWED, TEMPORAL_MISSING or TEMPORAL_ADDRESS_INVALID. Connects to nothing.
 */
export function findTemporal({ context, cwd, env, environment }: TemporalSearch): TemporalPlace {
  const given = givenTemporal(env);
  if (given) return given;
  refuseEmbedded(context, environment);
  const folder = stackFolderOf(context, cwd);
  const stack = readStackFile(folder);
  if (!stack) {
    const tried = `TEMPORAL_ADDRESS is not set, no profile names an address, and no stack runs in ${folder}`;
    throw new SlipwayError('TEMPORAL_MISSING', { tried });
  }
  const { address, namespace, uiAddress } = stack;
  const ledger = ledgerUrl(stack.databaseUrl);
  return { from: 'embedded stack', address, namespace, options: { address }, ui: uiAddress, ledgerUrl: ledger };
}

/** A host, or an IPv6 address in brackets, with a port if there is one. */
const addressForm = /^(\[[0-9a-f:.]+\]|[^\s/:@[\]]+)(:\d{1,5})?$/i;

function givenTemporal(env: NodeJS.ProcessEnv): TemporalPlace | undefined {
  const defined = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const { connectionOptions, namespace = 'default' } = readProfile(defined);
  const { address } = connectionOptions;
  if (!address) return undefined;
  if (!addressForm.test(address))
    throw new SlipwayError('TEMPORAL_ADDRESS_INVALID', { address: JSON.stringify(address.replace(/.*@/s, '***@')) });
  const options = connectionOptions as ConnectionOptions;
  return { from: 'environment', address, namespace, options, ui: uiOf(address, env) };
}

function readProfile(env: Record<string, string>): ReturnType<typeof loadClientConnectConfig> {
  try {
    return loadClientConnectConfig({ overrideEnvVars: env });
  } catch (error) {
    const tried = `the TEMPORAL_… variables or the profile cannot be used (${error instanceof Error ? error.message : String(error)})`;
    throw new SlipwayError('TEMPORAL_MISSING', { tried }, { cause: error });
  }
}

function uiOf(address: string, env: NodeJS.ProcessEnv): string | undefined {
  const named = env['SLIPWAY_UI_ADDRESS'];
  if (named) return named.replace(/\/+$/, '');
  return /\.(tmprl\.cloud|temporal\.io)(:\d+)?$/.test(address) ? 'https://cloud.temporal.io' : undefined;
}

/** Two laptops with stacks of their own must not both believe that they hold an environment. */
function refuseEmbedded(context: ProjectContext | undefined, environment: string | undefined): void {
  if (!context) return;
  const { environments } = context.project;
  const meant = environment === undefined ? Object.values(environments) : [environments[environment]];
  if (meant.some((rules) => rules === undefined || rules.embedded)) return;
  throw new SlipwayError('EMBEDDED_NOT_ALLOWED', { environment: environment ?? Object.keys(environments).join(', ') });
}
