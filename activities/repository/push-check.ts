import { SlipwayError } from '../../release/errors';
import type { Finding } from '../../release/facts';
import { judgePush, maskUrl } from '../../release/git-answers';
import { REMOTE } from './git';
import type { Workspace } from './workspace';

/**
 * Whether the remote takes pushes with our credentials: a dry run for a ref that is never made. `refs/slipway/…` is
 * where the fences stand. Rules that hooks enforce cannot be seen this way. Throws REMOTE_UNREACHABLE where there is no
 * answer, so that it is asked again: one that is lost once would otherwise end a release which people have approved.
 */
export async function checkPush(workspace: Workspace, commit: string): Promise<Finding> {
  const update = `${commit}:refs/slipway/push-check`;
  const result = await workspace.remote(['push', '--porcelain', '--dry-run', '--force', REMOTE, update]);
  const answer = judgePush(result);
  switch (answer.kind) {
    case 'done':
      return { verdict: 'passed', detail: `${workspace.shownUrl} answers and takes pushes` };
    case 'denied':
    case 'refused':
      return {
        verdict: 'failed',
        detail: `${workspace.shownUrl} takes no pushes from this worker: ${answer.detail}; let its user push`,
      };
    case 'no answer':
      throw new SlipwayError('REMOTE_UNREACHABLE', { url: workspace.shownUrl, detail: answer.detail });
    case 'lost race':
      return { verdict: 'unknown', detail: `${workspace.shownUrl}: ${answer.detail}` };
  }
}

/** The finding for an error of the remote; any other error is thrown again. */
export function remoteFinding(error: unknown, url: string): Finding {
  if (!(error instanceof SlipwayError)) throw error;
  if (!['REMOTE_UNREACHABLE', 'REMOTE_MISSING', 'REMOTE_DENIED'].includes(error.code)) throw error;
  const verdict = error.code === 'REMOTE_UNREACHABLE' ? 'unknown' : 'failed';
  return { verdict, detail: `${maskUrl(url)}: ${error.details['detail'] ?? ''}` };
}
