import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Versions } from '../release/doctor';

/** What this program is made of, to be compared with a worker. */
export function clientVersions(): Versions {
  const sdk = versionIn(require.resolve('@temporalio/client/package.json'), '@temporalio/client') ?? 'unknown';
  return { slipway: slipwayVersion(), node: process.versions.node, sdk };
}

/** The version in package.json, which lies above `client` and above `dist/client`. */
export function slipwayVersion(): string {
  const files = ['..', join('..', '..')].map((up) => join(__dirname, up, 'package.json'));
  return files.map((file) => versionIn(file, 'slipway')).find((version) => version !== undefined) ?? 'unknown';
}

function versionIn(file: string, wanted: string): string | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string };
    return name === wanted ? version : undefined;
  } catch {
    return undefined;
  }
}
