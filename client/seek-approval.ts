import { mayApprove } from '../release/approval';
import { placeOf, placeWords } from '../release/approval-place';
import type { ApprovalPlace } from '../release/rule-words';
import { missingAcknowledgements } from '../release/judge-approval';
import type { Plan } from '../release/plan';
import { gitHubTeamsIn, type WhoIsWho } from '../release/people';
import type { ReleaseState } from '../release/state';
import { SlipwayError } from '../release/errors';
import { askForApproval, asksForComment, type Yes } from './approval-dialogue';
import type { Temporal } from './connect';
import { decide } from './decide';
import { deliveryWords } from './delivery-words';
import type { Io } from './io';
import { signDecision } from './sign-decision';
import type { View } from './views';
import type { Person } from './who';

/** Who started a release and may approve it. */
export interface Asker {
  readonly io: Io;
  readonly temporal: Temporal;
  readonly releaseId: string;
  readonly person: Person;
  readonly controller: AbortController;
  readonly view: View;
  /** Approve what has been shown without asking. */
  readonly yes: boolean;
  readonly acknowledge: readonly string[];
  readonly whoIsWho: WhoIsWho;
  /** As for `signDecision`. */
  readonly sign: string | false | undefined;
}

/**
 * Looks, for each plan that waits for approval, once, whether the person who released may approve it, and asks them.
 * With `yes` it approves the first plan; one that changed after that needs a person's eyes.
 */
export function seekApproval(asker: Asker): (state: ReleaseState) => Promise<void> {
  const asked = new Set<string>();
  return async ({ phase, plan, place = null, waitingFor }) => {
    if (phase !== 'awaiting approval' || !plan || asked.has(`${plan.digest} ${place}`)) return;
    // It may wait for a word on a soft gate only.
    if (waitingFor && !waitingFor.send.includes('approve')) return;
    asked.add(`${plan.digest} ${place}`);
    const question = { plan, place };
    const yes = asker.yes ? yesTo(asker, question, asked.size === 1) : await askInTerminal(asker, question);
    if (yes) await approve(asker, plan, yes);
  };
}

/** What waits for a yes. */
interface Question {
  readonly plan: Plan;
  readonly place: ApprovalPlace | null;
}

/** What to say, or undefined if `--yes` is not enough here; says why. */
function yesTo(
  { io, view, person, acknowledge, whoIsWho }: Asker,
  { plan, place }: Question,
  isFirst: boolean,
): Said | undefined {
  const missing = missingAcknowledgements(plan, place ?? 'before-migrating').filter(
    ({ id }) => !acknowledge.includes(id),
  );
  const isLater = place !== null && place !== 'before-migrating';
  const why = isLater
    ? `this one is asked for ${placeWords[place]}: look at it, then approve it with \`slipway approve\``
    : !isFirst
      ? 'the plan has changed since it was approved: read it, then approve it with `slipway approve`'
      : !mayApprovePlan({ plan, place }, person.name, whoIsWho)
        ? `${person.name} (${person.from}) is no approver here`
        : missing.length > 0
          ? `the approval must acknowledge ${missing.map(({ id }) => id).join(', ')}: give --acknowledge`
          : undefined;
  if (why === undefined) return { acknowledge };
  view.hide();
  io.remark(`--yes did not approve: ${why}.`);
  return undefined;
}

async function askInTerminal(asker: Asker, { plan, place }: Question): Promise<Said | undefined> {
  const { io, temporal, releaseId, person, controller, view, whoIsWho } = asker;
  if (!io.canAsk || !mayApprovePlan({ plan, place }, person.name, whoIsWho)) return undefined;
  view.hide();
  const name = `${person.name} (${person.from})`;
  const needsComment = asksForComment(plan, place);
  return askForApproval({ temporal, releaseId, plan, place, needsComment, name, controller });
}

/** A yes, without the plan that it is to. */
type Said = Omit<Yes, 'digest'>;

async function approve(asker: Asker, plan: Plan, { acknowledge, comment }: Said): Promise<void> {
  const { io, temporal, releaseId, person, view, whoIsWho, sign } = asker;
  const { client } = temporal;
  const said = { by: person.name, digest: plan.digest, acknowledge, ...(comment !== undefined && { comment }) };
  view.hide();
  try {
    const order = { io, client, releaseId, kind: 'approve' as const, payload: said, whoIsWho, plan, sign };
    const { payload, words } = await signDecision(order);
    const delivery = await decide(client, releaseId, 'approve', payload);
    io.say(deliveryWords('approve', delivery));
    if (words) io.say(io.look.paint.dim(words));
  } catch (error) {
    // The release goes on without this approval, and so does the watching.
    if (!(error instanceof SlipwayError)) throw error;
    io.remark(`${error.message} ${error.todo}`);
  }
}

/** Whether they may, or might: who is in a team of GitHub is only found out when they decide. */
function mayApprovePlan({ plan, place }: Question, name: string, project: WhoIsWho): boolean {
  return plan.approvals
    .filter((rule) => placeOf(rule) === (place ?? 'before-migrating'))
    .some((rule) => mayApprove(rule, name) || gitHubTeamsIn(project, rule.approvers).length > 0);
}
