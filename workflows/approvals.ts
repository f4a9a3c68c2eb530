/** Where a release asks people: it waits for their yes, is told of their no, and names those who have not decided. */
import { condition } from '@temporalio/workflow';
import { approvalStandings, isApproved, isComplete, type ApprovalStanding } from '../release/approval';
import { placeOf, placeWords } from '../release/approval-place';
import { approvalPlaces, type ApprovalPlace } from '../release/rule-words';
import { formatDuration } from '../release/durations';
import { approvalByRequest, type ApprovalCase } from '../release/judge-approval';
import { moment } from '../release/moments';
import { fittedBytes } from '../release/plain-text';
import { gatesToOverride } from '../release/soft-gates';
import { smokeChecks, verifyChecks } from '../release/step-checks';
import { whoIsLeft, type Left } from '../release/who-is-left';
import { slipwayFailure } from './failure';
import { MAX_SUMMARY } from './proxies';
import type { ReleaseRun } from './release-run';
import { whileAskedAgain } from './soft-gates';
import { watch, type Watch } from './watch';

/** How long a release waits for a word on soft gates where no approval says how long. */
const OVERRIDE_LIMIT = 24 * 3_600_000;

/** Milliseconds that an approval may still take to be judged when the time is over. */
const JUDGED_WITHIN = 2 * 60_000;

/** What an approval at this place is judged by. */
export function approvalCase(run: ReleaseRun, place: ApprovalPlace): ApprovalCase {
  const { project, requestedBy } = run.input;
  return { ...run.state, plan: run.plan, place, project, requestedBy };
}

/** Step 4: everybody who is asked before anything changes has said yes, and soft gates that do not pass are overridden. */
export async function awaitApproval(run: ReleaseRun): Promise<void> {
  countRequest(run);
  await ask(run, 'before-migrating');
}

/**
 * Before the pointers move, or after the smoke checks: the environment is held meanwhile and the checks of this moment go on.
 * Fails with APPROVAL_LATE, and as those checks do.
 */
export async function awaitApprovalHeld(
  run: ReleaseRun,
  place: Exclude<ApprovalPlace, 'before-migrating'>,
): Promise<void> {
  const rules = run.plan.approvals.filter((rule) => placeOf(rule) === place);
  if (rules.length === 0) return;
  await run.step(`approval:${place}`, `Approval ${placeWords[place]}`, async () => {
    await ask(run, place);
    const people = approvalStandings(run.plan, run.state, place).flatMap(({ approvedBy }) => approvedBy);
    return `yes from ${[...new Set(people)].join(', ')}`;
  });
}

/** Whether nothing that a place asks for is missing. */
export function isClear(run: ReleaseRun, place: ApprovalPlace): boolean {
  return isApproved(run.plan, run.state, place) && openGates(run, place).length === 0;
}

/** Places whose checklists can be ticked now. */
export function placesToTick({ state }: ReleaseRun): ApprovalPlace[] {
  if (state.place) return [state.place];
  return beforeAnyChange.has(state.phase) ? [approvalPlaces[0]] : [];
}

const beforeAnyChange: ReadonlySet<string> = new Set<ReleaseRun['state']['phase']>([
  'looking',
  'waiting for window',
  'waiting for lock',
  'looking again',
]);

/** A changed plan: what people have said of the one before counts no more, but for the calendar, which it is not about. */
export function voidWhatWasSaid(run: ReleaseRun, changes: readonly string[]): void {
  const { state } = run;
  const people = [...new Set(state.approvals.map(({ by }) => by))];
  state.voided = { at: new Date().toISOString(), changes, people };
  state.approvals = [];
  if (state.ticks) state.ticks = [];
  if (state.overrides) state.overrides = state.overrides.filter(({ guard }) => guard === 'calendar');
}

/** The request is of the first plan only: one that has changed needs eyes. */
function countRequest(run: ReleaseRun): void {
  if (run.requestCounted) return;
  run.requestCounted = true;
  const approval = approvalByRequest(approvalCase(run, 'before-migrating'), new Date().toISOString());
  if (!approval) return;
  run.state.approvals.push(approval);
  run.note(
    'decision',
    `the request by ${approval.by}, claimed, counts as an approval of ${approval.counts?.join(', ')}`,
  );
}

async function ask(run: ReleaseRun, place: ApprovalPlace): Promise<void> {
  if (isClear(run, place)) return;
  run.enter('awaiting approval');
  run.state.place = place;
  const opened = Date.now();
  const reminded = { times: 0, at: opened };
  try {
    while (!isClear(run, place)) {
      const open = openRules(run, place);
      const limit = Math.min(...open.map(({ rule }) => rule.timeout), ...(open.length === 0 ? [OVERRIDE_LIMIT] : []));
      const every = Math.min(...open.map(({ rule }) => rule.remind ?? Infinity));
      const [until, next] = [opened + limit, reminded.at + every];
      const waits = { what: waitWords(run, place), ...stuckAt(run, place), send: messagesAt(run, place) };
      const times = reminded.times > 0 && { times: reminded.times, at: new Date(reminded.at).toISOString() };
      run.state.waitingFor = { ...waits, until: new Date(until).toISOString(), ...(times && { reminded: times }) };
      run.show();
      const how = await hold(run, place, Math.max(0, Math.min(until, next) - Date.now()));
      // What was said in time counts, also where it is judged in the moment in which the time is over, or later.
      if (how === 'over' && run.unjudged > 0) await condition(() => run.unjudged === 0, JUDGED_WITHIN);
      if (how === 'stopped' || isClear(run, place)) continue;
      if (next >= until) throw expired(run, place, open.length > 0, limit);
      reminded.times += 1;
      reminded.at = Date.now();
      run.note(
        'note',
        `reminder ${reminded.times}: since ${moment(new Date(opened).toISOString())} it waits for ${waits.what}`,
      );
    }
  } finally {
    run.state.place = null;
    run.state.waitingFor = null;
  }
}

/** Until somebody says something that counts, at most `limit` milliseconds. */
function hold(run: ReleaseRun, place: ApprovalPlace, limit: number): ReturnType<typeof watch> {
  const said = ({ approvals, ticks, overrides }: ReleaseRun['state']) => [approvals.length, ticks, overrides] as const;
  const before = said(run.state);
  const stop = () => said(run.state).some((word, index) => word !== before[index]);
  const summary = fittedBytes(`Waits for ${run.state.waitingFor?.what ?? 'approval'}`, MAX_SUMMARY);
  return whileAskedAgain(run, openGates(run, place), (passes) =>
    watch(run, { ...checksAt(run, place), window: limit, summary, stop: () => stop() || passes() }),
  );
}

/** What must keep passing while a place waits: what it was before the wait. */
function checksAt(run: ReleaseRun, place: ApprovalPlace): Pick<Watch, 'checks' | 'interval'> {
  const { environment, input, migrated, plan } = run;
  switch (place) {
    case 'before-migrating':
      return { checks: [], interval: 0 };
    case 'before-moving': {
      const isWatched = migrated.size > 0 || plan.steps.some(({ id }) => id === 'verify');
      const checks = isWatched ? verifyChecks(input.project, environment, plan.services) : [];
      return { checks, interval: Math.max(environment.verify.interval, SHORTEST_INTERVAL) };
    }
    case 'after-smoke':
      return {
        checks: smokeChecks(input.project, plan.services),
        interval: Math.max(environment.monitor.interval, SHORTEST_INTERVAL),
      };
  }
}

const SHORTEST_INTERVAL = 1_000;

const openRules = (run: ReleaseRun, place: ApprovalPlace): ApprovalStanding[] =>
  approvalStandings(run.plan, run.state, place).filter((standing) => !isComplete(standing));

const openGates = ({ state }: ReleaseRun, place: ApprovalPlace) =>
  place === 'before-migrating' ? gatesToOverride(state.gates, state.overrides) : [];

/** Everything that is missing, with the people who can still give it. */
function waitWords(run: ReleaseRun, place: ApprovalPlace): string {
  const gates = openGates(run, place).map(({ id }) => `a word on the gate ${id}, which does not pass`);
  const rules = openRules(run, place).flatMap((standing) => [
    ...(standing.missing > 0 ? [peopleWords(standing, leftOf(run, standing))] : []),
    ...(standing.unticked.length > 0
      ? [`the checklist of ${standing.rule.name} (${standing.unticked.join(', ')})`]
      : []),
  ]);
  return [...gates, ...rules].join(' and ');
}

function peopleWords({ missing, rule }: ApprovalStanding, { people, stuck }: Left): string {
  const approvals = `${missing} approval${missing > 1 ? 's' : ''}`;
  if (stuck !== undefined && people.length === 0) return `${approvals} of ${rule.name}, which nobody may give`;
  return `${approvals} by ${people.join(', ') || 'anyone'}`;
}

const leftOf = ({ input: { project, requestedBy }, plan: { services } }: ReleaseRun, standing: ApprovalStanding) =>
  whoIsLeft(standing, { services, project, requestedBy });

/** Approvals that too few people can still give. */
function stuckAt(run: ReleaseRun, place: ApprovalPlace): { readonly stuck?: readonly string[] } {
  const open = openRules(run, place).filter(({ missing }) => missing > 0);
  const stuck = open.flatMap((standing) => leftOf(run, standing).stuck ?? []);
  return stuck.length > 0 ? { stuck } : {};
}

/** What can be sent now. */
function messagesAt(run: ReleaseRun, place: ApprovalPlace): string[] {
  const open = openRules(run, place);
  const isSoft =
    openGates(run, place).length > 0 || open.some(({ rule, overridden }) => rule.guard === 'soft' && !overridden);
  return [
    ...(open.some(({ unticked }) => unticked.length > 0) ? ['tick'] : []),
    ...(open.length > 0 ? ['approve'] : []),
    ...(isSoft ? ['override'] : []),
    'reject',
  ];
}

function expired(run: ReleaseRun, place: ApprovalPlace, asksForApproval: boolean, ms: number) {
  const limit = formatDuration(ms);
  if (place !== 'before-migrating') {
    return slipwayFailure('APPROVAL_LATE', { place: placeWords[place], environment: run.input.environment, limit });
  }
  if (asksForApproval) return slipwayFailure('APPROVAL_EXPIRED', { limit });
  const gates = openGates(run, place).map(({ id, detail }) => `${id} (${detail})`);
  return slipwayFailure('GATES_NOT_OVERRIDDEN', { gates: gates.join('; '), limit });
}
