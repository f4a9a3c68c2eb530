/** Signing what a person tells a release. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { isBoundToPlan, parseDecision, type DecisionKind, type DecisionSignature } from '../release/decision';
import { SlipwayError } from '../release/errors';
import { gitHubTeamsIn, namesPeople, personCalled, type WhoIsWho } from '../release/people';
import { namesDigest } from '../release/plan-digest';
import type { Environment } from '../release/project';
import { countsOnlySigned } from '../release/signed-decision';
import type { Plan } from '../release/plan';
import { fingerprint, signedText } from '../release/signature';
import { keyOf } from '../release/ssh-key';
import { readSignature } from '../release/ssh-signature';
import { mayApprove } from '../release/approval';
import type { DecisionPayload } from './decide';
import type { Io } from './io';
import { keyInFile, keyOfGit, keysOfAgent, signWith, type SigningKey } from './signing-key';

/** A decision that is to be signed, and by whom. */
export interface ToSign {
  readonly io: Io;
  readonly client: Client;
  readonly releaseId: string;
  readonly kind: DecisionKind;
  readonly payload: DecisionPayload;
  /** Who is who in the slipway.yaml at hand. */
  readonly whoIsWho: WhoIsWho;
  /** What it says of the release's environment; absent = nothing. */
  readonly environment?: Environment | undefined;
  /** The plan that waits, if a worker answers. */
  readonly plan: Plan | null;
  /** override: the guard; tick, untick: the list of the item; absent = not known. */
  readonly about?: string | undefined;
  /** `--sign FILE`; false = `--no-sign`. */
  readonly sign: string | false | undefined;
}

/** A decision ready to be sent, and what to say of its signature; empty = nothing. */
export interface MaybeSigned {
  readonly payload: DecisionPayload & { readonly id: string; readonly signature?: DecisionSignature };
  readonly words: string;
}

/**
 * Signs a decision with the key that git signs with, or that the agent holds, if it is one of the person's in
 * slipway.yaml. Where there is none it stays a claim, and says why. Fails with SIGNING_FAILED where a signature was
 * asked for, or where nothing else would count.
 */
export async function signDecision(order: ToSign): Promise<MaybeSigned> {
  const { io, kind, whoIsWho, environment = {}, plan, about, sign } = order;
  const payload = { ...order.payload, id: order.payload.id ?? randomUUID(), ...wholeDigest(order.payload, plan) };
  const isNeeded =
    kind === 'approve'
      ? plan !== null && needsSignature(plan, payload.by, whoIsWho)
      : countsOnlySigned({ environment, approvals: plan?.approvals ?? [] }, kind, about);
  const isAsked = typeof sign === 'string';
  // Nobody is asked for a key, or refused for a clock that is wrong, when everything is to be put back.
  const isUsual = namesPeople(whoIsWho) && kind !== 'rollback';
  if (sign === false || !(isAsked || isNeeded || isUsual)) return { payload, words: '' };
  const outcome = await trySign({ ...order, payload });
  if ('signature' in outcome) return { payload: { ...payload, signature: outcome.signature }, words: outcome.words };
  if (isAsked || isNeeded) throw new SlipwayError('SIGNING_FAILED', { detail: outcome.problem, by: payload.by });
  // Nobody has to have a key: what is not there is not worth a word.
  if (outcome.problem === NO_KEY && !io.json) return { payload, words: '' };
  return { payload, words: `not signed: ${outcome.problem}` };
}

export const NO_KEY = 'no key was found: neither git nor an ssh-agent has one';

type Outcome = { readonly signature: DecisionSignature; readonly words: string } | { readonly problem: string };

async function trySign(order: ToSign & { readonly payload: DecisionPayload }): Promise<Outcome> {
  const { client, releaseId, kind, payload } = order;
  if (isBoundToPlan(kind) && payload.digest?.length !== 64) {
    return { problem: `${whyPart(order)}: only the whole digest of a plan can be signed` };
  }
  const parsed = parseDecision(kind, payload, '');
  if ('problem' in parsed) return parsed;
  const signing = { ...order, by: payload.by };
  const key = await findKey(signing);
  if ('problem' in key) return key;
  const { runId } = await client.workflow.getHandle(releaseId).describe();
  const at = new Date().toISOString();
  const made = await signBy(key, signing, signedText({ id: releaseId, runId }, parsed.decision, at));
  return 'problem' in made ? made : { signature: { at, ssh: made.ssh }, words: made.words };
}

/** Who signs, and by what. */
export interface Signing {
  readonly io: Io;
  /** Who is who in the slipway.yaml at hand. */
  readonly whoIsWho: WhoIsWho;
  readonly by: string;
  /** A file with a key; false = with none. */
  readonly sign: string | false | undefined;
}

type Signed = { readonly ssh: string; readonly words: string } | { readonly problem: string };

/** Signs a text with the key that git signs with, or that the agent holds, if it is one of the person's; or says why not. */
export async function signText(signing: Signing, text: string): Promise<Signed> {
  const key = await findKey(signing);
  return 'problem' in key ? key : signBy(key, signing, text);
}

async function signBy(key: SigningKey, { io }: Signing, text: string): Promise<Signed> {
  const made = await signWith(key, text, { where: io, mayAsk: io.canAsk });
  if ('problem' in made) return { problem: `${key.from} cannot be used: ${made.problem}` };
  const read = readSignature(made.ssh);
  if (!read) return { problem: `${key.from} is of a kind that does not count here` };
  return { ssh: made.ssh, words: `signed with ${fingerprint(read.keyBytes)} (${key.from})` };
}

/** The file that was named, else git's key, else the agent's first that is the person's. */
async function findKey({ io, whoIsWho, by, sign }: Signing): Promise<SigningKey | { readonly problem: string }> {
  if (typeof sign === 'string') return keyInFile(sign, io);
  const person = namesPeople(whoIsWho) ? personCalled(whoIsWho, by) : undefined;
  const isTheirs = ({ key }: SigningKey) =>
    !namesPeople(whoIsWho) ||
    (key !== undefined && person?.keys.some((line) => keyOf(line)?.blob === key.blob)) ||
    person?.githubKeys === true;
  const ofGit = await keyOfGit(io);
  if (ofGit && isTheirs(ofGit)) return ofGit;
  const ofAgent = (await keysOfAgent(io)).find(isTheirs);
  if (ofAgent) return ofAgent;
  return { problem: ofGit ? `${ofGit.from} is no key of ${by} in slipway.yaml` : NO_KEY };
}

const whyPart = ({ plan }: ToSign): string =>
  plan ? 'the plan has another digest now' : 'no worker answers, so the plan is not known';

/** A signature is for one plan: all of its digest. */
function wholeDigest({ digest }: DecisionPayload, plan: Plan | null): { digest?: string } {
  if (digest === undefined) return {};
  return { digest: plan && namesDigest(plan.digest, digest) ? plan.digest : digest };
}

/** Whether nothing but a signed approval of this person would count. */
export function needsSignature({ approvals }: Plan, by: string, whoIsWho: WhoIsWho): boolean {
  const name = personCalled(whoIsWho, by)?.name ?? by;
  const rules = approvals.filter(
    (rule) => mayApprove(rule, name) || gitHubTeamsIn(whoIsWho, rule.approvers).length > 0,
  );
  return rules.length > 0 && rules.every(({ signed }) => signed === 'required');
}
