import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The full path of the program `name` on the PATH of `env`, or undefined if there is none. Never fails. */
export function onPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  const folders = (env['PATH'] ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, file)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
