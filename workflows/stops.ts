/** An environment's emergency stops: kept in its state, told to all of its releases at once, lifted by people only. */
import { getExternalWorkflowHandle } from '@temporalio/workflow';
import type { WordAnswer } from '../release/environment-state';
import { moment } from '../release/moments';
import { parseReleaseWorkflowId } from '../release/identity';
import { isObject } from '../release/release-request';
import { MOST_STOPS, stopWords, type EmergencyStop, type LiftOrder, type StopOrder } from '../release/stop';
import type { EnvironmentRecord } from './environment-record';
import { stopsSignal, type EnvironmentInput } from './messages';

const TOLD_AT_ONCE = 100;

/** Stops everything that goes forward here, `said` by somebody who may. */
export function stop(record: EnvironmentRecord, order: StopOrder, said: string): WordAnswer {
  const { stops } = record.stops;
  const no = (detail: string): WordAnswer => ({ accepted: false, id: '', detail });
  if (stops.length >= MOST_STOPS) return no(`${MOST_STOPS} stops hold already: lift some first`);
  const { by, reason, from, until, everything } = order;
  const made = record.stop({ by, reason, from, until, everything });
  record.log(stopWords({ ...made, by: said }));
  const halted = made.everything ? ', ways back too, which go on at their limit' : '';
  const detail = `${made.id} holds every release before its next change${halted} until it is lifted; limit for what is half done: ${moment(made.until)}`;
  return { accepted: true, id: made.id, detail };
}

/** Those that an order to lift is about. */
export function stopsMeant(record: EnvironmentRecord, { stop: named }: Pick<LiftOrder, 'stop'>) {
  return record.stops.stops.filter(({ id }) => named === '' || id === named);
}

/** Lifts those of `meant` that still hold. */
export function lift(
  record: EnvironmentRecord,
  order: LiftOrder,
  meant: readonly EmergencyStop[],
  said: string,
): WordAnswer {
  const { stop: named, reason } = order;
  const ids = stopsMeant(record, order)
    .map(({ id }) => id)
    .filter((one) => meant.some(({ id }) => id === one));
  if (ids.length === 0) {
    const list = record.stops.stops.map(({ id }) => id).join(', ') || 'none';
    const detail = named === '' ? 'nothing is stopped' : `there is no stop ${named} (stops: ${list})`;
    return { accepted: false, id: named, detail };
  }
  record.liftStops(ids);
  record.log(`${said} lifted ${ids.join(', ')}: ${reason}`);
  return { accepted: true, id: ids.join(', '), detail: `${ids.join(', ')} ${ids.length === 1 ? 'is' : 'are'} lifted` };
}

/** Tells every release and recovery which stops hold. One that is gone needs no word. */
export async function tellStops(record: EnvironmentRecord, only?: readonly string[]): Promise<void> {
  const { holder, waiting, queue } = record.state;
  const all = [...(holder ? [holder] : []), ...waiting, ...queue].map(({ releaseId }) => releaseId);
  const releases = only ?? [...new Set(all)];
  for (let n = 0; n < releases.length; n += TOLD_AT_ONCE) {
    const some = releases.slice(n, n + TOLD_AT_ONCE);
    await Promise.all(
      some.map((id) =>
        getExternalWorkflowHandle(id)
          .signal(stopsSignal, record.stops)
          .catch(() => undefined),
      ),
    );
  }
}

/**
 * Answers a release that is about to change something: whatever people had said before it asked stands in the history
 * before its question, also where no worker has seen it yet.
 */
export async function answerStops(record: EnvironmentRecord, input: EnvironmentInput, asked: unknown): Promise<void> {
  if (record.recalling) await record.recalling;
  const { releaseId, runId, n } = isObject(asked) ? asked : {};
  const place = typeof releaseId === 'string' ? parseReleaseWorkflowId(releaseId) : undefined;
  const isOurs = place?.project === input.project && place.environment === input.environment;
  if (!isOurs || typeof runId !== 'string' || typeof n !== 'number') {
    record.log('ignored a question about emergency stops: none of our releases asks so');
    return;
  }
  await getExternalWorkflowHandle(releaseId as string, runId)
    .signal(stopsSignal, { ...record.stops, answers: n })
    .catch(() => undefined);
}
