/** Packages that ship only ECMAScript modules and that tests load; jest needs them as CommonJS. */
const esmPackages = ['@octokit', 'before-after-hook', 'content-type', 'json-with-bigint', 'universal-user-agent'];

const transformed = esmPackages.length ? `/node_modules/(?!(${esmPackages.join('|')})/)` : '/node_modules/';

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: '<rootDir>/test/support/environment.ts',
  roots: ['<rootDir>/test'],
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/crash/'],
  transform: { '^.+\\.[jt]s$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  transformIgnorePatterns: [transformed, '<rootDir>/dist/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/.slipway/'],
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  testTimeout: 120_000,
  // More than cores: much of what they do is waiting.
  maxWorkers: 3,
  // Starting a program copies the page tables of who starts it: from a process that has run ten suites that takes three
  // times as long as from a new one, and the tests start thousands.
  workerIdleMemoryLimit: '150MB',
};
