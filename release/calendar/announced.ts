/** Freezes that a person announces by a command: their payloads are read here, since anybody can send anything. */
import { MAX_REASON, fieldsOf, iso, lengthAfter, momentIn, problemOf, type Problem } from '../message-fields';
import type { Closure } from './freezes';

/** A freeze that somebody announced; it ends by itself. Moments are ISO 8601, UTC. */
export interface AnnouncedFreeze {
  /** How people name it: `f1`, `f2`, …. */
  readonly id: string;
  readonly from: string;
  readonly until: string;
  readonly reason: string;
  readonly by: string;
  readonly announcedAt: string;
}

/** What asks for a freeze, once it was read; `request` is the sender's own id, empty if none was given. */
export type FreezeOrder = Omit<AnnouncedFreeze, 'id' | 'announcedAt'> & { readonly request: string };

/** What ends one early. */
export interface UnfreezeOrder {
  readonly id: string;
  readonly reason: string;
  readonly by: string;
}

/** Nobody knows about more than a year; a slip of the year would close an environment for good. */
const LONGEST = 366 * 86_400_000;

/** So many may be announced at once. */
export const MOST_FREEZES = 50;

/** What to send for a freeze from the Web UI. */
export const exampleFreeze = '{"by": "<you>", "reason": "<why>", "for": "2h"}';

/** Reads what asks for a freeze at `now`. Returns it, or what is wrong with it in one sentence. */
export function parseFreeze(payload: unknown, now: number): { readonly order: FreezeOrder } | Problem {
  const { problems, text, fields } = fieldsOf(payload, ['by', 'reason', 'from', 'until', 'for', 'id', 'signature']);
  if (!fields) return { problem: `freeze needs an object such as ${exampleFreeze}` };
  const [by, reason, request] = [text('by'), text('reason', MAX_REASON), text('id')];
  if (!by) problems.push('"by" is missing: who freezes');
  if (!reason) problems.push('"reason" is missing: people will ask why');
  const from = fields['from'] === undefined ? now : momentIn(fields['from']);
  if (from === undefined) problems.push(`"from" ${noMoment}`);
  if ((fields['until'] === undefined) === (fields['for'] === undefined)) {
    problems.push('either "until" or "for" must say how long');
    return problemOf(problems);
  }
  const until = fields['until'] === undefined ? lengthAfter(fields['for'], from ?? now) : momentIn(fields['until']);
  if (until === undefined) {
    problems.push(fields['until'] === undefined ? '"for" must be a length of time such as 2h' : `"until" ${noMoment}`);
  } else if (from !== undefined) {
    if (until <= Math.max(from, now)) problems.push(from >= until ? 'it ends before it begins' : 'its end is past');
    if (until - now > LONGEST) problems.push('it would last beyond a year');
  }
  if (problems.length > 0 || from === undefined || until === undefined) return problemOf(problems);
  return { order: { by, reason, request, from: iso(from), until: iso(until) } };
}

/** Reads what ends a freeze. */
export function parseUnfreeze(payload: unknown): { readonly order: UnfreezeOrder } | Problem {
  const { problems, text, fields } = fieldsOf(payload, ['by', 'reason', 'id', 'signature']);
  if (!fields) return { problem: 'unfreeze needs an object such as {"by": "<you>", "id": "f1", "reason": "<why>"}' };
  const order = { id: text('id'), by: text('by'), reason: text('reason', MAX_REASON) };
  for (const name of ['by', 'id', 'reason'] as const) if (!order[name]) problems.push(`"${name}" is missing`);
  return problems.length > 0 ? problemOf(problems) : { order };
}

/** Whether a list of freezes, as a release is told it, is sound. */
export function areFreezes(value: unknown): value is readonly AnnouncedFreeze[] {
  return Array.isArray(value) && value.length <= MOST_FREEZES && value.every(isFreeze);
}

/** The freezes that have not ended at `now`. */
export const lasting = (freezes: readonly AnnouncedFreeze[], now: number): AnnouncedFreeze[] =>
  freezes.filter(({ until }) => Date.parse(until) > now);

/** What announced freezes close. */
export function announcedClosures(freezes: readonly AnnouncedFreeze[]): Closure[] {
  return freezes.map(({ id, from, until, reason, by }) => ({
    from: Date.parse(from),
    to: Date.parse(until),
    rule: `freeze ${id}`,
    why: `${reason}, says ${by}`,
  }));
}

const noMoment = 'must be a moment such as 2026-11-23T14:00Z or 2026-11-23T14:00+01:00';

function isFreeze(value: unknown): value is AnnouncedFreeze {
  if (typeof value !== 'object' || value === null) return false;
  const { id, from, until, reason, by } = value as Record<string, unknown>;
  const texts = [id, reason, by].every((text) => typeof text === 'string' && text !== '' && text.length <= MAX_REASON);
  return texts && momentIn(from) !== undefined && momentIn(until) !== undefined;
}
