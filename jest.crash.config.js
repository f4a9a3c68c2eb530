const { execFileSync } = require('node:child_process');
const { readdirSync } = require('node:fs');
const { dirname, join } = require('node:path');
const base = require('./jest.config.js');

const root = dirname(require.resolve('./jest.config.js'));
const folder = join(root, 'test', 'crash');
const isShare = Boolean(process.env.SLIPWAY_CRASH_SHARE);

/** Those that take a share of the matrix themselves, and the one that holds it complete. */
const always = ['coverage.test.ts', 'kill.test.ts', 'stop.test.ts'];

/** Of the others every third one where only a share is wanted: the next commits are likely to take the rest. */
function suites() {
  const others = readdirSync(folder)
    .filter((name) => name.endsWith('.test.ts') && !always.includes(name))
    .sort();
  const mine = others.filter((_, index) => index % 3 === turn());
  return [...always, ...mine].map((name) => `<rootDir>/test/crash/${name}`);
}

/** Told by the commit, so that the same one always runs the same. */
function turn() {
  try {
    const commit = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: root, stdio: ['ignore', 'pipe', 'ignore'] });
    return parseInt(commit.toString().slice(0, 8), 16) % 3;
  } catch {
    return 0;
  }
}

/** The full matrix of crash tests: every effect × before and after × the way there and back. */
module.exports = {
  ...base,
  testPathIgnorePatterns: ['/node_modules/'],
  roots: ['<rootDir>/test/crash'],
  ...(isShare && { testMatch: suites() }),
  testTimeout: 180_000,
  // Most of the time of these tests is waiting for a deadline to pass. But each needs a stage of its own: for a few of
  // them, making more than one takes longer than it saves.
  maxConcurrency: isShare ? 1 : 3,
};
