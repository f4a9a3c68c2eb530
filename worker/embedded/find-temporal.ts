import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { SlipwayError } from '../../release/errors';
import { buildTemporal, downloadTemporal, type FetchContext } from './fetch-temporal';
import { onPath } from './on-path';
import { cachedTemporal, temporalVersion } from './temporal-cache';

/** A Temporal CLI that runs and can start a server. */
export interface FoundTemporal {
  readonly path: string;
  /** Where it came from, for people: "temporal on the PATH", … */
  readonly source: string;
}

/**
 * The first Temporal CLI that works: `SLIPWAY_TEMPORAL_CLI`, the PATH, the user's cache, the SDK's download, a build
 * with Go. The last two take time and say so through `progress`.
 *
 * Fails with STACK_FAILED, naming all that was tried, if none works; and at once if `SLIPWAY_TEMPORAL_CLI` is set and
 * does not work, since whoever set it wants that one.
 */
export async function findTemporal(context: FetchContext): Promise<FoundTemporal> {
  const named = context.env['SLIPWAY_TEMPORAL_CLI'];
  if (named) {
    const problem = await whyUnusable(named, context.env);
    if (problem === undefined) return { path: named, source: 'SLIPWAY_TEMPORAL_CLI' };
    throw failure(
      `SLIPWAY_TEMPORAL_CLI names ${named}, which ${problem}`,
      'Name a Temporal CLI that runs, or unset it.',
    );
  }
  const tried: string[] = [];
  for (const way of ways) {
    try {
      const path = await way.find(context);
      const problem = await whyUnusable(path, context.env);
      if (problem === undefined) return { path, source: way.name };
      tried.push(`${way.name}: ${path} ${problem}`);
    } catch (error) {
      tried.push(`${way.name}: ${(error as Error).message}`);
    }
  }
  throw failure(
    `no Temporal CLI could be had. ${tried.join('; ')}`,
    `Install the Temporal CLI (https://docs.temporal.io/cli) so that \`temporal\` is on the PATH, or install Go so that ` +
      `version ${temporalVersion} can be built, or set TEMPORAL_ADDRESS to a server of yours.`,
  );
}

const ways: readonly { name: string; find: (context: FetchContext) => string | Promise<string> }[] = [
  { name: 'temporal on the PATH', find: ({ env }) => onThePath(env) },
  { name: 'the cache', find: ({ env }) => inCache(env) },
  { name: "the SDK's download", find: downloadTemporal },
  { name: 'a build with Go', find: buildTemporal },
];

function failure(detail: string, hint: string): SlipwayError {
  return new SlipwayError('STACK_FAILED', { part: 'Temporal', detail, hint });
}

function onThePath(env: NodeJS.ProcessEnv): string {
  const path = onPath('temporal', env);
  if (path === undefined) throw new Error('there is none');
  return path;
}

function inCache(env: NodeJS.ProcessEnv): string {
  const path = cachedTemporal(env);
  if (!existsSync(path)) throw new Error(`${path} is not there`);
  return path;
}

/** Undefined if this program can start a development server as we need it, else a half sentence that says why not. */
function whyUnusable(path: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(path, ['server', 'start-dev', '--help'], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 20_000,
    });
    let help = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (help += text));
    child.once('error', (error) => resolve(`does not run (${error.message})`));
    child.once('close', (code) => {
      if (code !== 0) resolve(`does not run (exit code ${code})`);
      else
        resolve(
          help.includes('--sqlite-pragma')
            ? undefined
            : 'has no `server start-dev` that fits: it is too old, or no Temporal',
        );
    });
  });
}
