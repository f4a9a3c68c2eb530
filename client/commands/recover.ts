import { Option, type Command } from 'commander';
import { SlipwayError } from '../../release/errors';
import { parseReleaseWorkflowId, releaseKey } from '../../release/identity';
import type { FoundRelease, RecoveryAction, RecoveryOffer } from '../../release/recovery';
import { recoveryLines, shortReleaseName } from '../../release/recovery-text';
import { ask } from '../ask';
import type { Temporal } from '../connect';
import { exitCodes, type ExitCode } from '../exit-codes';
import { lookEverywhere } from '../every-environment';
import { environmentInName, findRelease, type WantedRelease } from '../find-release';
import { interruptible } from '../interruption';
import { acting, contextOf, whoActs, withTemporal, type Invocation } from '../invocation';
import { environmentOf } from '../project-context';
import { findUnfinished, startRecovery } from '../recover-release';
import { remarkView, viewFor } from '../views';
import { watchRelease } from '../watch-release';
import { usageError } from '../words';

interface RecoverOptions {
  readonly env?: string;
  readonly undo?: boolean;
  readonly finish?: boolean;
  readonly close?: boolean;
  readonly reason?: string;
  readonly by?: string;
  readonly temporalGone?: boolean;
  readonly yes?: boolean;
}

const examples = `
Without an action it only looks: what each unfinished release did, what stands, and what can be done.
Exit code 0: there is none, or it was recovered as asked; 5: one waits for a decision; 4: the ledger or a worker
does not answer.

Examples:
  slipway recover                                              look
  slipway recover production/1.2.0/1 --undo                    put everything back and prove it
  slipway recover production/1.2.0/1 --finish                  go on where it stopped
  slipway recover production/1.2.0/1 --close --reason "mended by hand"`;

export function addRecover(program: Command): void {
  program
    .command('recover')
    .summary('undo, finish or close a release that nobody runs any more')
    .description(
      'Finds releases in the ledger whose workflow was terminated, or that Temporal has lost, and looks at what they left.',
    )
    .argument('[release]', 'a full id, environment/version/n, or a version')
    .option('--env <environment>', 'only of this environment')
    .addOption(new Option('--undo', 'put back what it did, and prove the old version').conflicts(['finish', 'close']))
    .addOption(new Option('--finish', 'go on where it stopped').conflicts(['undo', 'close']))
    .addOption(new Option('--close', 'leave everything as it is and record it').conflicts(['undo', 'finish']))
    .option('--reason <text>', 'why, for the record; --close needs it')
    .option('--by <name>', 'who decides (SLIPWAY_USER or git user.name by default)')
    .option('--temporal-gone', 'the Temporal on which it ran does not exist any more')
    .option('--yes', 'do not ask')
    .addHelpText('after', examples)
    .action(acting(recover));
}

async function recover(invocation: Invocation, text: string | undefined, options: RecoverOptions): Promise<ExitCode> {
  const { io } = invocation;
  const action = actionOf(options);
  if (action === 'close' && !options.reason?.trim()) throw usageError('recover', '--close needs a --reason');
  if (action && !options.yes && !io.canAsk)
    throw usageError('recover', `there is nobody to ask whether to ${action}: say --yes`);
  const context = await contextOf(invocation);
  const named = options.env ?? environmentInName(text);
  const environments =
    named === undefined ? Object.keys(context.project.environments) : [environmentOf(context, named)];
  return withTemporal(invocation, named, async (temporal) => {
    const project = context.project.name;
    const looks = await lookEverywhere(io, environments, (environment) =>
      findUnfinished(temporal.client, { project, environment }),
    );
    const all = looks.found.flat();
    const found = text === undefined ? all : all.filter(({ release }) => isNamed(release, text));
    if (text !== undefined && found.length === 0) throw await whyNone(temporal, { text, project, environment: named });
    if (!action) show(invocation, found);
    if (found.length === 0) return exitCodes.ok;
    const choice = await choose(invocation, found, action);
    if (!choice) return exitCodes.needsAttention;
    return carryOut(invocation, temporal, choice, options);
  });
}

/** Most often it has ended, or runs: then there is something better to say than that it is not there. */
async function whyNone({ client }: Temporal, wanted: WantedRelease & { text: string }): Promise<SlipwayError> {
  const known = await findRelease(client, wanted).catch(() => undefined);
  if (known?.running && parseReleaseWorkflowId(known.id))
    return new SlipwayError('RECOVERY_NEEDLESS', { id: known.id });
  return new SlipwayError('RECOVERY_NONE', { what: wanted.text });
}

function actionOf({ undo, finish, close }: RecoverOptions): RecoveryAction | undefined {
  if (undo) return 'undo';
  if (finish) return 'finish';
  return close ? 'close' : undefined;
}

function isNamed({ id, version }: { readonly id: string; readonly version: string }, text: string): boolean {
  return parseReleaseWorkflowId(text) ? id === text : shortReleaseName(id) === text || version === text;
}

function show({ io }: Invocation, found: readonly FoundRelease[]): void {
  io.document({
    unfinished: found.map(({ release, requestedBy, phase, judged, sight }) => ({
      ...{ release, requestedBy, phase, life: sight.life },
      live: Object.fromEntries(sight.services.map(({ service, live }) => [service, live])),
      ...judged,
    })),
  });
  if (found.length === 0) io.say('Every release in the ledger has ended, or runs.');
  for (const one of found) io.say(`${recoveryLines(one, io.look.paint).join('\n')}\n`);
}

interface Choice {
  readonly found: FoundRelease;
  readonly offer: RecoveryOffer;
}

/** What is to be done: as the options say, or as the person at the terminal does. */
async function choose(
  { io }: Invocation,
  found: readonly FoundRelease[],
  action: RecoveryAction | undefined,
): Promise<Choice | undefined> {
  const [first, ...others] = found as [FoundRelease, ...FoundRelease[]];
  if (action) {
    if (others.length > 0)
      throw new SlipwayError('RELEASE_AMBIGUOUS', { ids: found.map(({ release }) => release.id).join(', ') });
    const offer = first.judged.offers.find((candidate) => candidate.action === action);
    if (offer) return { found: first, offer };
    const possible = first.judged.offers.map((candidate) => candidate.action).join(', ') || 'nothing';
    const why = [...first.judged.notes, `What can be done now: ${possible}.`].join(' ');
    throw new SlipwayError('RECOVERY_REFUSED', { id: first.release.id, action, why });
  }
  if (!io.canAsk || others.length > 0 || first.judged.offers.length === 0) return undefined;
  const actions = first.judged.offers.map((candidate) => candidate.action).join(', ');
  const answer = await askPerson(`What now? (${actions}; anything else leaves it as it is) `);
  const offer = first.judged.offers.find((candidate) => candidate.action === answer);
  return offer && { found: first, offer };
}

async function carryOut(
  invocation: Invocation,
  temporal: Temporal,
  { found, offer }: Choice,
  options: RecoverOptions,
): Promise<ExitCode> {
  const { io } = invocation;
  const { client } = temporal;
  const { release } = found;
  const { project, environment } = release;
  const { action } = offer;
  if (found.sight.life === 'elsewhere' && !options.temporalGone) {
    const why = found.judged.notes.at(-1) ?? 'it ran on another Temporal.';
    throw new SlipwayError('RECOVERY_REFUSED', { id: release.id, action, why });
  }
  const by = options.by?.trim() || (await whoActs(invocation)).name;
  if (!options.yes) {
    io.say(`${action} ${release.id} as ${by}: it ${offer.does}.`);
    if ((await askPerson('Do it? (yes; anything else leaves it as it is) '))?.toLowerCase() !== 'yes')
      return exitCodes.needsAttention;
  }
  const reason =
    options.reason?.trim() || (io.canAsk ? await askPerson('Why, for the record? ') : '') || 'nobody runs it';
  const warning = await temporal.ensureSearchAttributes();
  if (warning) io.remark(`Warning: ${warning}`);
  const [whole] = await findUnfinished(client, {
    project,
    environment,
    release: { id: release.id, runId: release.runId },
  });
  if (!whole?.unfinished) throw new SlipwayError('RECOVERY_NONE', { what: releaseKey(release) });
  const input = { unfinished: whole.unfinished, action, by, reason, temporalGone: options.temporalGone ?? false };
  const started = await startRecovery(client, input);
  const { id, runId } = started;
  io.say(`Recovery ${io.look.paint.bold(id)}${started.already ? ', which runs already' : ''}`);
  const link = temporal.linkTo(id, runId);
  if (link) io.say(io.look.paint.dim(link));
  return interruptible(async ({ signal }) => {
    const view = io.json ? remarkView(io) : viewFor(io);
    const { code, result } = await watchRelease({ io, temporal, id, view, signal });
    io.document({ recovery: id, runId, outcome: result?.outcome ?? null, result: result ?? null });
    return result?.outcome === offer.outcome ? exitCodes.ok : code;
  });
}

async function askPerson(question: string): Promise<string | undefined> {
  const interrupted = new AbortController();
  return ask(question, interrupted.signal, () => interrupted.abort());
}
