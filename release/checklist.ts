/** Checklists: items that people tick, one by one, before an approval counts or a `manual` gate opens. */
import { placeOf } from './approval-place';
import { approvalPlaces, type ApprovalPlace } from './rule-words';
import type { Decision, IdentityProof } from './decision';
import type { GateRule } from './gate-rule';
import { isIn, personCalled, type WhoIsWho } from './people';
import type { Plan } from './plan';
import { namesDigest } from './plan-digest';

/** An item that somebody has ticked, for one plan. */
export interface Tick {
  /** The list that it is of: `approval:<name>` or `gate:<name>`. */
  readonly list: string;
  readonly item: string;
  readonly by: string;
  readonly proof: IdentityProof;
  readonly digest: string;
  readonly decisionId: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** One item of a release's lists. */
export interface ChecklistItem {
  /** From 1, through all lists of the release. */
  readonly n: number;
  readonly list: string;
  readonly item: string;
  /** Where on its way the release needs it. */
  readonly place: ApprovalPlace;
  /** People and teams who may tick it; empty = anyone. */
  readonly by: readonly string[];
  /** Who ticked it, for this plan; absent = nobody has. */
  readonly tick?: Tick;
}

/** Everything that people must tick for a release of this plan: the gates' items first. */
export function checklistOf(
  gates: readonly GateRule[],
  plan: Pick<Plan, 'approvals' | 'digest'>,
  ticks: readonly Tick[] = [],
): ChecklistItem[] {
  const ofGates = gates.flatMap((gate) =>
    gate.kind === 'manual'
      ? gate.items.map((item) => ({ list: `gate:${gate.name}`, item, place: approvalPlaces[0], by: gate.by }))
      : [],
  );
  const ofApprovals = plan.approvals.flatMap((rule) =>
    (rule.checklist ?? []).map((item) => ({ list: `approval:${rule.name}`, item, place: placeOf(rule), by: [] })),
  );
  return [...ofGates, ...ofApprovals].map((one, index) => {
    const tick = ticks.find((each) => each.digest === plan.digest && each.list === one.list && each.item === one.item);
    return { n: index + 1, ...one, ...(tick && { tick }) };
  });
}

/** The items of one list that nobody has ticked for this plan. */
export function unticked(
  list: string,
  items: readonly string[],
  { digest }: Pick<Plan, 'digest'>,
  ticks: readonly Tick[] = [],
): string[] {
  return items.filter(
    (item) => !ticks.some((tick) => tick.digest === digest && tick.list === list && tick.item === item),
  );
}

/** What a tick is judged by. */
export interface TickCase {
  readonly items: readonly ChecklistItem[];
  readonly digest: string;
  readonly project: WhoIsWho;
  /** Whose items can be ticked now. */
  readonly places: readonly ApprovalPlace[];
}

/**
 * The item that a `tick` or `untick` means, or one sentence why it does not count. It names this plan's digest and an item
 * by number or by its words, and comes from a person whom the project knows and who may tick it.
 */
export function findItem(
  { items, digest, project, places }: TickCase,
  decision: Decision,
): { readonly item: ChecklistItem } | { readonly refused: string } {
  const { person, item: said = '', kind, teams } = decision;
  if (!namesDigest(digest, decision.digest)) {
    return {
      refused: `it names plan ${decision.digest.slice(0, 12)}, but the plan is now ${digest.slice(0, 12)}: look at that one first`,
    };
  }
  if (items.length === 0) return { refused: 'nothing is to be ticked here' };
  const found = itemsCalled(items, said);
  const [item] = found;
  if (!item)
    return {
      refused: `no item is called ${JSON.stringify(said)}: write its number (1 to ${items.length}) or its words`,
    };
  if (found.length > 1) {
    return {
      refused: `${JSON.stringify(said)} stands in several lists: write its number (${found.map(({ n }) => n).join(' or ')})`,
    };
  }
  const known = personCalled(project, person);
  if (!known) return { refused: `nobody under \`people\` in slipway.yaml is called ${person}` };
  if (known.bot) return { refused: `${person} is a program, and what is ticked is seen by a person` };
  if (item.by.length > 0 && !isIn(project, item.by, person, teams)) {
    return { refused: `${person} may not tick it; these may: ${item.by.join(', ')}` };
  }
  if (!places.includes(item.place)) {
    return {
      refused: `${JSON.stringify(item.item)} is ticked when ${item.list.replace(/^\w+:/, '')} is asked for, and not before or after`,
    };
  }
  if (kind === 'tick' && item.tick) return { refused: `${item.tick.by} has ticked it already` };
  if (kind === 'untick' && !item.tick) return { refused: 'it is not ticked' };
  return { item };
}

/** The items that a person means by a number or by words: of several lists if they have the same words. */
export function itemsCalled(items: readonly ChecklistItem[], said: string): ChecklistItem[] {
  const wanted = said.trim().toLowerCase();
  const byWords = items.filter(({ item }) => item.trim().toLowerCase() === wanted);
  return byWords.length > 0 ? byWords : items.filter(({ n }) => String(n) === wanted);
}

/** One item in a line: its number, whether it is ticked, by whom and how sure that is. */
export function itemWords({ n, item, tick }: ChecklistItem): string {
  return tick ? `${n}. ☑ ${item} (${tick.by}, ${tick.proof})` : `${n}. ☐ ${item}`;
}
