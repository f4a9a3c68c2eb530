/**
 * Makes this project ready to run, with nothing but Node: installs the packages when they are missing or older than the
 * lock file, compiles when a source has changed since, and bundles the workflows. Everything it says goes to standard
 * error, so that a command's own output stays clean.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { holdLock } from './lock-file.mjs';

/** The project's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Ends the process with a sentence if this Node is too old. */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  say(
    `Slipway needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer one from https://nodejs.org.`,
  );
  process.exit(1);
}

/** Installs the packages if need be. Ends the process if that fails. */
export async function ensureInstalled() {
  if (isInstalledPackage() || packagesAreFresh()) return;
  await underLock(async () => {
    if (packagesAreFresh()) return;
    say('installing packages (npm ci) …');
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    const code = await run(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
      shell: process.platform === 'win32',
    });
    if (code !== 0) stop(`npm ci failed (exit code ${code}). Mend what it says above, then try again.`, code);
  });
}

/**
 * Installs and compiles if need be. Ends the process if that fails.
 *
 * @param {{ despiteTypeErrors?: boolean }} [options] go on with what was compiled when only the types are wrong
 */
export async function ensureBuilt({ despiteTypeErrors = false } = {}) {
  await ensureInstalled();
  if (isInstalledPackage() || buildIsFresh(despiteTypeErrors)) return;
  await underLock(async () => {
    if (!buildIsFresh(despiteTypeErrors)) await build(despiteTypeErrors);
  });
}

/** Runs a program with our terminal, its output on ours (standard error unless `stdio` says else). Returns its exit code. */
export function run(program, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: root, stdio: ['inherit', 2, 2], ...options });
    // A signal of the terminal reaches the child too; one that is sent to us alone must be handed on. We wait for it.
    const handOn = (signal) => child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, handOn);
    const finish = (code) => {
      for (const signal of signals) process.off(signal, handOn);
      resolve(code);
    };
    child.once('error', (error) => {
      say(`${program} could not be started: ${error.message}`);
      finish(127);
    });
    child.once('exit', (code, signal) => (signal === null ? finish(code) : endAs(signal)));
  });
}

/** One line on standard error. */
export function say(line) {
  process.stderr.write(`slipway: ${line}\n`);
}

/** Installed by somebody's npm, with its compiled files: nothing to install or compile here. */
function isInstalledPackage() {
  return root.split(sep).includes('node_modules');
}

function underLock(work) {
  return holdLock(join(root, '.slipway', 'build.lock'), work, (pid) =>
    say(`waiting for process ${pid}, which is building …`),
  );
}

function packagesAreFresh() {
  const wanted = join(root, 'package-lock.json');
  const installed = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return false;
  return statSync(installed).mtimeMs >= statSync(wanted).mtimeMs || samePackages(readJson(wanted), readJson(installed));
}

/** A lock file that was only touched (a checkout, another branch and back) needs no new installation. */
function samePackages(wanted, installed) {
  return Object.entries(wanted.packages).every(([path, { version, integrity, optional }]) => {
    const found = installed.packages[path];
    if (path === '' || (optional && found === undefined)) return true;
    const same = found !== undefined && found.version === version && found.integrity === integrity;
    // npm also notes packages there that it was told not to install.
    return same && existsSync(join(root, path));
  });
}

const sourceFolders = [
  'release',
  'config',
  'workflows',
  'activities',
  'worker',
  'client',
  'examples',
  'benchmarks',
  'screenshots',
  'test',
];
const sourceFiles = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
/** What the workflow bundle is made of, and by. */
const bundledFolders = ['workflows', 'release', 'worker'];

const stampFile = join(root, 'dist', 'build-stamp.json');
const bundler = join(root, 'dist', 'worker', 'build-bundle.js');

function buildIsFresh(despiteTypeErrors) {
  const stamp = readStamp();
  return (
    stamp.code === fingerprint(sourceFolders) && (stamp.typed === true || despiteTypeErrors) && bundleIsFresh(stamp)
  );
}

function bundleIsFresh(stamp) {
  return !existsSync(bundler) || stamp.bundle === fingerprint(bundledFolders);
}

async function build(despiteTypeErrors) {
  // Taken before the compiler reads, so that what is edited meanwhile counts as changed.
  const stamp = { ...readStamp(), code: fingerprint(sourceFolders), typed: true };
  const bundle = fingerprint(bundledFolders);
  say('compiling …');
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const quiet = despiteTypeErrors ? { stdio: 'ignore' } : {};
  const code = await run(process.execPath, [compiler, '-p', 'tsconfig.build.json'], quiet);
  stamp.typed = code === 0;
  // 2 = there are type errors, and the output was written all the same.
  if (code === 2 && despiteTypeErrors) say('there are type errors: `npm run types` shows them. Going on.');
  else if (code !== 0) stop('the project does not compile: `npm run types` shows why.', 1);
  writeStamp(stamp);
  if (bundleIsFresh(stamp)) return;
  say('bundling the workflows …');
  const bundled = await run(process.execPath, [bundler]);
  if (bundled !== 0) stop('the workflows could not be bundled, see above.', 1);
  writeStamp({ ...stamp, bundle });
}

function readStamp() {
  return existsSync(stampFile) ? readJson(stampFile) : {};
}

function writeStamp(stamp) {
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, JSON.stringify(stamp));
}

/** Changes when a source is edited, added, removed or put back. */
function fingerprint(folders) {
  const hash = createHash('sha256');
  const add = (path) => {
    const { mtimeMs, size } = statSync(path);
    hash.update(`${relative(root, path)} ${mtimeMs} ${size}\n`);
  };
  const walk = (folder) => {
    const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts')) add(path);
    }
  };
  for (const file of sourceFiles) add(join(root, file));
  for (const folder of folders) if (existsSync(join(root, folder))) walk(join(root, folder));
  return hash.digest('hex');
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return {};
  }
}

function stop(sentence, code) {
  say(sentence);
  process.exit(code === 0 ? 1 : code);
}

/** Ends as the child did, so that whoever waits for us sees the same. */
function endAs(signal) {
  process.exit(128 + constants.signals[signal]);
}
