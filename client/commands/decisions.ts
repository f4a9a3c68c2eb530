import type { Command } from 'commander';
import type { DecisionKind } from '../../release/decision';
import { SlipwayError } from '../../release/errors';
import type { DecisionPayload } from '../decide';
import { addSigning, deliver, type SigningOptions } from '../deliver-decision';
import type { ExitCode } from '../exit-codes';
import { acting, whoActs, type Invocation } from '../invocation';
import { releaseState } from '../release-state';
import { withRelease } from '../with-release';

interface SimpleOptions extends SigningOptions {
  readonly env?: string;
  readonly reason?: string;
}

/** A decision that needs no more than a reason. */
interface SimpleDecision {
  readonly name: string;
  readonly kind: DecisionKind;
  readonly summary: string;
  readonly description: string;
  readonly example: string;
}

const decisions: readonly SimpleDecision[] = [
  {
    name: 'reject',
    kind: 'reject',
    summary: 'say no to a release',
    description: 'Rejects a release. If something has changed already, it is put back.',
    example: 'slipway reject production/1.2.0/1 --reason "not before the weekend"',
  },
  {
    name: 'pause',
    kind: 'pause',
    summary: 'hold a release before its next change',
    description:
      'Holds a release before its next change; checks go on. The environment says how long a pause may last.',
    example: 'slipway pause production/1.2.0/1 --reason "looking at the errors first"',
  },
  {
    name: 'resume',
    kind: 'resume',
    summary: 'let a paused release go on',
    description: 'Lets a paused release go on.',
    example: 'slipway resume production/1.2.0/1',
  },
  {
    name: 'skip-wait',
    kind: 'skipWait',
    summary: 'end a wait now',
    description: 'Ends the verify wait or the monitoring window now.',
    example: 'slipway skip-wait production/1.2.0/1 --reason "the dashboards are fine"',
  },
];

export function addDecisions(program: Command): void {
  for (const decision of decisions) {
    const command = program
      .command(decision.name)
      .summary(decision.summary)
      .description(decision.description)
      .argument('[release]', 'a full id, environment/version/n, or a version')
      .option('--env <environment>', 'only of this environment')
      .option('--reason <text>', 'why, for the record')
      .addHelpText('after', `\nExample: ${decision.example}`);
    addSigning(command).action(
      acting((invocation, text: string | undefined, options: SimpleOptions) => {
        const say = options.reason === undefined ? {} : { comment: options.reason };
        return send(invocation, decision, { text, environment: options.env, ...options }, say);
      }),
    );
  }
}

/** Sends a decision by the person at the keyboard to the release that is meant, and tells what became of it. */
export async function send(
  invocation: Invocation,
  /**
   * With a phase, only releases in it are meant if several run: none other could take the decision. `about`: the guard of
   * an override, of which only the plan says whether it must be signed.
   */
  { kind, phase, about }: { readonly kind: DecisionKind; readonly phase?: string; readonly about?: string },
  {
    text,
    environment,
    ...signing
  }: SigningOptions & { readonly text: string | undefined; readonly environment: string | undefined },
  payload: Omit<DecisionPayload, 'by'>,
): Promise<ExitCode> {
  const person = await whoActs(invocation);
  const wanted = { text, environment, ...(phase === undefined ? {} : { phase }) };
  return withRelease(invocation, wanted, async ({ id, running, outcome, status }, temporal) => {
    if (!running) {
      throw new SlipwayError(kind === 'rollback' ? 'ROLLBACK_FINISHED' : 'RELEASE_FINISHED', {
        id,
        outcome: outcome ?? status,
      });
    }
    const state = about === undefined ? undefined : await releaseState(temporal.client, id).catch(() => undefined);
    const decided = { releaseId: id, kind, person, payload, plan: state?.plan ?? null, about };
    return deliver(invocation, temporal, decided, signing);
  });
}
