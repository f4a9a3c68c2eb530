import { mayApprove } from '../release/approval';
import type { Plan } from '../release/plan';
import { gitHubTeamsIn, type WhoIsWho } from '../release/people';
import type { ReleaseState } from '../release/state';
import { SlipwayError } from '../release/errors';
import { askForApproval } from './approval-dialogue';
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
  return async ({ phase, plan }) => {
    if (phase !== 'awaiting approval' || !plan || asked.has(plan.digest)) return;
    asked.add(plan.digest);
    const yes = asker.yes ? yesTo(asker, plan, asked.size === 1) : await askInTerminal(asker, plan);
    if (yes) await approve(asker, plan, yes);
  };
}

/** Ids to acknowledge, or undefined if `--yes` is not enough here; says why. */
function yesTo(
  { io, view, person, acknowledge, whoIsWho }: Asker,
  plan: Plan,
  isFirst: boolean,
): readonly string[] | undefined {
  const missing = plan.acknowledgements.filter(({ id }) => !acknowledge.includes(id));
  const why = !isFirst
    ? 'the plan has changed since it was approved: read it, then approve it with `slipway approve`'
    : !mayApprovePlan(plan, person.name, whoIsWho)
      ? `${person.name} (${person.from}) is no approver here`
      : missing.length > 0
        ? `the approval must acknowledge ${missing.map(({ id }) => id).join(', ')}: give --acknowledge`
        : undefined;
  if (why === undefined) return acknowledge;
  view.hide();
  io.remark(`--yes did not approve: ${why}.`);
  return undefined;
}

async function askInTerminal(asker: Asker, plan: Plan): Promise<readonly string[] | undefined> {
  const { io, temporal, releaseId, person, controller, view, whoIsWho } = asker;
  if (!io.canAsk || !mayApprovePlan(plan, person.name, whoIsWho)) return undefined;
  view.hide();
  const name = `${person.name} (${person.from})`;
  return (await askForApproval({ temporal, releaseId, plan, name, controller }))?.acknowledge;
}

async function approve(asker: Asker, plan: Plan, acknowledge: readonly string[]): Promise<void> {
  const { io, temporal, releaseId, person, view, whoIsWho, sign } = asker;
  const { client } = temporal;
  const said = { by: person.name, digest: plan.digest, acknowledge };
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
function mayApprovePlan({ approvals }: Plan, name: string, project: WhoIsWho): boolean {
  return approvals.some((rule) => mayApprove(rule, name) || gitHubTeamsIn(project, rule.approvers).length > 0);
}
