/**
 * Behind the npm scripts: makes a fresh clone ready, then runs what was asked for.
 *
 *   node client/bootstrap.mjs <command> [arguments…]
 *
 * The commands below, and every command of the `slipway` program.
 */
import { join } from 'node:path';
import { checkNode, ensureBuilt, ensureInstalled, root, run, say } from './ensure-built.mjs';
import { endWithNpm, runInPlace } from './run-in-place.mjs';

const compiled = (...path) => join(root, 'dist', ...path);
const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');

const commands = {
  // The tests' own set-up compiles.
  test: (args) => runTests(args),
  'test:crash': (args) => runTests(['-c', 'jest.crash.config.js', ...args]),
  build: (args) => ensureBuilt({ despiteTypeErrors: args.includes('--despite-type-errors') }),
  bench: (args) => runBuilt(compiled('benchmarks', 'main.js'), args),
  screenshots: (args) => runBuilt(compiled('screenshots', 'main.js'), args),
  endurance: (args) => runBuilt(compiled('benchmarks', 'endurance.js'), args),
  schema: (args) => runBuilt(compiled('config', 'write-json-schema.js'), args),
  check: (args) => check(args),
};

async function main([command, ...args]) {
  checkNode();
  endWithNpm();
  if (command === undefined) {
    say(`say what to run: ${Object.keys(commands).join(', ')}, or a command of slipway such as demo, dev or worker.`);
    process.exit(1);
  }
  const own = Object.hasOwn(commands, command) ? commands[command] : undefined;
  await (own ? own(args) : runBuilt(compiled('client', 'main.js'), [command, ...args]));
}

async function runBuilt(program, args) {
  await ensureBuilt();
  runInPlace(program, args);
}

async function runTests(args) {
  await ensureInstalled();
  process.chdir(root);
  runInPlace(jest, args);
}

/** Everything that must hold before a change is merged. All of it runs, so that all that is wrong is seen at once. */
async function check(testArgs) {
  await ensureInstalled();
  const program = (...path) => join(root, 'node_modules', ...path);
  const steps = [
    ['types', program('typescript', 'bin', 'tsc'), '--noEmit'],
    ['lint', program('eslint', 'bin', 'eslint.js'), '.'],
    ['format', program('prettier', 'bin', 'prettier.cjs'), '--check', '.'],
    ['schema', join(root, 'client', 'bootstrap.mjs'), 'schema', '--check'],
    ['tests', jest, ...testArgs],
  ];
  const failed = [];
  for (const [name, ...command] of steps) {
    say(`check: ${name} …`);
    if ((await run(process.execPath, command, { stdio: 'inherit' })) !== 0) failed.push(name);
  }
  say(failed.length === 0 ? 'check: all is well' : `check: failed: ${failed.join(', ')}`);
  process.exitCode = failed.length === 0 ? 0 : 1;
}

await main(process.argv.slice(2));
