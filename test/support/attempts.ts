import { createRedactor } from '../../activities/redaction';
import { parseProject } from '../../config/load-project';
import type { Attempt, Surroundings } from '../../activities/surroundings';
import { noLedger } from './no-ledger';

/** The surroundings of an activity that runs without Temporal: `env` is its worker's environment. */
export function someSurroundings(
  env: Readonly<Record<string, string>>,
  change: Partial<Surroundings> = {},
): Surroundings {
  const { remember, redact } = createRedactor();
  return {
    lookup: remember((name) => env[name]),
    redact,
    workspaces: '/nonexistent',
    cluster: 'localhost/test',
    versions: { slipway: '1.2.3', node: process.versions.node, sdk: '1.2.3' },
    ledger: noLedger,
    isReleaseOpen: async () => undefined,
    parseProject: (text, where) => parseProject(text, where).project,
    receivedAt: async () => undefined,
    requestRelease: () => Promise.reject(new Error('nothing here asks for releases')),
    environments: noEnvironments,
    reach: async () => undefined,
    ...change,
  };
}

/** A Temporal without environments. */
export const noEnvironments: Surroundings['environments'] = {
  state: async () => undefined,
  last: async () => undefined,
  tell: () => Promise.reject(new Error('nothing here tells environments')),
  watched: async () => undefined,
  keepWatch: () => Promise.reject(new Error('nothing here is watched')),
};

/** An attempt that is cancelled by `signal`; what it reports goes to `progress`. */
export function anAttempt(
  progress: (details: unknown) => void = () => undefined,
  signal: AbortSignal = new AbortController().signal,
): Attempt {
  return { signal, progress };
}
