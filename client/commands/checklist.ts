import type { Command } from 'commander';
import { itemsCalled } from '../../release/checklist';
import { SlipwayError } from '../../release/errors';
import { checklistLines } from '../../release/render-state';
import { addSigning, deliver, type SigningOptions } from '../deliver-decision';
import { exitCodes, type ExitCode } from '../exit-codes';
import { acting, whoActs, type Invocation } from '../invocation';
import { releaseState } from '../release-state';
import { withRelease } from '../with-release';
import { usageError } from '../words';

interface ChecklistOptions extends SigningOptions {
  readonly env?: string;
  readonly tick?: string;
  readonly untick?: string;
}

export function addChecklist(program: Command): void {
  const command = program
    .command('checklist')
    .summary('show what is to be ticked for a release, and tick it')
    .description(
      'Shows the items that people tick before an approval counts or a manual gate opens, and who has. With --tick it ticks one, for the plan as it is now.',
    )
    .argument('[release]', 'a full id, environment/version/n, or a version')
    .option('--env <environment>', 'only of this environment')
    .option('--tick <item>', 'the number of an item, or its words')
    .option('--untick <item>', 'take a tick back')
    .addHelpText('after', '\nExample: slipway checklist production/1.2.0/1 --tick 2');
  addSigning(command).action(acting(checklist));
}

async function checklist(
  invocation: Invocation,
  text: string | undefined,
  { env, tick, untick, ...signing }: ChecklistOptions,
): Promise<ExitCode> {
  const { io } = invocation;
  if (tick !== undefined && untick !== undefined)
    throw usageError('checklist', '--tick and --untick are for one item each');
  const kind = tick !== undefined ? ('tick' as const) : untick !== undefined ? ('untick' as const) : undefined;
  const person = kind && (await whoActs(invocation));
  return withRelease(invocation, { text, environment: env }, async ({ id, running, outcome, status }, temporal) => {
    if (kind && !running) throw new SlipwayError('RELEASE_FINISHED', { id, outcome: outcome ?? status });
    const state = await releaseState(temporal.client, id);
    if (!kind || !person) {
      const lines = checklistLines(state);
      io.document({ releaseId: id, digest: state.plan?.digest ?? null, checklist: state.checklist ?? [] });
      for (const line of lines) io.say(line);
      if (lines.length === 0) io.say('Nothing is to be ticked for this release.');
      return exitCodes.ok;
    }
    // It is for what the person can see now: a plan that changes on the way takes no tick of the one before.
    const digest = state.plan?.digest;
    if (digest === undefined) {
      const hint = `Watch it with \`slipway watch ${id}\`.`;
      throw new SlipwayError('DECISION_REFUSED', { detail: 'there is no plan yet', hint });
    }
    const payload = { item: tick ?? untick ?? '', digest };
    const about = itemsCalled(state.checklist ?? [], payload.item)[0]?.list;
    return deliver(invocation, temporal, { releaseId: id, kind, person, payload, plan: state.plan, about }, signing);
  });
}
