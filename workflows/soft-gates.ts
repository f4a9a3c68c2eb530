/** Soft gates that do not pass hold a release until a person overrides them, or until they pass after all. */
import { CancellationScope, isCancellation, patched } from '@temporalio/workflow';
import type { GateReport } from '../release/gate';
import { isManual } from '../release/manual-gate';
import { reportOf } from './failure';
import { GATE_SEGMENT, activity } from './proxies';
import type { ReleaseRun } from './release-run';

/**
 * Asks soft gates that do not pass again for as long as `wait` lasts, in one activity. Once one passes the release knows it;
 * `wait` is told so by a function that is true from then on.
 */
export async function whileAskedAgain<T>(
  run: ReleaseRun,
  closed: readonly GateReport[],
  wait: (passes: () => boolean) => Promise<T>,
): Promise<T> {
  const gates = closed.filter((gate) => !isManual(run.environment.gates ?? [], gate));
  // A release that an older Slipway began has waited without asking.
  if (gates.length === 0 || !patched('soft gates are asked again')) return wait(() => false);
  let passes = false;
  let isOver = false;
  const scope = new CancellationScope();
  const asking = scope.run(async () => {
    const { release } = run.state;
    const { project } = run.input;
    const services = run.plan.services.map(({ service, commit, previous }) => ({ service, commit, previous }));
    const input = { release, project, services, gates, limit: GATE_SEGMENT, recovering: true } as const;
    for (let found: readonly GateReport[] = []; found.length === 0;) {
      const began = Date.now();
      const summary = `Asks ${gates.map(({ id }) => id).join(', ')} again`;
      found = await activity.awaitGates(input, summary);
      // What comes late was not asked for any more.
      if (isOver || (found.length === 0 && Date.now() - began < GATE_SEGMENT)) return;
      notePassing(run, found);
    }
    passes = true;
  });
  // A person can still override it.
  const ignored = (error: unknown) => isCancellation(error) || reportOf(error) !== undefined;
  void asking.catch((error: unknown) => {
    if (!ignored(error)) throw error;
  });
  try {
    return await wait(() => passes);
  } finally {
    // It only looks: nobody is kept waiting until it has ended.
    isOver = true;
    scope.cancel();
  }
}

function notePassing(run: ReleaseRun, found: readonly GateReport[]): void {
  if (found.length === 0) return;
  run.state.gates = run.state.gates.map((gate) => found.find(({ id }) => id === gate.id) ?? gate);
  run.recordGates();
  for (const { id, detail } of found) run.note('note', `${id} passes now: ${detail}`);
}
