import { homedir } from 'node:os';
import { join } from 'node:path';

/** The version of the Temporal CLI that Slipway downloads or builds. */
export const temporalVersion = '1.5.1';

/** The user's cache folder for Slipway. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const home = env['HOME'] ?? homedir();
  if (env['XDG_CACHE_HOME']) return join(env['XDG_CACHE_HOME'], 'slipway');
  if (process.platform === 'darwin') return join(home, 'Library', 'Caches', 'slipway');
  if (process.platform === 'win32') return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'slipway');
  return join(home, '.cache', 'slipway');
}

/** Where a downloaded or built Temporal CLI is kept. */
export function cachedTemporal(env: NodeJS.ProcessEnv): string {
  return join(
    cacheFolder(env),
    `temporal-${temporalVersion}`,
    process.platform === 'win32' ? 'temporal.exe' : 'temporal',
  );
}
