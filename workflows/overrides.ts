/** A person's word that lets one release pass a soft guard. */
import { guardOf } from '../release/approval';
import { placeOf } from '../release/approval-place';
import { approvalPlaces, type ApprovalPlace } from '../release/rule-words';
import { lasting } from '../release/calendar/announced';
import type { Decision } from '../release/decision';
import { overrideWords, refuseOverride, type Override } from '../release/override';
import { refuseUnsigned } from '../release/signed-decision';
import { guardOfGate, holdsRelease } from '../release/soft-gates';
import { signingRules } from './claims';
import { hasCalendar } from './calendar-wait';
import { hasBegunToMove } from './forward-steps';
import type { ReleaseRun } from './release-run';

/** Notes an override, or returns one sentence why it does not count. */
export function override(run: ReleaseRun, decision: Decision): string | undefined {
  const { guard = '', person, comment } = decision;
  const refusal =
    refuseOverride(run.input.project, person) ??
    refuseGuard(run, guard) ??
    refuseUnsigned(signingRules(run), decision, guard);
  if (refusal) return refusal;
  const others = (run.state.overrides ?? []).filter((known) => known.guard !== guard);
  const freezes = lasting(run.state.freezes ?? [], Date.now()).map(({ id }) => id);
  const at = new Date().toISOString();
  const overridden: Override = { guard, by: person, reason: comment, at, ...(guard === 'calendar' && { freezes }) };
  run.state.overrides = [...others, overridden];
  run.note('note', overrideWords(overridden));
  return undefined;
}

/** Why this guard cannot be overridden now; undefined = it can. */
function refuseGuard(run: ReleaseRun, guard: string): string | undefined {
  if (guard === 'calendar') return refuseCalendar(run);
  const { plan, gates } = run.state;
  const rule = plan?.approvals.find((each) => guardOf(each) === guard);
  if (rule) return refuseApproval(run, rule);
  const gate = gates.find((each) => guardOfGate(each) === guard && holdsRelease(each));
  if (gate?.pending) return `${guard} has not answered yet: it is waited for`;
  if (gate?.verdict === 'passed') return `${guard} passes: there is nothing to override`;
  if (gate) return isPast(run.state, 'before-migrating') ? `it is past its gates` : undefined;
  if (gates.some((each) => guardOfGate(each) === guard)) return `${guard} is hard: it cannot be overridden`;
  return `there is no soft guard called ${guard} here (soft guards: ${softGuards(run).join(', ')})`;
}

function refuseCalendar(run: ReleaseRun): string | undefined {
  if (hasBegunToMove(run)) return 'its pointers have begun to move: the calendar holds it no more';
  return hasCalendar(run) ? undefined : 'no calendar and no freeze holds it';
}

function refuseApproval(
  { state }: ReleaseRun,
  rule: NonNullable<ReleaseRun['state']['plan']>['approvals'][number],
): string | undefined {
  if (rule.guard !== 'soft') return `${guardOf(rule)} is hard: it cannot be overridden`;
  return isPast(state, placeOf(rule)) ? `${rule.name} is not asked for any more` : undefined;
}

/** Whether a release has gone on from a place: nothing that is said about it would change anything. */
function isPast({ place: asks, steps, undoRecords }: ReleaseRun['state'], place: ApprovalPlace): boolean {
  if (asks) return approvalPlaces.indexOf(place) < approvalPlaces.indexOf(asks);
  if (place === 'before-migrating') return undoRecords.length > 0;
  return steps.some(({ id, status }) => id === `approval:${place}` && status === 'done');
}

function softGuards({ state }: ReleaseRun): string[] {
  const rules = (state.plan?.approvals ?? []).filter(({ guard }) => guard === 'soft').map(guardOf);
  const gates = state.gates.filter((gate) => holdsRelease(gate) && gate.verdict !== 'passed').map(guardOfGate);
  return ['calendar', ...rules, ...gates];
}
