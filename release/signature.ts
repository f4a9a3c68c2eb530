/** What a person signs when they decide, and what can be said of a signature before it is checked. */
import { sha256 } from '@noble/hashes/sha2';
import { isBoundToPlan, type Decision, type DecisionSignature } from './decision';
import { formatDuration } from './durations';
import { namesPeople, personCalled, samePerson, type Person, type WhoIsWho } from './people';
import { canonicalJson } from './plan-digest';
import { readSignature, type SshSignature } from './ssh-signature';
import { toBase64 } from './ssh-wire';

/** The execution that a decision is sent to: a signature for one counts for no other. */
export interface Recipient {
  /** Workflow id. */
  readonly id: string;
  readonly runId: string;
}

/** The namespace of `ssh-keygen -Y sign -n`. */
export const SIGNATURE_NAMESPACE = 'slipway';

/** Milliseconds between signing and arrival, either way: clocks differ, and people are slow to paste. */
export const SIGNATURE_LIFE = 15 * 60_000;

/** Hex digits of a plan's digest: a signature is for one plan, and not for all that begin like it. */
const WHOLE_DIGEST = 64;

/**
 * The text that is signed, without a line end: the recipient, the time, and everything that the decision says. What it
 * does not say is left out, so that a field which a newer Slipway knows changes nothing.
 */
export function signedText({ id, runId }: Recipient, decision: Decision, at: string): string {
  const said = Object.entries(decision).filter(([field, value]) => !found.has(field) && !isNothing(value));
  const words = Object.fromEntries(said);
  return canonicalJson({ ...words, at, release: id, run: runId, slipway: 'decision 1' });
}

/** What is found out about a decision, and not said by it. */
const found: ReadonlySet<string> = new Set<keyof Decision>(['person', 'proof', 'key', 'teams', 'signature']);

/** A key's name for people, as `ssh-keygen -l` prints it. */
export function fingerprint(keyBytes: Uint8Array): string {
  return `SHA256:${toBase64(sha256(keyBytes)).replace(/=+$/, '')}`;
}

/** What is still to be found out about a signature. */
export interface SignatureQuestion {
  readonly text: string;
  readonly fingerprint: string;
  /** Whose key it is; null = perhaps one that GitHub knows of `login`. */
  readonly keyIsKnown: boolean;
  readonly login: string;
  /** It was made so long ago that only the moment of its arrival tells whether it counts. */
  readonly isOld: boolean;
}

/**
 * What must be found out about a decision's signature at `now` (milliseconds), or one sentence why it does not count
 * whatever would be found.
 */
export function questionSignature(
  project: WhoIsWho,
  recipient: Recipient,
  decision: Decision,
  signature: DecisionSignature,
  now: number,
): Questioned {
  const isPart = isBoundToPlan(decision.kind) && decision.digest.length !== WHOLE_DIGEST;
  return questionText(project, signature, now, {
    by: decision.by,
    text: signedText(recipient, decision, signature.at),
    where: 'this release',
    ...(isPart && { problem: 'it is signed, but does not name the whole digest of the plan: sign one that does' }),
  });
}

/** What is still to be found out, or why that would change nothing. */
export type Questioned = { readonly refused: string } | { readonly question: SignatureQuestion };

/** A text that a person says to have signed. */
export interface SignedText {
  readonly by: string;
  readonly text: string;
  /** Whose rules know the keys, in words. */
  readonly where: string;
  /** Why it does not count, whoever has signed it. */
  readonly problem?: string;
}

/** As `questionSignature`, of any text. */
export function questionText(
  project: WhoIsWho,
  signature: DecisionSignature,
  now: number,
  { by, text, where, problem }: SignedText,
): Questioned {
  const refused = (why: string) => ({ refused: why });
  const read = readSignature(signature.ssh);
  if (!read) return refused('its signature cannot be read: send the whole of what `ssh-keygen -Y sign` wrote');
  if (read.namespace !== SIGNATURE_NAMESPACE) {
    return refused(
      `it was signed for ${JSON.stringify(read.namespace.slice(0, 40))}: sign it with \`ssh-keygen -Y sign -n ${SIGNATURE_NAMESPACE}\``,
    );
  }
  if (!namesPeople(project)) {
    return refused(`the rules of ${where} name no people, so no key is known: send it without a signature`);
  }
  const name = fingerprint(read.keyBytes);
  if (problem !== undefined) return refused(problem);
  const owner = ownerOf(project, read);
  if (owner && !samePerson(project, owner.name, by)) {
    return refused(`it says that it is by ${by}, but it is signed with a key of ${owner.name} (${name})`);
  }
  const person = personCalled(project, by);
  if (!owner && !(person?.githubKeys && person.github !== undefined)) {
    return refused(
      `it is signed with ${name}, which is no key of ${by} in the rules of ${where}: sign with one that is`,
    );
  }
  const age = now - Date.parse(signature.at);
  if (age < -SIGNATURE_LIFE) {
    return refused(
      `it says that it was signed at ${signature.at}, which is still to come: set the clock, sign it anew`,
    );
  }
  return {
    question: {
      text,
      fingerprint: name,
      keyIsKnown: owner !== undefined,
      login: person?.github ?? '',
      isOld: age > SIGNATURE_LIFE,
    },
  };
}

/** Why a signature made at `at` does not count when it was received at `received`; undefined = it does. */
export function tooLate(at: string, received: string): string | undefined {
  if (Date.parse(received) - Date.parse(at) <= SIGNATURE_LIFE) return undefined;
  return `it was signed at ${at} and came at ${received}: a signature counts for ${formatDuration(SIGNATURE_LIFE)}, so sign it anew`;
}

const ownerOf = (project: WhoIsWho, { key }: SshSignature): Person | undefined =>
  personCalled(project, `${key.type} ${key.blob}`);

export const isNothing = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === '' ||
  value === false ||
  (Array.isArray(value) && value.length === 0);
