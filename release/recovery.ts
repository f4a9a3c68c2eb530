/**
 * What may be done for a release that nobody runs any more: its workflow was terminated, or Temporal has lost it. What
 * it registered stands in the ledger; what it did is seen in the world. Data in, data out.
 */
import type { ErrorReport } from './errors';
import type { Outcome, Phase } from './phase';
import { judgeStep, type StepFound } from './recovery-steps';
import type { RecoverySight, ServiceSight, UnfinishedEntry, UnfinishedRelease } from './unfinished-release';
import { undoOfMigrations, undoOfMove, type UndoRecord } from './undo';

/** What can be done for it. */
export const recoveryActions = ['undo', 'finish', 'close'] as const;
export type RecoveryAction = (typeof recoveryActions)[number];

/** One thing that can be done, the best first. */
export interface RecoveryOffer {
  readonly action: RecoveryAction;
  /** How the release will have ended. */
  readonly outcome: Outcome;
  /** What it does, for people. */
  readonly does: string;
}

/** What happened to an unfinished release, and what can be done for it. */
export interface RecoveryCase {
  readonly steps: readonly StepFound[];
  readonly offers: readonly RecoveryOffer[];
  /** Why something is not offered, and what to know; a sentence each. */
  readonly notes: readonly string[];
}

/** An unfinished release, and what can be done for it. */
export interface FoundRelease extends UnfinishedEntry {
  readonly judged: RecoveryCase;
  readonly sight: RecoverySight;
  /** All that the ledger knows; only where one release was asked for: a list of them would not fit into a message. */
  readonly unfinished: UnfinishedRelease | null;
  /** What it did could not be read, or is not to be believed: that no step is told does not mean that there was none. */
  readonly isUnread?: boolean;
}

/** One of which the ledger's account cannot be read here: nothing is offered, and `report` says why. */
export function unreadable(entry: UnfinishedEntry, { message, todo }: ErrorReport): FoundRelease {
  return {
    ...entry,
    judged: { steps: [], offers: [], notes: [`${message} ${todo}`] },
    sight: { life: 'could not tell', isRecovering: false, services: [] },
    unfinished: null,
    isUnread: true,
  };
}

/** Judges what was seen. Where something that matters could not be told, no more is offered than to close it. */
export function judgeRecovery(unfinished: UnfinishedRelease, sight: RecoverySight): RecoveryCase {
  const steps = allSteps(unfinished).map((record) =>
    judgeStep(
      record,
      unfinished,
      sight.services.find(({ service }) => service === record.service),
    ),
  );
  const obstacle = obstacleOf(unfinished, sight);
  if (obstacle !== undefined) return { steps, offers: [], notes: [obstacle] };
  if (unfinished.problem !== undefined) return untrusted(unfinished, unfinished.problem, sight);
  const hold = holdOf(unfinished, sight.services);
  const doubts = sight.services.flatMap(({ service, doubts: those }) => those.map((doubt) => `${service}: ${doubt}`));
  const close = closing(unfinished, steps, hold);
  const isUnclear = steps.some(({ found }) => found === 'could not tell');
  const notes = [
    ...doubts,
    ...noteOnHold(hold, steps),
    ...noteOnCluster(unfinished, sight),
    ...(isUnclear ? [lookAgain] : []),
  ];
  if (steps.length === 0 || isUnclear || hold.kind === 'freed' || hold.kind === 'lost')
    return { steps, offers: [close], notes };
  const standing = steps.filter(({ found }) => found === 'done' || found === 'partly');
  const undo: RecoveryOffer = { action: 'undo', outcome: 'rolled back', does: undoWords(standing) };
  const isForward = !hadTurnedBack(unfinished) && isUndoneEmpty(unfinished);
  const mayFinish = hold.kind === 'held' && isForward && steps.every(({ found }) => found !== 'undone');
  if (!mayFinish) return { steps, offers: [undo, close], notes: [...notes, noFinish] };
  const finish: RecoveryOffer = { action: 'finish', outcome: 'finished', does: finishWords };
  return { steps, offers: [undo, finish, close], notes };
}

/** Nothing is done by an account that is not the release's own. */
function untrusted(unfinished: UnfinishedRelease, problem: string, sight: RecoverySight): RecoveryCase {
  const step = { step: 'all of it', service: '', kind: 'pointer', found: 'could not tell', detail: problem } as const;
  const steps = [step];
  const notes = [...noteOnCluster(unfinished, sight), mendRow];
  return { steps, offers: [{ action: 'close', outcome: 'abandoned', does: leaveWords }], notes };
}

/**
 * What has to be undone: what was registered, and the rest of the plan. Only a release's first step waits for the
 * ledger, so a later one may have been done and not be on record; to undo what never happened does nothing.
 */
export function allSteps({ plan, undoRecords }: UnfinishedRelease): UndoRecord[] {
  if (undoRecords.length === 0 || !plan) return [...undoRecords];
  const migrating = plan.services.filter(({ database }) => database && database.scripts.length > 0);
  const moving = plan.services.filter(({ untouched }) => !untouched);
  const planned = [...migrating.map(undoOfMigrations), ...moving.map(undoOfMove)];
  const known = new Map(undoRecords.map((record) => [record.step, record]));
  const rest = undoRecords.filter(({ step }) => !planned.some((record) => record.step === step));
  return [...rest, ...planned.map((record) => known.get(record.step) ?? record)];
}

/** What of the steps still stands, a sentence each: the drift of a release that is closed as it is. */
export function driftOf(steps: readonly StepFound[]): string[] {
  return steps
    .filter(({ found }) => found !== 'not done' && found !== 'undone')
    .map(({ step, found, detail }) => `${step}: ${found}${detail ? `, ${detail}` : ''}`);
}

/** Services all of whose migrations were found applied: a rollback treats them as one that had got so far. */
export function migratedServices(steps: readonly StepFound[]): string[] {
  return steps.filter(({ kind, found }) => kind === 'migrations' && found === 'done').map(({ service }) => service);
}

/** Who has the fences of its repositories. */
type Hold =
  /** The dead release, on its way forward; or on its way back. */
  | { readonly kind: 'held' | 'undoing' }
  /** It had let the environment go. */
  | { readonly kind: 'freed' }
  /** It never held it, or another has taken it since. */
  | { readonly kind: 'lost'; readonly to: string };

function obstacleOf({ release }: UnfinishedRelease, { life, isRecovering }: RecoverySight): string | undefined {
  if (life === 'running') return `It is still running: \`slipway watch ${release.id}\`.`;
  if (life === 'could not tell') return 'Temporal gave no answer whether it still runs: look again.';
  return isRecovering ? 'Someone is recovering it now.' : undefined;
}

function holdOf({ release }: UnfinishedRelease, services: readonly ServiceSight[]): Hold {
  const kinds = new Set<'held' | 'undoing' | 'freed'>();
  for (const { fence } of services) {
    if (fence === null) continue;
    if (fence.state === 'absent') return { kind: 'lost', to: 'nobody: the fence is not there' };
    if (fence.state === 'unreadable') return { kind: 'lost', to: 'something that this version cannot read' };
    const { holder, run, cluster, state } = fence.value;
    if (holder !== release.id || run !== release.runId || cluster !== release.cluster)
      return { kind: 'lost', to: `${holder} (${state === 'free' ? 'which has let it go' : 'which holds it'})` };
    kinds.add(state === 'free' ? 'freed' : state);
  }
  // Of several repositories some may have been raised or freed when it died: what it had begun counts.
  if (kinds.has('undoing')) return { kind: 'undoing' };
  if (kinds.has('held')) return { kind: kinds.has('freed') ? 'undoing' : 'held' };
  return { kind: 'freed' };
}

function closing(unfinished: UnfinishedRelease, steps: readonly StepFound[], hold: Hold): RecoveryOffer {
  const offer = (outcome: Outcome, does: string): RecoveryOffer => ({ action: 'close', outcome, does });
  const standing = driftOf(steps);
  if (steps.length === 0) return offer('stopped', 'records that it ended before anything had changed');
  if (hold.kind === 'freed' && steps.every(({ found }) => found !== 'could not tell')) {
    if (hasFinished(unfinished, steps))
      return offer('finished', 'records that it had succeeded: only its word is missing');
    if (isUndoneClean(unfinished)) return offer('rolled back', 'records that it had been rolled back');
  }
  if (standing.length === 0) {
    const isBack = steps.some(({ found }) => found === 'undone');
    return offer(isBack ? 'rolled back' : 'stopped', 'records that nothing of it stands, and lets the environment go');
  }
  return offer('abandoned', leaveWords);
}

function hasFinished({ plan, undone }: UnfinishedRelease, steps: readonly StepFound[]): boolean {
  const moving = plan?.services.filter(({ untouched }) => !untouched).map(({ service }) => `move:${service}`) ?? [];
  return undone.length === 0 && moving.every((id) => steps.some(({ step, found }) => step === id && found === 'done'));
}

const isUndoneClean = ({ undone }: UnfinishedRelease): boolean =>
  undone.every(({ how }) => how !== 'skipped' && how !== 'abandoned');

const isUndoneEmpty = ({ undone }: UnfinishedRelease): boolean => undone.length === 0;

function undoWords(standing: readonly StepFound[]): string {
  if (standing.length === 0) return 'makes sure that nothing acts late, proves the running version, and lets go';
  return `puts back ${standing.map(({ step }) => step).join(', ')} in reverse order, and proves that the old version is live`;
}

/** Phases in which a failure was known: what failed is not begun again. */
const wayBack: ReadonlySet<string> = new Set<Phase>(['rolling back', 'proving', 'needs attention']);

/** Its last phase alone does not tell: a recovery that died has gone through phases of its own since. */
const hadTurnedBack = ({ phase, timeline }: UnfinishedRelease): boolean =>
  wayBack.has(phase) || timeline.some(({ kind, text }) => kind === 'phase' && wayBack.has(text));

const finishWords = 'goes on with the approved plan where it stopped; whatever fails then is rolled back';
const leaveWords = 'leaves everything as it is, records what differs, and lets the environment go';
const mendRow =
  'Put the row back from a backup of the ledger, and look again; or go by the fence and the tables, and close it (docs/recovery.md).';
const lookAgain = 'Not everything could be told: look again before you decide.';
const noFinish = 'It cannot be finished: its rollback had begun.';

function noteOnHold(hold: Hold, steps: readonly StepFound[]): string[] {
  if (hold.kind === 'freed' && steps.length > 0) return ['It had come to its end and let the environment go.'];
  if (hold.kind !== 'lost' || steps.length === 0) return [];
  return [`It can no longer be undone as it was planned: the environment belongs to ${hold.to}.`];
}

function noteOnCluster({ release }: UnfinishedRelease, { life }: RecoverySight): string[] {
  if (life !== 'elsewhere') return [];
  return [
    `It ran on another Temporal (${release.cluster}), which cannot be asked from here: only if that one is gone for good, say so with --temporal-gone.`,
  ];
}
