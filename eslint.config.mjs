import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import prettier from 'eslint-config-prettier';

/**
 * The house's import rules (docs/architecture.md): arrows point one way, and lint holds it.
 * `forbidden` are folders that may not be imported at all, `typesOnly` ones whose types may be.
 */
function walls(folder, { forbidden = [], typesOnly = [], packages = [], message }) {
  const group = (names) => [
    ...names.flatMap((name) => [`**/${name}/*`, `**/${name}/**`, `**/${name}`]),
    // Packages with the name of one of our folders.
    ...names.map((name) => `!@temporalio/${name}`),
  ];
  const patterns = [];
  if (forbidden.length) patterns.push({ group: group(forbidden), message });
  if (typesOnly.length) patterns.push({ group: group(typesOnly), allowTypeImports: true, message });
  if (packages.length) patterns.push({ group: packages, message });
  return {
    files: [`${folder}/**/*.ts`],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns }] },
  };
}

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', '.slipway/**', 'test/histories/**', 'examples/**/*.mjs'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/require-await': 'off',
      'no-console': 'error',
    },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        Buffer: 'readonly',
      },
    },
  },
  {
    files: ['jest*.config.js'],
    languageOptions: { globals: { module: 'writable', require: 'readonly', process: 'readonly' } },
  },
  walls('release', {
    forbidden: ['config', 'workflows', 'activities', 'worker', 'client'],
    packages: ['node:*', '@temporalio/*', 'zod', 'pg', 'yaml', 'pino', 'fs', 'path', 'child_process', 'crypto'],
    message: 'release/ is pure: it imports nothing of ours and no library that does I/O.',
  }),
  walls('config', {
    forbidden: ['workflows', 'activities', 'worker', 'client'],
    packages: ['@temporalio/*', 'pg'],
    message: 'config/ may import release/ only.',
  }),
  walls('workflows', {
    forbidden: ['worker', 'client'],
    typesOnly: ['activities', 'config'],
    packages: ['node:*', 'zod', 'pg', 'yaml', 'pino', 'fs', 'path', 'child_process', 'crypto'],
    message: 'workflows/ are deterministic: release/ and the workflow SDK only; activities and config as types.',
  }),
  walls('activities', {
    forbidden: ['config', 'workflows', 'worker', 'client'],
    message: 'activities/ may import release/ only.',
  }),
  walls('worker', { forbidden: ['client'], message: 'nobody imports client/.' }),
  walls('client', {
    forbidden: ['activities', 'worker'],
    message: 'client/ may import release/, config/ and the messages and types of workflows/.',
  }),
  {
    files: ['client/**/*.ts', 'benchmarks/**/*.ts', 'screenshots/**/*.ts', 'examples/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts', 'benchmarks/**/*.ts', 'screenshots/**/*.ts', 'examples/**/*.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': 'off' },
  },
  prettier,
);
