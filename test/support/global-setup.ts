import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runningProcess } from '../../config/running-process';
import { searchAttributeNames } from '../../workflows/search-attributes';
import { startStack, type Stack } from '../../worker/embedded/start-stack';

const root = join(__dirname, '..', '..');
const stacks = join(root, '.slipway', 'test');

/** The stack of this test run, for the teardown. */
declare global {
  var slipwayTestStack: Stack | undefined;
}

/**
 * Before all tests: compiles what changed, and starts one stack whose addresses all tests find in their environment
 * (SLIPWAY_TEST_TEMPORAL_ADDRESS, SLIPWAY_TEST_UI_ADDRESS, SLIPWAY_TEST_DATABASE_URL). The stack ends with this
 * process, also when that is killed.
 */
export default async function setUp(): Promise<void> {
  compile();
  removeAbandoned();
  const stack = await startStack({
    folder: join(stacks, String(process.pid)),
    fresh: true,
    inMemory: true,
    fast: true,
    temporary: true,
    searchAttributes: Object.fromEntries(Object.values(searchAttributeNames).map((name) => [name, 'Keyword'])),
    onProgress: (line) => process.stderr.write(`${line}\n`),
  });
  globalThis.slipwayTestStack = stack;
  process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS'] = stack.address;
  process.env['SLIPWAY_TEST_UI_ADDRESS'] = stack.uiAddress;
  process.env['SLIPWAY_TEST_DATABASE_URL'] = stack.databaseUrl;
  keepEnvironmentOut();
}

/** Types are another check: a test of one part runs while another part is being written. */
function compile(): void {
  const program = join(root, 'client', 'bootstrap.mjs');
  const { status } = spawnSync(process.execPath, [program, 'build', '--despite-type-errors'], {
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error('the project could not be built, see above');
}

/** What test runs that were killed have left. */
function removeAbandoned(): void {
  for (const name of readFolder(stacks)) {
    // Workspaces are shared by runs at the same time, and clean up after themselves.
    if (/^\d+$/.test(name) && runningProcess(Number(name)) === undefined)
      rmSync(join(stacks, name), { recursive: true, force: true, maxRetries: 3 });
  }
}

function readFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** No test may reach a server that the person at the keyboard works with. */
function keepEnvironmentOut(): void {
  for (const name of Object.keys(process.env)) {
    if (name.startsWith('TEMPORAL_') || name === 'SLIPWAY_DATABASE_URL') delete process.env[name];
  }
}
