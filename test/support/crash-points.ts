/** Every effect of a release and the roads on which it happens: each is killed and stopped at, before and after. */
import { execFileSync } from 'node:child_process';
import { projectRoot } from '../../examples/shop/project-root';
import type { Service } from '../../release/project';
import type { VersionKind } from './crash-stage';

/** A way that a release can go. */
export type Road =
  /** It succeeds. */
  | 'success'
  /** Its smoke check fails, and it is rolled back by itself. */
  | 'rollback'
  /** It is rolled back while what it has started is still being built. */
  | 'rollback while building'
  /** As `rollback`, with the other ways back: a command for the branch, the tag deleted. */
  | 'rollback by other means';

/** What a release on a road needs. */
export interface RoadPlan {
  readonly kind: VersionKind;
  readonly outcome: 'finished' | 'rolled back';
  /** Builds do not end by themselves, and a person sends `rollback`. */
  readonly stuckBuilds?: true;
  /** How the services are undone, if not as usual. */
  readonly services?: (services: { api: Service; web: Service }) => { api: Service; web: Service };
  /** The host follows the highest tag. */
  readonly followsHighestTag?: true;
}

export const roads: Readonly<Record<Road, RoadPlan>> = {
  success: { kind: 'good', outcome: 'finished' },
  rollback: { kind: 'broken', outcome: 'rolled back', services: withBadTagDeleted },
  'rollback while building': { kind: 'good', outcome: 'rolled back', stuckBuilds: true },
  'rollback by other means': {
    kind: 'broken',
    outcome: 'rolled back',
    services: withUndoCommand,
    followsHighestTag: true,
  },
};

/** An effect, on the roads where its turn comes; the number says which time it is that the worker falls. */
type Effects = Readonly<Record<string, Partial<Readonly<Record<Road, readonly number[]>>>>>;

/**
 * Two times where the second comes after something that must not be done again. The way forward is the same on all
 * roads: of its effects, those that a rollback has to undo fall on its road as well.
 */
export const effects: Effects = {
  'fence-take': { success: [1] },
  // While the plan is shown, and with the first undo record.
  'ledger-write': { success: [1, 5], rollback: [9] },
  'backup-command': { success: [1] },
  'migrate-begin': { success: [2] },
  'migrate-sql': { success: [2] },
  'migrate-commit': { success: [2], rollback: [1] },
  'move-tag': { success: [1], rollback: [1], 'rollback while building': [1] },
  'move-branch': { success: [1], rollback: [1], 'rollback while building': [1] },
  'fence-raise': { rollback: [1] },
  // Once by all forward acts being fenced off, and once more by the undo of the migrations.
  'database-fence': { rollback: [1, 2] },
  'builds-cancel': { 'rollback while building': [1, 2] },
  'undo-branch': { rollback: [1], 'rollback while building': [1], 'rollback by other means': [1] },
  'undo-tag': { rollback: [1] },
  'undo-command': { 'rollback by other means': [1] },
  'delete-tag': { rollback: [1], 'rollback by other means': [1] },
  'undo-migration-sql': { rollback: [2] },
  'undo-migration-commit': { rollback: [1] },
  'fence-free': { success: [1], rollback: [1] },
};

/** Effects of looking for tags and asking for what they ask for: before there is a release. */
export const triggerEffects = ['record-tags', 'start-tagged'] as const;

/** One place at which a worker falls. */
export interface Row {
  readonly road: Road;
  readonly point: string;
  readonly nth: number;
}

/** Every row of a road, in the order of the table. */
export function rowsOf(road: Road): Row[] {
  return Object.entries(effects).flatMap(([effect, on]) =>
    (on[road] ?? []).flatMap((nth) => ['before', 'after'].map((when) => ({ road, point: `${effect}:${when}`, nth }))),
  );
}

/**
 * Of `rows` every nth, where SLIPWAY_CRASH_SHARE is n: for who has no time for all of them. Another commit takes others,
 * so that all have their turn; the same commit always takes the same.
 */
export function shareOf(rows: readonly Row[]): Row[] {
  const share = Number(process.env['SLIPWAY_CRASH_SHARE'] || 1);
  if (share === 1) return [...rows];
  const first = parseInt(commitHere().slice(0, 8), 16) % share;
  const taken = rows.filter((_, index) => index % share === first);
  // Of a short road at least one: a test of nothing would be none.
  return taken.length > 0 ? taken : rows.slice(first % rows.length, (first % rows.length) + 1);
}

/** Zeros where the project is no checkout of git's. */
function commitHere(): string {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], { cwd: projectRoot, encoding: 'utf8', stdio: 'pipe' });
  } catch {
    return '0'.repeat(40);
  }
}

function withBadTagDeleted({ api, web }: { api: Service; web: Service }) {
  if (api.pointer.kind !== 'tag') throw new Error('the api is released by a tag');
  const undo = { by: 'new-tag', name: 'v{previous}-rollback.{n}', deleteBadTag: true } as const;
  return { api: { ...api, pointer: { ...api.pointer, undo } }, web };
}

/** The command may run again after a crash: it says where the branch has to be, not what to do with it. */
function withUndoCommand({ api, web }: { api: Service; web: Service }) {
  if (web.pointer.kind !== 'branch') throw new Error('the web is released by a branch');
  const remote = web.repository.url;
  const argv = ['git', '-C', remote, 'push', '--quiet', '.', '+{previousCommit}:refs/heads/production'];
  const undo = { by: 'command', command: { argv, timeout: 30_000 } } as const;
  return { api, web: { ...web, pointer: { ...web.pointer, undo } } };
}
