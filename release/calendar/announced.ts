/** Freezes that a person announces by a command: their payloads are read here, since anybody can send anything. */
import { clip } from '../clip';
import { parseDuration } from '../durations';
import { dayOf } from './days';
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

const MAX_NAME = 200;
const MAX_REASON = 500;
const MAX_PROBLEM = 500;
/** Nobody knows about more than a year; a slip of the year would close an environment for good. */
const LONGEST = 366 * 86_400_000;

/** So many may be announced at once. */
export const MOST_FREEZES = 50;

/** What to send for a freeze from the Web UI. */
export const exampleFreeze = '{"by": "<you>", "reason": "<why>", "for": "2h"}';

/** Reads what asks for a freeze at `now`. Returns it, or what is wrong with it in one sentence. */
export function parseFreeze(payload: unknown, now: number): { readonly order: FreezeOrder } | Problem {
  const { problems, text, fields } = read(payload, ['by', 'reason', 'from', 'until', 'for', 'id']);
  if (!fields) return { problem: `freeze needs an object such as ${exampleFreeze}` };
  const [by, reason, request] = [text('by'), text('reason', MAX_REASON), text('id')];
  if (!by) problems.push('"by" is missing: who freezes');
  if (!reason) problems.push('"reason" is missing: people will ask why');
  const from = fields['from'] === undefined ? now : momentIn(fields['from']);
  if (from === undefined) problems.push(`"from" ${noMoment}`);
  if ((fields['until'] === undefined) === (fields['for'] === undefined)) {
    problems.push('either "until" or "for" must say how long');
    return problem(problems);
  }
  const until = fields['until'] === undefined ? lengthAfter(fields['for'], from ?? now) : momentIn(fields['until']);
  if (until === undefined) {
    problems.push(fields['until'] === undefined ? '"for" must be a length of time such as 2h' : `"until" ${noMoment}`);
  } else if (from !== undefined) {
    if (until <= Math.max(from, now)) problems.push(from >= until ? 'it ends before it begins' : 'its end is past');
    if (until - now > LONGEST) problems.push('it would last beyond a year');
  }
  if (problems.length > 0 || from === undefined || until === undefined) return problem(problems);
  return { order: { by, reason, request, from: iso(from), until: iso(until) } };
}

/** Reads what ends a freeze. */
export function parseUnfreeze(payload: unknown): { readonly order: UnfreezeOrder } | Problem {
  const { problems, text, fields } = read(payload, ['by', 'reason', 'id']);
  if (!fields) return { problem: 'unfreeze needs an object such as {"by": "<you>", "id": "f1", "reason": "<why>"}' };
  const order = { id: text('id'), by: text('by'), reason: text('reason', MAX_REASON) };
  for (const name of ['by', 'id', 'reason'] as const) if (!order[name]) problems.push(`"${name}" is missing`);
  return problems.length > 0 ? problem(problems) : { order };
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

interface Problem {
  readonly problem: string;
}

const noMoment = 'must be a moment such as 2026-11-23T14:00Z or 2026-11-23T14:00+01:00';

function read(payload: unknown, known: readonly string[]) {
  const problems: string[] = [];
  const isFields = typeof payload === 'object' && payload !== null && !Array.isArray(payload);
  const fields = isFields ? (payload as Record<string, unknown>) : undefined;
  for (const name of Object.keys(fields ?? {}))
    if (!known.includes(name)) problems.push(`"${name.slice(0, 40)}" is not a field of it`);
  const text = (name: string, longest = MAX_NAME): string => {
    const value = fields?.[name];
    if (value === undefined) return '';
    if (typeof value === 'string' && value.length <= longest) return value.trim();
    problems.push(`"${name}" must be text of at most ${longest} characters`);
    return '';
  };
  return { problems, text, fields };
}

const problem = (problems: readonly string[]): Problem => ({ problem: clip(problems.join('; '), MAX_PROBLEM) });

/** A moment with its offset from UTC: without one nobody knows which it is. */
export function momentIn(value: unknown): number | undefined {
  const form = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;
  // An engine takes 30 February for a day in March.
  if (typeof value !== 'string' || !form.test(value) || dayOf(value.slice(0, 10)) === undefined) return undefined;
  const moment = Date.parse(value);
  return Number.isFinite(moment) ? moment : undefined;
}

function lengthAfter(value: unknown, from: number): number | undefined {
  const parsed = typeof value === 'string' ? parseDuration(value) : undefined;
  return parsed?.ok && parsed.ms > 0 ? from + parsed.ms : undefined;
}

function isFreeze(value: unknown): value is AnnouncedFreeze {
  if (typeof value !== 'object' || value === null) return false;
  const { id, from, until, reason, by } = value as Record<string, unknown>;
  const texts = [id, reason, by].every((text) => typeof text === 'string' && text !== '' && text.length <= MAX_REASON);
  return texts && momentIn(from) !== undefined && momentIn(until) !== undefined;
}

const iso = (moment: number): string => new Date(moment).toISOString();
