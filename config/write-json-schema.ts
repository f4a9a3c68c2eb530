/**
 * Program: writes the JSON Schema for editors into the project's config/ folder, or with `--check` exits with 1 if the
 * file there is stale. It works from the sources and from the built program.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { jsonSchemaFile, jsonSchemaText } from './json-schema';
import { projectRoot } from './project-root';

const file = join(projectRoot(), 'config', jsonSchemaFile);
const name = relative(process.cwd(), file);
const text = jsonSchemaText();

if (!process.argv.includes('--check')) {
  writeFileSync(file, text);
  process.stdout.write(`${name} is written.\n`);
} else if (existsSync(file) && readFileSync(file, 'utf8') === text) {
  process.stdout.write(`${name} is fresh.\n`);
} else {
  process.stderr.write(`${name} is stale. Run \`npm run schema\`.\n`);
  process.exitCode = 1;
}
