import { loadClientConfigProfile } from '@temporalio/envconfig';

/** A Temporal server that the environment names. */
export interface GivenServer {
  readonly address: string;
  readonly namespace: string;
}

/**
 * The server named by `TEMPORAL_ADDRESS` or by a profile of Temporal's configuration file; undefined if neither names
 * one, and then (only then) a stack may be started. Fails if `TEMPORAL_PROFILE` names no profile, or the file is
 * unreadable.
 */
export function givenServer(env: NodeJS.ProcessEnv = process.env): GivenServer | undefined {
  const defined = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const profile = loadClientConfigProfile({ overrideEnvVars: defined });
  if (profile.address === undefined || profile.address === '') return undefined;
  return { address: profile.address, namespace: profile.namespace ?? 'default' };
}
