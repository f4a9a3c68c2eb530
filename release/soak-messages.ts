/** What comes to a soak, to its environment, and from people about it, as it comes in: anybody can send anything. */
import { MAX_NAME, MAX_REASON, fieldsOf, momentIn, problemOf, type Problem } from './message-fields';
import { isObject, type Addressee } from './release-request';
import { parseReleaseWorkflowId } from './identity';
import type { SoakWord } from './soak';

const MAX_DETAIL = 2_000;
const MAX_ID = 500;
const MAX_LIST = 500;

/** A person's word that what runs may go on running in spite of a breach, once it was read. */
export interface BreachOrder {
  readonly by: string;
  readonly reason: string;
  /** The id of the breach. */
  readonly breach: string;
  /** The sender's own id of it; empty = none was given. */
  readonly request: string;
}

/** What to send from the Web UI to accept a breach. */
export function exampleAcceptance(breach: string): string {
  return JSON.stringify({ breach, by: '<you>', reason: '<why>' });
}

/** Reads what accepts a breach. */
export function parseAcceptance(payload: unknown): { readonly order: BreachOrder } | Problem {
  const { problems, text, fields } = fieldsOf(payload, ['by', 'reason', 'breach', 'id', 'signature']);
  if (!fields) return { problem: `acceptBreach needs an object such as ${exampleAcceptance('1.2.0/1/b1')}` };
  const order = { by: text('by'), reason: text('reason', MAX_REASON), breach: text('breach'), request: text('id') };
  if (!order.by) problems.push('"by" is missing: who accepts it');
  if (!order.reason) problems.push('"reason" is missing: people will ask why');
  if (!order.breach) problems.push('"breach" is missing: which one was seen');
  return problems.length > 0 ? problemOf(problems) : { order };
}

/** Why `input` is no account of a soak of this environment; undefined if it is. */
export function problemOfAccount(input: unknown, { project, environment }: Addressee): string | undefined {
  if (!isObject(input)) return 'it is no object';
  const place = isText(input['releaseId'], 1, MAX_ID) ? parseReleaseWorkflowId(input['releaseId']) : undefined;
  if (place?.project !== project || place.environment !== environment) return '"releaseId" is none of this environment';
  if (!isText(input['version'], 1, MAX_NAME)) return '"version" is missing';
  const moments = [input['from'], input['until'], input['at']];
  if (!moments.every(isMoment)) return '"from", "until" or "at" is no moment';
  if (!isText(input['heldBy'], 0, MAX_ID)) return '"heldBy" is no text';
  if (typeof input['breaches'] !== 'number') return '"breaches" is no number';
  const { services, failing, silence, breach, end } = input;
  if (!isObject(services) || !Object.values(services).every(isService)) return '"services" does not say what soaks';
  if (!isListOf(failing, isFailing)) return '"failing" is no list of checks';
  if (
    silence !== null &&
    !(isObject(silence) && isMoment(silence['since']) && isText(silence['detail'], 0, MAX_DETAIL))
  )
    return '"silence" does not say since when';
  if (breach !== null && !isBreach(breach)) return '"breach" is none';
  if (end !== null && !(isObject(end) && isText(end['how'], 1, MAX_NAME) && isMoment(end['at'])))
    return '"end" is none';
  return undefined;
}

/** Whether a soak's environment may have said this. */
export function isSoakWord(input: unknown): input is SoakWord {
  if (!isObject(input) || !isText(input['heldBy'], 0, MAX_ID)) return false;
  const { replacedBy, accepted } = input;
  const isAcceptance = (one: unknown) => isObject(one) && isText(one['breach'], 1, MAX_NAME) && isAccepted(one);
  return (
    (replacedBy === undefined || isText(replacedBy, 1, MAX_ID)) && (accepted === undefined || isAcceptance(accepted))
  );
}

/** Why `input` is nothing that a soak can be started with; undefined if it is. */
export function problemOfSoak(input: unknown): string | undefined {
  if (!isObject(input)) return 'it is no object';
  const { project, environment, checks, interval, remind, services } = input;
  if (!isText(project, 1, MAX_NAME) || !isText(environment, 1, MAX_NAME))
    return '"project" or "environment" is missing';
  if (!isListOf(checks, isObject) || checks.length === 0) return '"checks" is no list of checks';
  if (![interval, remind].every((ms) => typeof ms === 'number' && ms > 0)) return '"interval" or "remind" is no length';
  if (typeof input['runId'] !== 'string') return '"runId" is no text';
  if (!isObject(services)) return '"services" is missing';
  const account = { failing: [], silence: null, breach: null, breaches: 0, end: null, heldBy: '', at: input['from'] };
  return problemOfAccount({ ...input, ...account }, { project, environment });
}

function isBreach(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { id, at, checks, reminded, remindAt, passesSince, accepted } = value;
  const moments = isMoment(at) && isMoment(remindAt) && (passesSince === null || isMoment(passesSince));
  const parts =
    isListOf(checks, isFailing) && typeof reminded === 'number' && (accepted === null || isAccepted(accepted));
  return isText(id, 1, MAX_NAME) && moments && parts;
}

function isAccepted(value: unknown): boolean {
  if (!isObject(value)) return false;
  return isText(value['by'], 1, MAX_NAME * 2) && isText(value['reason'], 1, MAX_REASON) && isMoment(value['at']);
}

function isFailing(value: unknown): boolean {
  if (!isObject(value)) return false;
  const texts = isText(value['name'], 1, MAX_NAME * 2) && isText(value['detail'], 0, MAX_DETAIL);
  return texts && isMoment(value['since']) && isMoment(value['at']);
}

const isService = (value: unknown): boolean =>
  isObject(value) &&
  isText(value['version'], 0, MAX_NAME) &&
  (value['commit'] === null || isText(value['commit'], 1, MAX_NAME));

const isMoment = (value: unknown): boolean => momentIn(value) !== undefined;

const isText = (value: unknown, least: number, most: number): value is string =>
  typeof value === 'string' && value.length >= least && value.length <= most;

const isListOf = (value: unknown, is: (item: unknown) => boolean): value is readonly unknown[] =>
  Array.isArray(value) && value.length <= MAX_LIST && value.every(is);
