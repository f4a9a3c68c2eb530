import type { Lookup } from '../../release/env-references';

/** Whether a worker with these variables is itself a job of GitHub Actions: what its job's token pushes starts no workflow. */
export function isActionsJob(lookup: Lookup): boolean {
  return lookup('GITHUB_ACTIONS') === 'true';
}
