/**
 * Program: starts a push and waits for it, to be killed in the middle. `activity` moves the pointer as a worker does;
 * `bare` and `unfenced` start git with nothing that ends it when this process dies, with the same leases, or without
 * the fence's.
 */
import { spawn } from 'node:child_process';
import { createPointerActivities } from '../../../activities/pointers';
import type { ReleaseRef } from '../../../release/identity';
import type { PointerMove } from '../../../release/pointer-move';
import type { Service } from '../../../release/project';
import { anAttempt, someSurroundings } from '../../support/attempts';

export interface LateMove {
  readonly how: 'activity' | 'bare' | 'unfenced';
  readonly release: ReleaseRef;
  readonly service: Service;
  readonly move: PointerMove;
  readonly workspaces: string;
  readonly cluster: string;
  /** A repository that has the objects, and the fence's lease and new value, for `bare` and `unfenced`. */
  readonly push: { readonly folder: string; readonly fence: string; readonly from: string; readonly to: string };
}

async function main(input: LateMove): Promise<void> {
  const { how, release, service, move, push } = input;
  if (how === 'activity') {
    const { workspaces, cluster } = input;
    const isReleaseOpen = async () => true;
    const activities = createPointerActivities(someSurroundings({}, { workspaces, cluster, isReleaseOpen }));
    await activities.movePointer({ release, service, move }, anAttempt());
    return;
  }
  const fenced = how === 'bare' ? [{ ref: push.fence, from: push.from, to: push.to }] : [];
  const updates = [{ ref: move.ref, from: move.from ?? '', to: move.to }, ...fenced];
  const leases = updates.map(({ ref, from }) => `--force-with-lease=${ref}:${from}`);
  const refs = updates.map(({ ref, to }) => `${to}:${ref}`);
  const args = ['push', '--porcelain', '--atomic', ...leases, service.repository.url, ...refs];
  spawn('git', args, { cwd: push.folder, detached: true, stdio: 'ignore' });
  // Lives until it is killed.
  setInterval(() => undefined, 1_000);
}

main(JSON.parse(process.argv[2] ?? '{}') as LateMove).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exit(1);
});
