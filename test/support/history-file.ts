/** Recorded histories: real ones, with nothing in them of the machine that recorded them. */
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporal } from '@temporalio/proto';
import { projectRoot } from '../../examples/shop/project-root';

type History = temporal.api.history.v1.IHistory;

const { History: format } = temporal.api.history.v1;

/** Folder of the recorded histories, one folder in it for each released version of Slipway. */
export const historiesFolder = join(projectRoot, 'test', 'histories');

/** Writes a history as `<version>/<name>.json`. */
export async function saveHistory(version: string, name: string, history: History): Promise<void> {
  const folder = join(historiesFolder, version);
  await mkdir(folder, { recursive: true });
  const plain = format.toObject(format.fromObject(history), { longs: String, enums: String, bytes: String });
  const text = JSON.stringify(scrub(plain), null, 1);
  await writeFile(join(folder, `${name}.json`), `${text}\n`);
}

/** Every recorded history, by `<version>/<name>`. */
export function recordedHistories(): { name: string; history: History }[] {
  return readdirSync(historiesFolder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.json'))
    .sort()
    .map((path) => ({
      name: path.replace(/\.json$/, ''),
      history: format.fromObject(
        JSON.parse(readFileSync(join(historiesFolder, path), 'utf8')) as Record<string, unknown>,
      ),
    }));
}

/** Without this machine's paths, names and stacks; payloads are looked into. */
function scrub(value: unknown, key = ''): unknown {
  if (key === 'identity' || key === 'stackTrace') return '';
  if (key === 'data' && typeof value === 'string') {
    return Buffer.from(clean(Buffer.from(value, 'base64').toString())).toString('base64');
  }
  if (typeof value === 'string') return clean(value);
  if (Array.isArray(value)) return value.map((item) => scrub(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, scrub(item, name)]));
}

const clean = (text: string): string => text.replaceAll(projectRoot, '/project');
