import { placeOf, placeWords } from '../release/approval-place';
import type { ApprovalPlace } from '../release/rule-words';
import { missingAcknowledgements } from '../release/judge-approval';
import { namesDigest } from '../release/plan-digest';
import type { Plan } from '../release/plan';
import { ask } from './ask';
import type { Temporal } from './connect';
import { pause } from './pause';
import { releaseState } from './release-state';

/** A person's yes to a plan, with what they acknowledged. */
export interface Yes {
  readonly digest: string;
  readonly acknowledge: readonly string[];
  /** Where the approval asks for one. */
  readonly comment?: string;
}

/** Who is asked what. */
export interface Dialogue {
  readonly temporal: Temporal;
  readonly releaseId: string;
  readonly plan: Plan;
  /** Where the release asks; null = it does not say. */
  readonly place: ApprovalPlace | null;
  readonly needsComment: boolean;
  readonly name: string;
  /** Ctrl-C aborts it. */
  readonly controller: AbortController;
}

/**
 * Asks the person at the terminal to approve a plan that they have just been shown: `yes`, or the first digits of its
 * digest. Returns undefined if they did not, if the plan no longer waits for approval, or at Ctrl-C.
 */
export async function askForApproval({
  temporal,
  releaseId,
  plan,
  place,
  needsComment,
  name,
  controller,
}: Dialogue): Promise<Yes | undefined> {
  const over = new AbortController();
  const stop = AbortSignal.any([over.signal, controller.signal]);
  const settled = abortWhenSettled(temporal, releaseId, { digest: plan.digest, place }, over, stop);
  const question = (text: string) => ask(text, stop, () => controller.abort());
  try {
    const acknowledgements = missingAcknowledgements(plan, place ?? 'before-migrating');
    for (const { id, text } of acknowledgements) {
      const answer = await question(`${text}. Acknowledge ${id}? (yes/no) `);
      if (answer?.toLowerCase() !== 'yes') return undefined;
    }
    const comment = needsComment ? await question('What have you looked at? (a comment is needed) ') : undefined;
    if (needsComment && !comment) return undefined;
    const short = plan.digest.slice(0, 12);
    const answer = await question(
      `Approve plan ${short}${place && place !== 'before-migrating' ? ` ${placeWords[place]}` : ''} as ${name}? (yes, or its first digits; anything else leaves it waiting) `,
    );
    const isYes = answer !== undefined && (answer.toLowerCase() === 'yes' || namesDigest(plan.digest, answer));
    if (!isYes) return undefined;
    const acknowledge = acknowledgements.map(({ id }) => id);
    return { digest: plan.digest, acknowledge, ...(comment && { comment }) };
  } finally {
    over.abort();
    await settled;
  }
}

/** Whether an approval at this place must say something. */
export function asksForComment({ approvals }: Plan, place: ApprovalPlace | null): boolean {
  return approvals.some((rule) => placeOf(rule) === (place ?? 'before-migrating') && rule.comment === 'required');
}

/** Someone else may decide while we ask; then the question is moot. */
async function abortWhenSettled(
  { client }: Temporal,
  id: string,
  asked: { readonly digest: string; readonly place: ApprovalPlace | null },
  over: AbortController,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    await pause(1_000, stop);
    const state = stop.aborted ? undefined : await releaseState(client, id).catch(() => undefined);
    if (!state) continue;
    const isSame = state.plan?.digest === asked.digest && (state.place ?? null) === asked.place;
    if (state.phase !== 'awaiting approval' || !isSame) over.abort();
  }
}
