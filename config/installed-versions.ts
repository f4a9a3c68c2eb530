import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Versions } from '../release/doctor';
import { projectRoot } from './project-root';

/** What this program is made of. `sdk` is the package of Temporal's SDK that it uses. Never fails. */
export function installedVersions(sdk: '@temporalio/client' | '@temporalio/worker'): Versions {
  return {
    slipway: slipwayVersion(),
    node: process.versions.node,
    sdk: versionIn(() => require.resolve(`${sdk}/package.json`)),
  };
}

/** The version of Slipway itself; `unknown` where its package.json is not to be read. Never fails. */
export function slipwayVersion(): string {
  return versionIn(() => join(projectRoot(), 'package.json'));
}

function versionIn(fileOf: () => string): string {
  try {
    const { version } = JSON.parse(readFileSync(fileOf(), 'utf8')) as { version?: string };
    return version ?? 'unknown';
  } catch {
    return 'unknown';
  }
}
