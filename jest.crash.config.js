const base = require('./jest.config.js');

/** The full matrix of crash tests: every effect × before and after × the way there and back. */
module.exports = {
  ...base,
  testPathIgnorePatterns: ['/node_modules/'],
  roots: ['<rootDir>/test/crash'],
  testTimeout: 180_000,
  // Most of the time of these tests is waiting for a deadline to pass. But each needs a stage of its own: for a few of
  // them, making more than one takes longer than it saves.
  maxConcurrency: process.env.SLIPWAY_CRASH_SHARE ? 1 : 3,
};
