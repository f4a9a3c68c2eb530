/** `manual` gates: what people have ticked is their answer, so that the release itself judges them. */
import { unticked, type Tick } from './checklist';
import type { GateReport } from './gate';
import type { GateRule, ManualGate } from './gate-rule';
import { formatDuration } from './durations';
import type { Plan } from './plan';

/** `reports` with those of `manual` gates as they stand at `now` (milliseconds), behind the others. */
export function manualGates(
  rules: readonly GateRule[],
  reports: readonly GateReport[],
  plan: Pick<Plan, 'digest'>,
  ticks: readonly Tick[] = [],
  now: number,
): readonly GateReport[] {
  const manual = rules.filter((rule) => rule.kind === 'manual');
  if (manual.length === 0) return reports;
  const others = reports.filter(({ id }) => !manual.some(({ name }) => name === id));
  const judged = manual.map((rule) =>
    judge(
      rule,
      plan,
      ticks,
      reports.find(({ id }) => id === rule.name),
      now,
    ),
  );
  return [...others, ...judged];
}

/** Whether a gate is answered by people, and by nobody else. */
export function isManual(rules: readonly GateRule[], { id }: Pick<GateReport, 'id'>): boolean {
  return rules.some(({ kind, name }) => kind === 'manual' && name === id);
}

function judge(
  { name, items, by, guard, wait }: ManualGate,
  plan: Pick<Plan, 'digest'>,
  ticks: readonly Tick[],
  before: GateReport | undefined,
  now: number,
): GateReport {
  const list = `gate:${name}`;
  const open = unticked(list, items, plan, ticks);
  const evidence = ticks
    .filter((tick) => tick.list === list && tick.digest === plan.digest)
    .map(({ item, by, proof, at }) => ({ name: item, value: `ticked by ${by} (${proof})`, at }));
  const report = { id: name, hard: guard === 'hard', ...(evidence.length > 0 && { evidence }) };
  if (open.length === 0) return { ...report, verdict: 'passed', detail: `all of ${items.length} ticked` };
  // Its patience was over, and somebody may have overridden it since: it is not waited for again.
  if (before && !before.pending && before.verdict === 'unknown')
    return { ...report, verdict: 'unknown', detail: before.detail };
  const since = before?.pending?.since ?? new Date(now).toISOString();
  const until = Date.parse(since) + wait;
  const detail = `not ticked: ${open.join(', ')}${by.length > 0 ? ` (by ${by.join(' or ')})` : ''}`;
  if (now >= until)
    return { ...report, verdict: 'unknown', detail: `${detail}; waited ${formatDuration(wait)} for it` };
  return { ...report, verdict: 'unknown', detail, pending: { since, until: new Date(until).toISOString() } };
}
