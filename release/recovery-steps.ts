/** What became of one registered step, told from what the world shows. */
import { releaseKey } from './identity';
import type { PointerMove } from './pointer-move';
import type { ServiceSight, UnfinishedRelease } from './unfinished-release';
import type { UndoRecord } from './undo';

/** One registered step, and what of it is seen. */
export interface StepFound {
  readonly step: string;
  readonly service: string;
  readonly kind: UndoRecord['kind'];
  readonly found:
    | 'not done'
    /** Some of its migrations. */
    | 'partly'
    | 'done'
    /** Done, and put back. */
    | 'undone'
    | 'could not tell';
  readonly detail: string;
}

/** Judges the step of `record`; `sight` is absent where its service was not looked at. */
export function judgeStep(
  record: UndoRecord,
  unfinished: UnfinishedRelease,
  sight: ServiceSight | undefined,
): StepFound {
  const { step, service, kind } = record;
  const judged =
    sight === undefined
      ? unclear('it was not looked at')
      : record.kind === 'pointer'
        ? judgePointer(record.move, unfinished, sight)
        : judgeMigrations(service, unfinished, sight);
  return { step, service, kind, ...judged };
}

type Judged = Pick<StepFound, 'found' | 'detail'>;

/** The fence says it for certain while it is this release's: it is written in the same push as the pointer. */
function judgePointer(move: PointerMove, { release }: UnfinishedRelease, { fence, pointer }: ServiceSight): Judged {
  const { ref } = move;
  if (fence === null) return unclear('the repository gave no answer');
  if (fence.state === 'seen') {
    const { holder, run, cluster, moved, undone } = fence.value;
    if (holder === release.id && run === release.runId && cluster === release.cluster) {
      if (undone.includes(ref)) return { found: 'undone', detail: `${ref} was put back` };
      if (moved.includes(ref)) return { found: 'done', detail: `${ref} was moved` };
      return { found: 'not done', detail: `${ref} was not moved` };
    }
  }
  if (pointer === null) return unclear('the repository gave no answer');
  // Without the fence, a ref that stands as before was not moved, or was put back: for us that is the same.
  if (pointer.at === move.from) return { found: 'not done', detail: `${ref} stands as before` };
  const where = pointer.at === move.to ? 'stands where the release puts it' : 'stands somewhere else';
  return unclear(`${ref} ${where}, and the fence tells of another release`);
}

function judgeMigrations(service: string, { release, plan }: UnfinishedRelease, { rows }: ServiceSight): Judged {
  if (rows === null) return unclear('the database gave no answer');
  const planned = plan?.services.find((candidate) => candidate.service === service)?.database?.scripts ?? [];
  const ours = rows.filter(
    ({ name, releaseId }) => releaseId === releaseKey(release) && planned.some((script) => script.name === name),
  );
  const strange = ours.find(({ state }) => state !== 'applied' && state !== 'reverted');
  if (strange) return unclear(`${strange.name} is recorded as ${strange.state}`);
  const applied = ours.filter(({ state }) => state === 'applied').map(({ name }) => name);
  if (applied.length > 0) {
    const isWhole = applied.length === planned.length;
    return { found: isWhole ? 'done' : 'partly', detail: `${applied.join(', ')} ran` };
  }
  if (ours.length > 0) return { found: 'undone', detail: `${ours.map(({ name }) => name).join(', ')} rolled back` };
  return { found: 'not done', detail: 'no migration of it ran' };
}

const unclear = (detail: string): Judged => ({ found: 'could not tell', detail });
