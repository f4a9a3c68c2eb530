import { SlipwayError } from '../../release/errors';
import { judgePush, type PushAnswer } from '../../release/git-answers';
import { REMOTE } from '../repository/git';
import type { Scene } from './scene';

/** A ref and its change; null = absent. The remote must have exactly `from`, or nothing at all is changed. */
export interface RefUpdate {
  readonly ref: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** The points at which crash tests can stop a worker; each has a `:before` and an `:after`. */
export type Effect =
  | 'fence-take'
  | 'fence-raise'
  | 'fence-free'
  | 'move-tag'
  | 'move-branch'
  | 'undo-tag'
  | 'undo-branch'
  | 'delete-tag'
  | 'builds-cancel'
  | 'undo-command';

/** How often a lost race is tried again: other services of the release may be moving theirs. */
const rounds = 20;

/**
 * Pushes all updates in one atomic push, each with an exact lease. What git answers is not proof of anything: the
 * caller looks again. Throws the attempt's reason if that was aborted; nothing is sent then.
 */
export async function pushAtomically(scene: Scene, effect: Effect, updates: readonly RefUpdate[]): Promise<PushAnswer> {
  const leases = updates.map(({ ref, from }) => `--force-with-lease=${ref}:${from ?? ''}`);
  const refspecs = updates.map(({ ref, to }) => `${to ?? ''}:${ref}`);
  await scene.surroundings.reach(`${effect}:before`);
  scene.attempt.signal.throwIfAborted();
  const result = await scene.workspace.remote(['push', '--porcelain', '--atomic', ...leases, REMOTE, ...refspecs]);
  await scene.surroundings.reach(`${effect}:after`);
  return judgePush(result);
}

/** What one round has come to: it is as wanted (`done`), or this must be pushed. */
export type Round<T> = { readonly done: T } | { readonly push: readonly RefUpdate[] };

/**
 * Observe, act, confirm: `look` observes and says what to push, until it finds everything as wanted; it throws if it
 * finds anything else. The result says whether this attempt pushed (`acted`), or found it done.
 * Throws PUSH_REJECTED, REMOTE_DENIED, or REMOTE_UNREACHABLE where it could not be told what became of the push.
 */
export async function untilDone<T>(
  scene: Scene,
  effect: Effect,
  look: () => Promise<Round<T>>,
): Promise<{ result: T; acted: boolean }> {
  let answer: PushAnswer | undefined;
  for (let round = 0; ; round++) {
    const seen = await look();
    if ('done' in seen) return { result: seen.done, acted: answer !== undefined };
    if (answer) refuse(scene, answer, round);
    answer = await pushAtomically(scene, effect, seen.push);
  }
}

/** Throws unless the push lost a race that is worth another round. */
function refuse(scene: Scene, answer: PushAnswer, round: number): void {
  const url = scene.workspace.shownUrl;
  switch (answer.kind) {
    case 'refused':
      throw new SlipwayError('PUSH_REJECTED', { ref: answer.ref, detail: answer.detail });
    case 'denied':
      throw new SlipwayError('REMOTE_DENIED', { url, detail: answer.detail });
    case 'no answer':
      throw new SlipwayError('REMOTE_UNREACHABLE', { url, detail: answer.detail });
    case 'lost race':
    case 'done':
      if (round < rounds) return;
      throw new SlipwayError('REMOTE_UNREACHABLE', { url, detail: `${round} pushes in a row changed nothing` });
  }
}
