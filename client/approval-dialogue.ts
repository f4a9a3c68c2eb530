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
}

/** Who is asked what. */
export interface Dialogue {
  readonly temporal: Temporal;
  readonly releaseId: string;
  readonly plan: Plan;
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
  name,
  controller,
}: Dialogue): Promise<Yes | undefined> {
  const over = new AbortController();
  const stop = AbortSignal.any([over.signal, controller.signal]);
  const settled = abortWhenSettled(temporal, releaseId, plan.digest, over, stop);
  const question = (text: string) => ask(text, stop, () => controller.abort());
  try {
    for (const { id, text } of plan.acknowledgements) {
      const answer = await question(`${text}. Acknowledge ${id}? (yes/no) `);
      if (answer?.toLowerCase() !== 'yes') return undefined;
    }
    const short = plan.digest.slice(0, 12);
    const answer = await question(
      `Approve plan ${short} as ${name}? (yes, or its first digits; anything else leaves it waiting) `,
    );
    const isYes = answer !== undefined && (answer.toLowerCase() === 'yes' || namesDigest(plan.digest, answer));
    return isYes ? { digest: plan.digest, acknowledge: plan.acknowledgements.map(({ id }) => id) } : undefined;
  } finally {
    over.abort();
    await settled;
  }
}

/** Someone else may decide while we ask; then the question is moot. */
async function abortWhenSettled(
  { client }: Temporal,
  id: string,
  digest: string,
  over: AbortController,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    await pause(1_000, stop);
    const state = stop.aborted ? undefined : await releaseState(client, id).catch(() => undefined);
    if (state && (state.phase !== 'awaiting approval' || state.plan?.digest !== digest)) over.abort();
  }
}
