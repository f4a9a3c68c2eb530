import type { Command } from 'commander';
import { SlipwayError } from '../../release/errors';
import { renderPlan } from '../../release/render-plan';
import { askForApproval, asksForComment, type Yes } from '../approval-dialogue';
import type { Temporal } from '../connect';
import { addSigning, deliver, type SigningOptions } from '../deliver-decision';
import { exitCodes, type ExitCode } from '../exit-codes';
import { interruptible } from '../interruption';
import { acting, whoActs, type Invocation } from '../invocation';
import type { Io } from '../io';
import { releaseState } from '../release-state';
import type { Person } from '../who';
import { withRelease } from '../with-release';
import { requireDigest } from '../words';

interface ApproveOptions extends SigningOptions {
  readonly env?: string;
  readonly digest?: string;
  readonly comment?: string;
  readonly acknowledge: readonly string[];
}

export function addApprove(program: Command): void {
  const command = program
    .command('approve')
    .summary('say yes to a plan')
    .description('Approves the plan with this digest. In a terminal, without --digest, it shows the plan and asks.')
    .argument('[release]', 'a full id, environment/version/n, or a version')
    .option('--env <environment>', 'only of this environment')
    .option('--digest <digits>', "at least 8 digits of the plan's digest")
    .option('--comment <text>', 'for the record')
    .option('--acknowledge <id...>', 'what the approval acknowledges, such as no-way-back:api', [])
    .addHelpText(
      'after',
      `
Examples:
  slipway approve                                                  shows what waits, and asks
  slipway approve production/1.2.0/1 --digest 7cb286637ee0 --comment "seen on staging"`,
    );
  addSigning(command).action(acting(approve));
}

async function approve(invocation: Invocation, text: string | undefined, options: ApproveOptions): Promise<ExitCode> {
  const { io } = invocation;
  const digest = options.digest === undefined ? undefined : requireDigest(options.digest);
  const person = await whoActs(invocation);
  const wanted = { text, environment: options.env, phase: 'awaiting approval' };
  return withRelease(invocation, wanted, async ({ id, running, outcome, status }, temporal) => {
    if (!running) throw new SlipwayError('RELEASE_FINISHED', { id, outcome: outcome ?? status });
    const yes =
      digest === undefined
        ? await readAndAsk({ io, temporal, releaseId: id, person, comment: options.comment })
        : { digest, acknowledge: options.acknowledge };
    if (!yes) {
      io.remark('Nothing was approved.');
      return exitCodes.refused;
    }
    const comment = options.comment === undefined ? {} : { comment: options.comment };
    const payload = { ...comment, ...yes };
    // A worker that is away is no reason not to decide: then only the rules at hand say whether it must be signed.
    const state = await releaseState(temporal.client, id).catch(() => undefined);
    const decided = { releaseId: id, kind: 'approve' as const, person, payload, plan: state?.plan ?? null };
    return deliver(invocation, temporal, decided, options);
  });
}

interface Asked {
  readonly io: Io;
  readonly temporal: Temporal;
  readonly releaseId: string;
  readonly person: Person;
  readonly comment: string | undefined;
}

async function readAndAsk({ io, temporal, releaseId, person, comment }: Asked): Promise<Yes | undefined> {
  if (!io.canAsk) throw new SlipwayError('DIGEST_MISSING', { id: releaseId });
  const { plan, gates, place } = await releaseState(temporal.client, releaseId);
  if (!plan)
    throw new SlipwayError('DECISION_REFUSED', {
      detail: 'there is no plan yet',
      hint: `Watch it with \`slipway watch ${releaseId}\`.`,
    });
  io.say(renderPlan(plan, gates, io.look.paint));
  const name = `${person.name} (${person.from})`;
  const needsComment = comment === undefined && asksForComment(plan, place ?? null);
  return interruptible((controller) =>
    askForApproval({ temporal, releaseId, plan, place: place ?? null, needsComment, name, controller }),
  );
}
