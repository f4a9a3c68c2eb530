/**
 * People's decisions, as they come in by signal or update: their payloads are checked here, since anybody can send
 * anything from the Web UI. A bad one is noted and ignored, never fatal.
 */

import { clip } from './clip';
import { MAX_SIGNATURE } from './ssh-signature';

/** A signature as it comes with a decision. */
export interface DecisionSignature {
  /** When it was made: ISO 8601, UTC. */
  readonly at: string;
  /** What `ssh-keygen -Y sign` wrote. */
  readonly ssh: string;
}

/** The messages that people can send to a release. */
export const decisionKinds = [
  'approve',
  'reject',
  'pause',
  'resume',
  'skipWait',
  'rollback',
  'resolve',
  'override',
  'tick',
  'untick',
] as const;
export type DecisionKind = (typeof decisionKinds)[number];

/** What a person may say of a step that cannot go on: see docs/rollback.md. */
export const resolveActions = ['retry', 'skip', 'done', 'abandon'] as const;
export type ResolveAction = (typeof resolveActions)[number];

/**
 * How sure we are who decided. `claimed`: a name in a payload. `authenticated`: somebody else has made sure, and we
 * have it from them. `signed`: with a key of this person, for this very decision.
 */
export type IdentityProof = 'claimed' | 'authenticated' | 'signed';

/** A decision whose payload is sound. */
export interface Decision {
  /** Given by the sender, so that the same decision sent twice counts once. */
  readonly id: string;
  readonly kind: DecisionKind;
  /** As the sender said it. */
  readonly by: string;
  /** The one name of who that is; as the sender said it, where the project knows nobody of that name. */
  readonly person: string;
  readonly proof: IdentityProof;
  /** Fingerprint of the key that it was signed with, once that is proven. */
  readonly key: string | null;
  /** Teams of GitHub in which the person was found, as far as that was asked; absent = none. */
  readonly teams?: readonly string[];
  /** As it came: kept, so that it can be checked again. */
  readonly signature: DecisionSignature | null;
  /** Comment or reason; empty if none was given. */
  readonly comment: string;
  /** approve, tick, untick: the plan that was seen. */
  readonly digest: string;
  /** approve: ids of what was acknowledged. */
  readonly acknowledge: readonly string[];
  /** resolve: what to do. */
  readonly action: ResolveAction | null;
  /** override: which soft guard, such as `calendar`; absent = none. */
  readonly guard?: string;
  /** tick, untick: the number or the words of an item; absent = none. */
  readonly item?: string;
}

/** What became of a decision. */
export interface DecisionVerdict {
  readonly id: string;
  readonly accepted: boolean;
  /** Not judged yet: who it is by could not be told so far, and is tried again. */
  readonly isOpen?: boolean;
  /** One sentence: what it did, or why it was not accepted and what to do. */
  readonly detail: string;
}

/** In the timeline: how a message begins that could not be read, and what stands behind a decision that did not count. */
export const IGNORED = 'ignored ';
export const NOT_ACCEPTED = 'not accepted';

const MAX_TEXT = 2_000;
const MAX_NAME = 200;
/** Of everything that is wrong with a payload, so much is told. */
const MAX_PROBLEM = 500;

/**
 * Reads the payload of a decision. Returns it, or what is wrong with it in one sentence.
 * `fallbackId` is its id if the sender gave none (then two equal ones count as two).
 */
export function parseDecision(
  kind: DecisionKind,
  payload: unknown,
  fallbackId: string,
): { readonly decision: Decision } | { readonly problem: string } {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) {
    return { problem: `${kind} needs an object such as ${examplePayload(kind)}, not ${brief(payload)}` };
  }
  const fields = payload as Record<string, unknown>;
  const problems: string[] = [];
  const text = (name: string, longest = MAX_NAME): string => {
    const value = fields[name];
    if (value === undefined) return '';
    if (typeof value === 'string' && value.length <= longest) return value.trim();
    problems.push(`"${name}" must be text of at most ${longest} characters, not ${brief(value)}`);
    return '';
  };
  const known = new Set([
    'id',
    'by',
    'comment',
    'reason',
    'digest',
    'acknowledge',
    'action',
    'guard',
    'item',
    'signature',
  ]);
  for (const name of Object.keys(fields))
    if (!known.has(name)) problems.push(`"${name.slice(0, 40)}" is not a field of ${kind}`);
  const by = text('by');
  if (!by && fields['by'] === undefined) problems.push('"by" is missing: who decides');
  else if (!by && typeof fields['by'] === 'string') problems.push('"by" is empty: who decides');
  const digest = text('digest').toLowerCase();
  if (isBoundToPlan(kind) && !/^[0-9a-f]{8,64}$/.test(digest)) {
    const what = kind === 'approve' ? 'the plan that you approve' : 'the plan that it is about';
    problems.push(`"digest" must be at least 8 hex digits of the digest of ${what}`);
  }
  const comment = text('comment', MAX_TEXT) || text('reason', MAX_TEXT);
  const id = text('id') || fallbackId;
  const action = fields['action'];
  const isAction = resolveActions.some((known) => known === action);
  if (kind === 'resolve' && !isAction)
    problems.push(`"action" must be one of ${resolveActions.join(', ')}, not ${brief(action)}`);
  if (kind === 'resolve' && action !== 'retry' && isAction && !comment)
    problems.push(`"reason" is missing: ${String(action)} needs one`);
  const guard = text('guard');
  if (kind === 'override' && !guard) problems.push('"guard" is missing: what is overridden, such as calendar');
  if (kind === 'override' && !comment) problems.push('"reason" is missing: an override needs one');
  // A number is what people would type for the third item.
  const item = Number.isSafeInteger(fields['item']) ? String(fields['item']) : text('item', MAX_TEXT);
  if (isOfChecklist(kind) && !item) problems.push('"item" is missing: the number or the words of an item');
  const acknowledge = fields['acknowledge'] ?? [];
  const isList =
    Array.isArray(acknowledge) && acknowledge.every((item) => typeof item === 'string') && acknowledge.length <= 100;
  if (!isList) problems.push('"acknowledge" must be a list of ids');
  const signature = signatureIn(fields['signature']);
  if (signature === undefined)
    problems.push('"signature" must be {"at": "2026-01-31T12:00:00Z", "ssh": "-----BEGIN SSH SIGNATURE-----…"}');
  if (problems.length > 0) return { problem: clip(problems.join('; '), MAX_PROBLEM) };
  return {
    decision: {
      id,
      kind,
      by,
      person: by,
      proof: 'claimed',
      key: null,
      signature: signature ?? null,
      comment,
      digest,
      acknowledge: isList ? acknowledge : [],
      action: kind === 'resolve' ? (action as ResolveAction) : null,
      ...(kind === 'override' && { guard }),
      ...(isOfChecklist(kind) && { item }),
    },
  };
}

/** Whether it is about an item of a checklist. */
export const isOfChecklist = (kind: DecisionKind): boolean => kind === 'tick' || kind === 'untick';

/** Whether it counts for one plan only, which it names. */
export const isBoundToPlan = (kind: DecisionKind): boolean => kind === 'approve' || isOfChecklist(kind);

/** null = there is none; undefined = it is none. */
export function signatureIn(value: unknown): DecisionSignature | null | undefined {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'object') return undefined;
  const { at, ssh, ...rest } = value as Record<string, unknown>;
  if (typeof at !== 'string' || !moment.test(at) || Number.isNaN(Date.parse(at))) return undefined;
  if (typeof ssh !== 'string' || ssh.length > MAX_SIGNATURE || Object.keys(rest).length > 0) return undefined;
  return { at, ssh };
}

const moment = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;

/** A payload of this kind as a person would type it into the Web UI. */
export function examplePayload(kind: DecisionKind, digest = '<digest>', acknowledge: readonly string[] = []): string {
  const words = acknowledge.length ? { acknowledge } : {};
  if (kind === 'approve') return JSON.stringify({ by: '<you>', digest: digest.slice(0, 12), ...words });
  if (kind === 'resolve') return JSON.stringify({ by: '<you>', action: resolveActions.join('|'), reason: '<why>' });
  if (kind === 'override') return JSON.stringify({ by: '<you>', guard: 'calendar', reason: '<why>' });
  if (isOfChecklist(kind)) return JSON.stringify({ by: '<you>', item: 1, digest: digest.slice(0, 12) });
  return JSON.stringify({ by: '<you>', reason: '<why>' });
}

function brief(value: unknown): string {
  return value === undefined ? 'nothing' : clip(JSON.stringify(value), 40);
}
