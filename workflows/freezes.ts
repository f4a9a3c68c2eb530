/** An environment's announced freezes: taken by message, kept in its state, told to its releases, ended by the clock. */
import { condition, getExternalWorkflowHandle, setHandler } from '@temporalio/workflow';
import { MOST_FREEZES, lasting, parseFreeze, parseUnfreeze, type AnnouncedFreeze } from '../release/calendar/announced';
import { moment } from '../release/moments';
import type { EnvironmentRecord } from './environment-record';
import {
  freezeSignal,
  freezeUpdate,
  freezesSignal,
  unfreezeSignal,
  unfreezeUpdate,
  type FreezeAnswer,
} from './messages';

/** So many releases are told at once: Temporal allows no more than some thousands of open signals. */
const TOLD_AT_ONCE = 100;

/** Takes `freeze` and `unfreeze`, as signals and updates; `changed` is called after each that counts. */
export function takeFreezes(record: EnvironmentRecord, changed: () => void): void {
  const noted = (change: (payload: unknown) => FreezeAnswer) => (payload: unknown) => {
    const answer = change(payload);
    if (answer.accepted) changed();
    else record.log(`ignored a message about a freeze: ${answer.detail}`);
    return answer;
  };
  const freeze = noted((payload) => announce(record, payload));
  const unfreeze = noted((payload) => lift(record, payload));
  setHandler(freezeUpdate, freeze, { description: 'Announce a freeze: {"by": "you", "reason": "why", "for": "2h"}' });
  setHandler(freezeSignal, (payload) => void freeze(payload), { description: 'As the update of that name.' });
  setHandler(unfreezeUpdate, unfreeze, { description: 'End one: {"by": "you", "id": "f1", "reason": "why"}' });
  setHandler(unfreezeSignal, (payload) => void unfreeze(payload), { description: 'As the update of that name.' });
}

function announce(record: EnvironmentRecord, payload: unknown): FreezeAnswer {
  const now = Date.now();
  const parsed = parseFreeze(payload, now);
  const no = (detail: string): FreezeAnswer => ({ accepted: false, id: '', detail });
  if ('problem' in parsed) return no(parsed.problem);
  const { request, ...order } = parsed.order;
  const freezes = lasting(record.freezes, now);
  const known = request === '' ? undefined : record.freezeOf(request);
  if (known) return { accepted: true, id: known, detail: `${known} was announced already` };
  if (freezes.length >= MOST_FREEZES) return no(`${MOST_FREEZES} freezes are announced already: end some first`);
  const freeze = record.announce({ ...order, announcedAt: new Date(now).toISOString() }, request);
  const until = `from ${moment(freeze.from)} until ${moment(freeze.until)}`;
  record.log(`${freeze.by} announced freeze ${freeze.id}, ${until}: ${freeze.reason}`);
  return { accepted: true, id: freeze.id, detail: `${freeze.id} holds ${until}` };
}

function lift(record: EnvironmentRecord, payload: unknown): FreezeAnswer {
  const parsed = parseUnfreeze(payload);
  if ('problem' in parsed) return { accepted: false, id: '', detail: parsed.problem };
  const { id, by, reason } = parsed.order;
  const known = lasting(record.freezes, Date.now());
  if (!known.some((freeze) => freeze.id === id)) {
    const list = known.map((freeze) => freeze.id).join(', ') || 'none';
    return { accepted: false, id, detail: `there is no freeze ${id} (announced: ${list})` };
  }
  record.lift(id);
  record.log(`${by} ended freeze ${id}: ${reason}`);
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
