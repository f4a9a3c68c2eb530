import type { PointerMove } from './pointer-move';

/** What stands for the placeholders of an undo command, and in its `SLIPWAY_…` variables. */
export function undoCommandValues(move: PointerMove, release: Named): Record<string, string> {
  const { previous } = move;
  const bad = { version: move.brings ?? release.version, commit: move.commit };
  return valuesOf(move, release, bad, { version: previous?.version ?? '', commit: previous?.commit ?? '' });
}

/** The same where the command is the move itself, which brings an earlier version back: what it leaves is the bad one. */
export function moveCommandValues(move: PointerMove, release: Named): Record<string, string> {
  const { previous } = move;
  const good = { version: move.brings ?? release.version, commit: move.commit };
  return valuesOf(move, release, { version: previous?.version ?? '', commit: previous?.commit ?? '' }, good);
}

interface Named {
  readonly environment: string;
  readonly version: string;
}

interface Version {
  readonly version: string;
  readonly commit: string;
}

function valuesOf(
  { service, ref, kind }: PointerMove,
  { environment }: Named,
  bad: Version,
  good: Version,
): Record<string, string> {
  const name = ref.replace(/^refs\/(tags|heads)\//, '');
  return {
    service,
    environment,
    version: bad.version,
    commit: bad.commit,
    previous: good.version,
    previousCommit: good.commit,
    ref: name,
    tag: kind === 'tag' ? name : '',
  };
}
