/** A release whose gates are pending waits for them before anybody is asked, and never while it holds its environment. */
import { condition } from '@temporalio/workflow';
import { closedGates, type GateReport } from '../release/gate';
import { isManual } from '../release/manual-gate';
import { moment } from '../release/moments';
import { fittedBytes } from '../release/plain-text';
import { verdictWord } from '../release/verdict';
import { noteTicks } from './checklists';
import { slipwayFailure } from './failure';
import { GATE_SEGMENT, MAX_SUMMARY, activity } from './proxies';
import type { ReleaseRun } from './release-run';

/** Fails with GATES_CLOSED or GATES_UNKNOWN if a hard gate is shut; one that is pending is not, yet. */
export function requireOpen(gates: readonly GateReport[]): void {
  const closed = closedGates(gates.filter(({ pending }) => !pending));
  const words = (list: readonly GateReport[]) => list.map(({ id, detail }) => `${id} (${detail})`).join('; ');
  if (closed.failed.length > 0) {
    const count = closed.failed.length === 1 ? 'A gate is' : `${closed.failed.length} gates are`;
    throw slipwayFailure('GATES_CLOSED', { count, gates: words(closed.failed) });
  }
  if (closed.unknown.length > 0) throw slipwayFailure('GATES_UNKNOWN', { gates: words(closed.unknown) });
}

/** Whether a gate is pending: nothing may be changed until it has answered. */
export function isHeldByGates(run: ReleaseRun): boolean {
  return run.state.gates.some(({ pending }) => pending);
}

/**
 * While the environment is held nobody waits for a soft gate that must be asked anew: what it said before counts, when it
 * passed or was overridden.
 */
export function keepSoftWords(run: ReleaseRun, before: readonly GateReport[]): void {
  run.state.gates = run.state.gates.map((gate) =>
    !gate.hard && gate.pending ? (before.find(({ id }) => id === gate.id) ?? gate) : gate,
  );
}

/** Waits until no gate is pending any more, each at most as long as its patience. Fails as `requireOpen` does. */
export async function awaitGates(run: ReleaseRun): Promise<void> {
  const waitedFor = run.state.gates.filter(({ pending }) => pending).map(({ id }) => id);
  if (waitedFor.length === 0) return;
  run.enter('looking');
  run.note('note', `waits for ${waitedFor.join(', ')}`);
  const { release } = run.state;
  const { project } = run.input;
  const rules = run.environment.gates ?? [];
  const services = run.plan.services.map(({ service, commit, previous }) => ({ service, commit, previous }));
  try {
    for (;;) {
      const pending = run.state.gates.filter((gate) => gate.pending);
      if (pending.length === 0) break;
      const until =
        pending
          .map((gate) => gate.pending!.until)
          .sort()
          .at(-1) ?? null;
      const isTicked = pending.some((gate) => isManual(rules, gate));
      const send = isTicked ? ['tick', 'reject'] : ['reject'];
      run.state.waitingFor = { what: pending.map(waitWords).join('; '), until, send };
      run.show();
      if (pending.every((gate) => isManual(rules, gate))) {
        await awaitTick(run, pending);
      } else {
        const summary = `Waits for ${pending.map(({ id }) => id).join(', ')}`;
        const asked = run.state.gates.filter((gate) => !isManual(rules, gate));
        const answered = await activity.awaitGates(
          { release, project, services, gates: asked, limit: GATE_SEGMENT },
          summary,
        );
        // What was ticked meanwhile stays.
        const manual = run.state.gates.filter((gate) => isManual(rules, gate));
        run.state.gates = [...answered, ...manual];
      }
      noteTicks(run);
      requireOpen(run.state.gates);
    }
  } finally {
    run.state.waitingFor = null;
    const settled = run.state.gates.filter((gate) => !gate.pending && waitedFor.includes(gate.id));
    if (settled.length > 0) run.recordGates();
    for (const { id, verdict, detail } of settled) run.note('note', `${id}: ${verdictWord[verdict]}: ${detail}`);
  }
}

/** Until something is ticked, or the patience of one of these is over. */
async function awaitTick(run: ReleaseRun, pending: readonly GateReport[]): Promise<void> {
  const { ticks } = run.state;
  const soonest = Math.min(...pending.map((gate) => Date.parse(gate.pending!.until)));
  const limit = Math.max(1, soonest - Date.now());
  const summary = `Waits until people have ticked ${pending.map(({ id }) => id).join(', ')}`;
  await condition(() => run.state.ticks !== ticks, limit, { summary: fittedBytes(summary, MAX_SUMMARY) });
}

const waitWords = ({ id, detail, pending }: GateReport): string =>
  `the gate ${id}, since ${moment(pending?.since ?? '')}: ${detail}`;
