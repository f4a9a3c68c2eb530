/**
 * The emergency stop: nobody changes the environment any more, until somebody says otherwise. Its payloads are read
 * here, since anybody can send anything.
 */
import type { AnnouncedFreeze } from './calendar/announced';
import { formatDuration } from './durations';
import { MAX_NAME, MAX_REASON, fieldsOf, iso, lengthAfter, momentIn, problemOf, type Problem } from './message-fields';
import { moment } from './moments';

/** An emergency stop: it holds until it is lifted. Moments are ISO 8601, UTC. */
export interface EmergencyStop {
  /** How people name it: `s1`, `s2`, …. */
  readonly id: string;
  readonly from: string;
  /** Its limit: a release that has changed something then rolls back, and a way back that it halts goes on. */
  readonly until: string;
  readonly by: string;
  readonly reason: string;
  /** The way back is halted too. */
  readonly everything: boolean;
}

/** What asks for one, once it was read; `request` is the sender's own id, empty if none was given. */
export type StopOrder = Omit<EmergencyStop, 'id'> & { readonly request: string };

/** What lifts them; `stop` names one, and is empty for all. */
export interface LiftOrder {
  readonly by: string;
  readonly reason: string;
  readonly stop: string;
  readonly request: string;
}

/** The stops of an environment, as it tells them to a release. The greater `revision` is the newer word. */
export interface StopsTold {
  readonly stops: readonly EmergencyStop[];
  readonly revision: number;
  /** The release's question that this answers; absent = it was not asked. */
  readonly answers?: number;
  /** The freezes that hold, where the environment was asked; absent = they are not told with it. */
  readonly freezes?: readonly AnnouncedFreeze[];
}

/** Milliseconds for which a release that has changed something is held, where nothing is configured. */
export const USUAL_STOP_LIMIT = 15 * 60_000;

/** Half changed for longer than this is no emergency any more. */
const LONGEST = 24 * 3_600_000;

/** So many may hold at once. */
export const MOST_STOPS = 20;

/** What to send from the Web UI. */
export const exampleStop = '{"by": "<you>", "reason": "<why>"}';
export const exampleLift = '{"by": "<you>", "reason": "<why>"}';

/** Reads what asks for a stop at `now`; without a length its limit comes after `usual` milliseconds. */
export function parseStop(payload: unknown, now: number, usual: number): { readonly order: StopOrder } | Problem {
  const { problems, text, fields } = fieldsOf(payload, ['by', 'reason', 'for', 'everything', 'id', 'signature']);
  if (!fields) return { problem: `stop needs an object such as ${exampleStop}` };
  const [by, reason, request] = [text('by'), text('reason', MAX_REASON), text('id')];
  if (!by) problems.push('"by" is missing: who stops');
  if (!reason) problems.push('"reason" is missing: people will ask why');
  const { for: length, everything = false } = fields;
  if (typeof everything !== 'boolean') problems.push('"everything" must be true or false');
  const until = length === undefined ? now + usual : lengthAfter(length, now);
  if (until === undefined) problems.push('"for" must be a length of time such as 15m');
  else if (until - now > LONGEST) problems.push(`"for" must be at most ${formatDuration(LONGEST)}`);
  if (problems.length > 0 || until === undefined) return problemOf(problems);
  return { order: { by, reason, request, from: iso(now), until: iso(until), everything: everything === true } };
}

/** Reads what lifts stops. */
export function parseLift(payload: unknown): { readonly order: LiftOrder } | Problem {
  const { problems, text, fields } = fieldsOf(payload, ['by', 'reason', 'stop', 'id', 'signature']);
  if (!fields) return { problem: `liftStop needs an object such as ${exampleLift}` };
  const order = { by: text('by'), reason: text('reason', MAX_REASON), stop: text('stop'), request: text('id') };
  if (!order.by) problems.push('"by" is missing: who lifts it');
  if (!order.reason) problems.push('"reason" is missing: people will ask why');
  return problems.length > 0 ? problemOf(problems) : { order };
}

/** Whether what a release is told of stops is sound. */
export function isStopsTold(value: unknown): value is StopsTold {
  if (typeof value !== 'object' || value === null) return false;
  const { stops, revision, answers = 0 } = value as Record<string, unknown>;
  const isList = Array.isArray(stops) && stops.length <= MOST_STOPS && stops.every(isStop);
  return isList && Number.isFinite(revision) && Number.isFinite(answers);
}

function isStop(value: unknown): value is EmergencyStop {
  if (typeof value !== 'object' || value === null) return false;
  const { id, from, until, reason, by, everything } = value as Record<string, unknown>;
  const isText = (text: unknown, longest: number) => typeof text === 'string' && text !== '' && text.length <= longest;
  const texts = isText(id, MAX_NAME) && isText(by, MAX_NAME) && isText(reason, MAX_REASON);
  return texts && typeof everything === 'boolean' && momentIn(from) !== undefined && momentIn(until) !== undefined;
}

/** When a release that is held must roll back, in milliseconds: of several stops the last limit counts. */
export function limitOf(stops: readonly EmergencyStop[]): number {
  return Math.max(...stops.map(({ until }) => Date.parse(until)));
}

/** Those that halt a way back at `now`: past its limit none does, since half undone for ever is worse. */
export function haltingWayBack(stops: readonly EmergencyStop[], now: number): readonly EmergencyStop[] {
  return stops.filter(({ everything, until }) => everything && Date.parse(until) > now);
}

/** A stop in one line, as everybody reads it who looks at the environment or one of its releases. */
export function stopWords({ id, by, reason, from, until, everything }: EmergencyStop): string {
  const what = everything ? 'EMERGENCY STOP OF EVERYTHING, ways back too' : 'EMERGENCY STOP';
  return `${what}: ${id} by ${by} since ${moment(from)}, limit ${moment(until)}: ${reason}`;
}
