import type { PointerMove } from './pointer-move';

/** What stands for the placeholders of an undo command, and in its `SLIPWAY_…` variables. */
export function undoCommandValues(
  move: PointerMove,
  { environment, version }: { readonly environment: string; readonly version: string },
): Record<string, string> {
  const name = move.ref.replace(/^refs\/(tags|heads)\//, '');
  return {
    service: move.service,
    environment,
    version,
    commit: move.commit,
    previous: move.previous?.version ?? '',
    previousCommit: move.previous?.commit ?? '',
    ref: name,
    tag: move.kind === 'tag' ? name : '',
  };
}
