/** Stopping what a pointer's move has started at its host, before the pointer is put back. */
import { setTimeout as sleep } from 'node:timers/promises';
import { countActive } from '../../release/active-builds';
import { resolveReferences } from '../../release/env-references';
import { SlipwayError } from '../../release/errors';
import type { PointerMove } from '../../release/pointer-move';
import type { Builds } from '../../release/project';
import { fillName } from '../../release/ref-names';
import { httpRequest } from '../checks/http-request';
import type { Attempt } from '../surroundings';
import type { Scene } from './scene';

/** Milliseconds for one request to the host. */
const requestTimeout = 10_000;

/** Milliseconds that builds are given to end before they are cancelled again. */
const cancelInterval = 2_000;

/**
 * Cancels what the move started and waits until nothing of it has been active for the settle time. A host that cannot
 * be asked is given the settle time once. Throws NOT_QUIET when the patience is over.
 */
export async function awaitQuiet(scene: Scene, configured: Builds, move: PointerMove): Promise<void> {
  const builds = filled(scene, configured, move);
  const host = new Host(scene, builds);
  const end = Date.now() + builds.patience;
  let quietSince: number | undefined;
  for (;;) {
    const stirring = await host.stir();
    const now = Date.now();
    quietSince = stirring === undefined ? (quietSince ?? now) : undefined;
    if (quietSince !== undefined && now - quietSince >= builds.settle) return;
    // Where nobody can be asked there is nothing to be impatient about: the settle time only has to pass.
    if (now >= end && !(quietSince !== undefined && builds.active === undefined)) {
      const detail = stirring ?? 'quiet, but not for long enough';
      throw new SlipwayError('NOT_QUIET', { pointer: move.ref, limit: `${builds.patience} ms`, detail });
    }
    scene.attempt.progress(`${move.ref}: ${stirring ?? 'quiet'}`);
    const rest = quietSince === undefined ? Infinity : quietSince + builds.settle - now;
    await pause(Math.max(1, Math.min(250, rest)), scene.attempt);
  }
}

/** The host of the builds, as far as it can be asked. */
class Host {
  private lastCount = 0;
  private cancelledAt = -Infinity;

  constructor(
    private readonly scene: Scene,
    private readonly builds: Builds,
  ) {}

  /** Looks, and cancels what is seen; returns what stirs, in words, or undefined if nothing does. */
  async stir(): Promise<string | undefined> {
    const active = await this.countActive();
    if (typeof active === 'string') return active;
    if (active === undefined) return this.cancelledAt > 0 ? undefined : this.cancel();
    const more = active > this.lastCount;
    this.lastCount = active;
    if (active === 0) return undefined;
    // What has come up since the last cancel is cancelled too; so is what that one did not reach.
    const due = more || Date.now() - this.cancelledAt > cancelInterval;
    return (due ? await this.cancel() : undefined) ?? `${active} builds active`;
  }

  /** undefined = the host cannot be asked; text = it gave no answer that tells. */
  private async countActive(): Promise<number | undefined | string> {
    const { active } = this.builds;
    if (!active) return undefined;
    const request = { url: active.url, method: 'GET', headers: active.headers, redirects: 3 };
    const outcome = await httpRequest({ ...request, timeout: requestTimeout, signal: this.scene.attempt.signal });
    if ('noAnswer' in outcome) return `the host gives no answer: ${outcome.noAnswer}`;
    if (outcome.answer.status !== 200) return `the host answers with status ${outcome.answer.status}`;
    return countActive(outcome.answer.text, active.json) ?? 'the host does not say how many builds are active';
  }

  /** Returns what went wrong, or undefined. An answer that there is nothing to cancel is as good. */
  private async cancel(): Promise<string | undefined> {
    const { cancel } = this.builds;
    if (!cancel) return undefined;
    this.cancelledAt = -Infinity;
    const { surroundings, attempt } = this.scene;
    await surroundings.reach('builds-cancel:before');
    attempt.signal.throwIfAborted();
    const request = { url: cancel.url, method: cancel.method, headers: cancel.headers, redirects: 0 };
    const outcome = await httpRequest({ ...request, timeout: requestTimeout, signal: attempt.signal });
    await surroundings.reach('builds-cancel:after');
    if ('noAnswer' in outcome) return `no answer to the cancel request: ${outcome.noAnswer}`;
    const { status } = outcome.answer;
    const fine = (status >= 200 && status < 300) || status === 404 || status === 409 || status === 410;
    if (fine) this.cancelledAt = Date.now();
    return fine ? undefined : `the cancel request was answered with status ${status}`;
  }
}

/** References resolved, `{ref}` (tag or branch name) and `{commit}` filled in. */
function filled(scene: Scene, builds: Builds, move: PointerMove): Builds {
  const { active, cancel, ...times } = resolveReferences(
    builds,
    scene.surroundings.lookup,
    `service ${move.service}, builds`,
  );
  const values = {
    ref: encodeURIComponent(move.ref.replace(/^refs\/(tags|heads)\//, '')),
    commit: move.commit,
  };
  return {
    ...times,
    ...(active ? { active: { ...active, url: fillName(active.url, values) } } : {}),
    ...(cancel ? { cancel: { ...cancel, url: fillName(cancel.url, values) } } : {}),
  };
}

async function pause(milliseconds: number, attempt: Attempt): Promise<void> {
  await sleep(milliseconds, undefined, { signal: attempt.signal }).catch(() => undefined);
  attempt.signal.throwIfAborted();
}
