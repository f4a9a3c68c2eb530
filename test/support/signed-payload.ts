import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { DecisionPayload } from '../../client';
import { parseDecision, type DecisionKind } from '../../release/decision';
import { signedText } from '../../release/signature';
import type { SshIdentity, SshKeys } from './ssh-keys';

/** Whose signature it is, of when, and for which execution if not for the one that runs. */
export interface Signing {
  readonly keys: SshKeys;
  readonly by: SshIdentity;
  readonly at?: string;
  readonly runId?: string;
}

/** A payload with a signature over it, for the release that is meant. */
export async function signedPayload(
  client: Client,
  releaseId: string,
  kind: DecisionKind,
  said: DecisionPayload,
  { keys, by, at = new Date().toISOString(), runId }: Signing,
): Promise<DecisionPayload> {
  const payload = { id: randomUUID(), ...said };
  const parsed = parseDecision(kind, payload, '');
  if ('problem' in parsed) throw new Error(parsed.problem);
  const described = await client.workflow.getHandle(releaseId).describe();
  const recipient = { id: releaseId, runId: runId ?? described.runId };
  return { ...payload, signature: { at, ssh: keys.sign(by, signedText(recipient, parsed.decision, at)) } };
}
