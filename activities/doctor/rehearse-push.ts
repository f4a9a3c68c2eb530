import { randomBytes } from 'node:crypto';
import { fail, pass, unknown, type Look } from '../../release/doctor';
import { classifyRemoteFailure, lastWords, parsePush, remoteWords } from '../../release/git-answers';
import type { Workspace } from '../repository';
import { REMOTE } from '../repository/git';
import type { Act } from './push-acts';

/** The remote gave up for the sake of another ref of the same push. */
const forAnother = /atomic (push failed|transaction failed|push failure)/;

/**
 * What the remote's rules say of an act, by a push that cannot succeed: it is atomic, and makes two refs of which one
 * would have to be the other's folder, which no repository can hold. A remote asks its hooks and rules before it finds
 * that out. Only objects that the remote has are named, so nothing is left behind.
 */
export async function rehearse(workspace: Workspace, act: Act, commit: string): Promise<Look> {
  const doomed = `refs/slipway/doctor-${randomBytes(8).toString('hex')}`;
  const updates = [`${act.to ?? ''}:${act.ref}`, `${commit}:${doomed}`, `${commit}:${doomed}/never`];
  const lease = `--force-with-lease=${act.ref}:${act.from ?? ''}`;
  const result = await workspace.remote(['push', '--porcelain', '--atomic', lease, REMOTE, ...updates]);
  const lines = parsePush(result.stdout);
  const own = lines.find(({ ref }) => ref === act.ref);
  if (own === undefined || own.flag !== '!') {
    const detail = lastWords(result.stderr) || 'git ended without a word';
    const denied = classifyRemoteFailure(result.stderr) === 'denied' || /--atomic/.test(result.stderr);
    return denied
      ? fail(act.name, `the remote refuses: ${detail}`, 'Give the worker credentials that may push there.')
      : unknown(act.name, detail, 'Look again; check the network between the worker and this host.');
  }
  if (/stale info/.test(own.summary)) return unknown(act.name, 'the ref moved meanwhile', 'Look again.');
  const refused = [own, ...lines].find(({ summary, ref }) => !forAnother.test(summary) && ref === act.ref);
  if (refused === undefined) return pass(act.name, 'the remote would take it (rehearsed)');
  const why = [refused.summary.replace(/^\[remote rejected\] \((.*)\)$/, '$1'), remoteWords(result.stderr)]
    .filter(Boolean)
    .join(': ');
  return refusal(act, why);
}

function refusal(act: Act, why: string): Look {
  const todo = `Let the worker's user do this to ${act.ref}, in the rules or hooks of the remote.`;
  if (act.force && act.ref.startsWith('refs/heads/') && /non-fast-forward/.test(why)) {
    const instead = 'Set receive.denyNonFastForwards to false there, or write `undo: revert` for this branch.';
    return fail(act.name, `the remote refuses: ${why}`, instead, 'deny-non-fast-forwards');
  }
  return fail(act.name, `the remote refuses: ${why}`, todo, 'push-hooks');
}
