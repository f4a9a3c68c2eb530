import type { LockRequest } from './environment-state';

/**
 * Whether a release gets the environment although what runs there is not what the last one left: recoveries do, and
 * rollbacks that people ask for, since both put things right.
 */
export function mayPassDrift({ releaseId, kind }: LockRequest): boolean {
  return releaseId.startsWith('recovery/') || kind === 'rollback';
}
