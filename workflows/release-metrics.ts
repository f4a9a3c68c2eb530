/**
 * What a release tells the metrics of the worker that runs it (docs/workers.md). Measured once: nothing is counted again
 * when a history is replayed. Names get `_total` and their unit where they are exported.
 */
import { metricMeter } from '@temporalio/workflow';
import type { ReleaseRef } from '../release/identity';
import type { ReleaseResult } from '../release/state';
import type { UndoReport } from '../release/undo';

/** A release that ended: counted by its outcome, with the time since it was asked for. */
export function measureEnd(release: ReleaseRef, { outcome, startedAt, endedAt }: ReleaseResult): void {
  const tags = { ...placeOf(release), outcome };
  counter('slipway_releases', 'Releases that ended.').add(1, tags);
  const description = 'From the request for a release to its end, with its waits for people.';
  seconds('slipway_release_duration', description).record(between(startedAt, endedAt), tags);
}

/** A step of either way that came to its end: how long it took since it first began, in all its attempts. */
export function measureStep(
  release: ReleaseRef,
  id: string,
  { status, startedAt, endedAt }: { readonly status: string; startedAt: string | null; endedAt: string | null },
): void {
  if (startedAt === null || endedAt === null) return;
  const tags = { ...placeOf(release), step: kindOfStep(id), result: status === 'done' ? 'done' : 'failed' };
  seconds('slipway_step_duration', 'How long a step took.').record(between(startedAt, endedAt), tags);
}

/** A compensation, by what became of it. */
export function measureCompensation(release: ReleaseRef, { step, how }: UndoReport): void {
  const tags = { ...placeOf(release), step: kindOfStep(step), how };
  counter('slipway_compensations', 'Steps that were put back, or left as they were.').add(1, tags);
}

/** A release that cannot go on without a person. */
export function measureAttention(release: ReleaseRef, step: string, code: string): void {
  const tags = { ...placeOf(release), step: kindOfStep(step), code };
  counter('slipway_attentions', 'Times that a release stopped for a person.').add(1, tags);
}

/** `move:api` → `move`: the names of services would make as many time series as there are services. */
function kindOfStep(id: string): string {
  const [first = '', second = ''] = id.split(':');
  return first === 'undo' ? `undo ${second}` : first;
}

const placeOf = ({ project, environment }: ReleaseRef) => ({ project, environment });

const between = (from: string, to: string): number => Math.max(0, Date.parse(to) - Date.parse(from)) / 1000;

const counter = (name: string, description: string) => metricMeter.createCounter(name, undefined, description);

const seconds = (name: string, description: string) =>
  metricMeter.createHistogram(name, 'float', 'seconds', description);
