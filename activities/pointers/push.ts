import { SlipwayError } from '../../release/errors';
import type { ChangeAnswer, RefUpdate } from '../repository';
import { sleep } from '../sleep';
import type { Scene } from './scene';

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
 * Changes all refs at once, each by an exact compare-and-swap. What the remote answers is not proof of anything: the
 * caller looks again. Throws the attempt's reason if that was aborted; nothing is sent then.
 */
export async function pushAtomically(
  scene: Scene,
  effect: Effect,
  updates: readonly RefUpdate[],
): Promise<ChangeAnswer> {
  await scene.surroundings.reach(`${effect}:before`);
  scene.attempt.signal.throwIfAborted();
  const answer = await scene.host.change(updates);
  await scene.surroundings.reach(`${effect}:after`);
  return answer;
}

/** Milliseconds that a remote which wants to be left alone is waited for here; beyond it the next attempt will do. */
const longestWait = 60_000;

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
  let answer: ChangeAnswer | undefined;
  for (let round = 0; ; round++) {
    const seen = await look();
    if ('done' in seen) return { result: seen.done, acted: answer !== undefined };
    if (answer) await refuse(scene, answer, round);
    answer = await pushAtomically(scene, effect, seen.push);
  }
}

/** Throws unless another round is worth it: the push lost a race, or was only told to come again soon. */
async function refuse(scene: Scene, answer: ChangeAnswer, round: number): Promise<void> {
  const url = scene.host.shown;
  switch (answer.kind) {
    case 'refused':
      throw new SlipwayError('PUSH_REJECTED', { ref: answer.ref, detail: answer.detail });
    case 'denied':
      throw new SlipwayError('REMOTE_DENIED', { url, detail: answer.detail });
    case 'no answer':
      throw new SlipwayError('REMOTE_UNREACHABLE', { url, detail: answer.detail });
    case 'later':
      if (answer.wait > longestWait || round >= rounds) {
        const until = new Date(Date.now() + answer.wait).toISOString();
        throw new SlipwayError('GITHUB_RATE_LIMITED', { repository: url, until, detail: answer.detail });
      }
      scene.attempt.progress(`${answer.detail}: waiting for ${Math.ceil(answer.wait / 1_000)} s`);
      return sleep(answer.wait, scene.attempt.signal);
    case 'lost race':
    case 'done':
      if (round < rounds) return;
      throw new SlipwayError('REMOTE_UNREACHABLE', { url, detail: `${round} pushes in a row changed nothing` });
  }
}
