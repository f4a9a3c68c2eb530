/** An environment's announced freezes: kept in its state, told to its releases, ended by the clock. */
import { condition, getExternalWorkflowHandle } from '@temporalio/workflow';
import {
  MOST_FREEZES,
  lasting,
  type AnnouncedFreeze,
  type FreezeOrder,
  type UnfreezeOrder,
} from '../release/calendar/announced';
import type { WordAnswer } from '../release/environment-state';
import { moment } from '../release/moments';
import type { EnvironmentRecord } from './environment-record';
import { freezesSignal } from './messages';

/** So many releases are told at once: Temporal allows no more than some thousands of open signals. */
const TOLD_AT_ONCE = 100;

/** Announces a freeze, `said` by somebody who may. */
export function announce(record: EnvironmentRecord, order: FreezeOrder, said: string): WordAnswer {
  const now = Date.now();
  const { request, ...freezeOrder } = order;
  const known = request === '' ? undefined : record.freezeOf(request);
  if (known) return { accepted: true, id: known, detail: `${known} was announced already` };
  if (lasting(record.freezes, now).length >= MOST_FREEZES)
    return { accepted: false, id: '', detail: `${MOST_FREEZES} freezes are announced already: end some first` };
  const freeze = record.announce({ ...freezeOrder, announcedAt: new Date(now).toISOString() }, request);
  const until = `from ${moment(freeze.from)} until ${moment(freeze.until)}`;
  record.log(`${said} announced freeze ${freeze.id}, ${until}: ${freeze.reason}`);
  return { accepted: true, id: freeze.id, detail: `${freeze.id} holds ${until}` };
}

/** Ends a freeze before its time. */
export function unfreeze(record: EnvironmentRecord, { id, reason }: UnfreezeOrder, said: string): WordAnswer {
  const known = lasting(record.freezes, Date.now());
  if (!known.some((freeze) => freeze.id === id)) {
    const list = known.map((freeze) => freeze.id).join(', ') || 'none';
    return { accepted: false, id, detail: `there is no freeze ${id} (announced: ${list})` };
  }
  record.lift(id);
  record.log(`${said} ended freeze ${id}: ${reason}`);
  return { accepted: true, id, detail: `${id} has ended` };
}
/** Tells releases which freezes hold: by default all that run here. One that is gone needs no word. */
export async function tellFreezes(
  record: EnvironmentRecord,
  releases: readonly string[] = record.state.queue.map(({ releaseId }) => releaseId),
): Promise<void> {
  const freezes = lasting(record.freezes, Date.now());
  for (let n = 0; n < releases.length; n += TOLD_AT_ONCE) {
    const some = releases.slice(n, n + TOLD_AT_ONCE);
    await Promise.all(
      some.map((id) =>
        getExternalWorkflowHandle(id)
          .signal(freezesSignal, { freezes })
          .catch(() => undefined),
      ),
    );
  }
}

/** What a grant of the lock says of freezes: nothing if there are none. */
export function freezesOfGrant(record: EnvironmentRecord): { readonly freezes?: readonly AnnouncedFreeze[] } {
  const freezes = lasting(record.freezes, Date.now());
  return freezes.length > 0 ? { freezes } : {};
}

/** Waits for `happened`, or until the next freeze ends: that one is then forgotten. */
export async function untilHappened(record: EnvironmentRecord, happened: () => boolean): Promise<void> {
  const ends = record.freezes.map(({ until }) => Date.parse(until));
  if (ends.length === 0) return condition(happened);
  const left = Math.max(1, Math.min(...ends) - Date.now());
  await condition(happened, left, { summary: 'Until a freeze ends' });
  const now = Date.now();
  for (const { id, until } of record.freezes) {
    if (Date.parse(until) > now) continue;
    record.lift(id);
    record.log(`freeze ${id} is over`);
  }
}
