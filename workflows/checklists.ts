/** People tick what they have seen; a `manual` gate and an approval's checklist go by it. */
import { checklistOf, findItem } from '../release/checklist';
import type { Decision } from '../release/decision';
import { manualGates } from '../release/manual-gate';
import { placesToTick } from './approvals';
import { refuseClaim } from './claims';
import type { ReleaseRun } from './release-run';

/** Ticks or unticks an item, or returns one sentence why it does not count. */
export function tick(run: ReleaseRun, decision: Decision): string | undefined {
  const { state, environment, input } = run;
  const { plan, ticks = [] } = state;
  if (!plan) return 'there is no plan yet: tick its items when it is shown';
  const items = checklistOf(environment.gates ?? [], plan, ticks);
  const found = findItem({ items, digest: plan.digest, project: input.project, places: placesToTick(run) }, decision);
  if ('refused' in found) return found.refused;
  const { list, item } = found.item;
  const claim = refuseClaim(run, decision, list);
  if (claim !== undefined) return claim;
  const others = ticks.filter((each) => each.list !== list || each.item !== item || each.digest !== plan.digest);
  const { person: by, proof, id: decisionId } = decision;
  const at = new Date().toISOString();
  const ticked = { list, item, by, proof, digest: plan.digest, decisionId, at };
  state.ticks = decision.kind === 'tick' ? [...others, ticked] : others;
  noteTicks(run);
  run.note('note', `${decision.kind === 'tick' ? '☑' : '☐'} ${item} (${list.replace(':', ' ')}), by ${by}, ${proof}`);
  return undefined;
}

/** Brings the lists, and the reports of `manual` gates, up to date with what is ticked for the plan. */
export function noteTicks({ state, environment }: ReleaseRun): void {
  const { plan, ticks } = state;
  if (!plan) return;
  const gates = environment.gates ?? [];
  const items = checklistOf(gates, plan, ticks);
  if (items.length > 0 || state.checklist) state.checklist = items;
  state.gates = manualGates(gates, state.gates, plan, ticks, Date.now());
}
