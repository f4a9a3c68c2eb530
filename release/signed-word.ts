/** What a person signs when they say something to an environment. */
import { whoMay } from './may';
import type { May } from './acts';
import { canonicalJson } from './plan-digest';
import { SIGNATURE_LIFE, isNothing } from './signature';

/** What people can say to an environment, by the names of the messages. */
export const wordKinds = [
  'freeze',
  'unfreeze',
  'stop',
  'liftStop',
  'moveInQueue',
  'adopt',
  'rollback',
  'acceptBreach',
] as const;
export type WordKind = (typeof wordKinds)[number];

/**
 * Whether such a word counts only if it is signed. A rollback that anyone may ask for needs no name, and so no proof of
 * one: production is broken then, and a key is at home.
 */
export function mustBeSigned(
  rules: { readonly signed?: 'required' | 'optional' | undefined; readonly may?: Partial<May> | undefined },
  kind: WordKind,
): boolean {
  if (rules.signed !== 'required') return false;
  return kind !== 'rollback' || !whoMay(rules, 'rollback').includes('anyone');
}

/**
 * The text that is signed, without a line end: project, environment, what is to be done, the time, and all that the
 * payload says. An environment begins its history anew now and then, so no run is named: a second use is refused by the
 * word's own id, which is remembered for longer than a signature counts.
 */
export function signedWord(
  { project, environment }: { readonly project: string; readonly environment: string },
  action: WordKind,
  payload: Readonly<Record<string, unknown>>,
  at: string,
): string {
  const said = Object.entries(payload).filter(([field, value]) => field !== 'signature' && !isNothing(value));
  return canonicalJson({ ...Object.fromEntries(said), action, at, environment, project, slipway: 'environment 1' });
}

/** Until when a signed word is remembered: before that a copy of it would count as a signature in time. */
export function rememberedUntil(at: string, now: number): string {
  return new Date(Math.max(now, Date.parse(at)) + 2 * SIGNATURE_LIFE).toISOString();
}
