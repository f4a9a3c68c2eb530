/** The refs of a hosted repository: how they are read, with the delay that reads may have, and how they change. */
import { Refusal } from './answers';
import type { Actor } from './credentials';
import { gitLines, isAncestor, readObject, runGit } from './git-objects';
import { whatHolds } from './rules';
import type { Repository } from './world';

export const ZERO = '0'.repeat(40);

export interface RefState {
  readonly oid: string;
  readonly type: string;
}

/** Full name → what it names. */
export type Refs = ReadonlyMap<string, RefState>;

/** A wanted change: `before` undefined = whatever is there, null = nothing may be there; `after` null = deleted. */
export interface WantedRef {
  readonly name: string;
  readonly before: string | null | undefined;
  readonly after: string | null;
  readonly force: boolean;
  /** Whether it is refused where there is no such ref yet. */
  readonly mustExist?: boolean;
}

export type RefProblem = 'exists' | 'missing' | 'moved' | 'not forward' | 'held' | 'no object' | 'bad name';

/** Why refs were not changed; nothing was. */
export class RefRefusal extends Refusal {
  constructor(
    readonly problem: RefProblem,
    readonly ref: string,
    message: string,
  ) {
    super(problem === 'moved' ? 409 : 422, message);
  }
}

/** The refs as they are now. */
export async function currentRefs({ folder }: Repository): Promise<Refs> {
  const lines = await gitLines(folder, ['for-each-ref', '--format=%(refname) %(objectname) %(objecttype)']);
  return new Map(
    lines.map((line) => {
      const [name = '', oid = '', type = ''] = line.split(' ');
      return [name, { oid, type }];
    }),
  );
}

/** How much later reads may see a write than it happened. */
export interface Lag {
  /** So many reads after a write see the older state. */
  readonly reads?: number;
  /** For so long after a write they do. */
  readonly ms?: number;
}

/** Reads refs as GitHub's replicas may show them, and changes them one after the other. */
export class RefStore {
  lag: Lag = {};
  private readonly older = new Map<Repository, { refs: Refs; reads: number; until: number }>();
  private readonly busy = new Map<Repository, Promise<unknown>>();

  /** The refs as a read sees them, which counts as one. */
  async seen(repository: Repository): Promise<Refs> {
    const old = this.older.get(repository);
    if (old && (old.reads > 0 || Date.now() < old.until)) {
      old.reads -= 1;
      return old.refs;
    }
    this.older.delete(repository);
    return currentRefs(repository);
  }

  /** Whether there is nothing at all; does not count as a read. */
  async isEmpty({ folder }: Repository): Promise<boolean> {
    return (await gitLines(folder, ['for-each-ref', '--count=1'])).length === 0;
  }

  /** Runs a write alone; reads that come after it may lag. */
  async write<T>(repository: Repository, act: (refs: Refs) => Promise<T>): Promise<T> {
    const before = this.busy.get(repository) ?? Promise.resolve();
    const mine = before.then(async () => {
      const refs = await currentRefs(repository);
      const result = await act(refs);
      const { reads = 0, ms = 0 } = this.lag;
      const shown = this.older.get(repository);
      const stillOld = shown && (shown.reads > 0 || Date.now() < shown.until);
      if ((reads > 0 || ms > 0) && !stillOld) {
        this.older.set(repository, { refs, reads, until: Date.now() + ms });
      }
      return result;
    });
    this.busy.set(
      repository,
      mine.catch(() => undefined),
    );
    return mine;
  }

  /** Changes refs, all or none, where every old value is as wanted, the way forward holds and no rule forbids it. */
  change(repository: Repository, actor: Actor, wanted: readonly WantedRef[]): Promise<void> {
    return this.write(repository, async (refs) => {
      const changes = [];
      for (const one of wanted) changes.push(await judge(repository, actor, refs, one));
      const script = changes.map(({ name, from, to }) => `update ${name} ${to ?? ZERO} ${from ?? ZERO}\n`).join('');
      const { code, problem } = await runGit(
        repository.folder,
        ['update-ref', '--stdin'],
        `start\n${script}prepare\ncommit\n`,
      );
      // Somebody has pushed between our look and our write.
      if (code !== 0) throw new RefRefusal('moved', wanted[0]?.name ?? '', `Reference cannot be updated: ${problem}`);
    });
  }
}

async function judge(
  repository: Repository,
  actor: Actor,
  refs: Refs,
  { name, before, after, force, mustExist }: WantedRef,
) {
  if (!/^refs\/[^/]+\/./.test(name) || (await runGit(repository.folder, ['check-ref-format', name])).code !== 0) {
    throw new RefRefusal('bad name', name, `${name} is not a valid ref name.`);
  }
  const from = refs.get(name)?.oid ?? null;
  if (before === null && from !== null) throw new RefRefusal('exists', name, 'Reference already exists');
  if (before !== undefined && before !== from) {
    throw new RefRefusal(
      'moved',
      name,
      `Reference cannot be updated: ${name} is at ${from ?? ZERO} but expected ${before}`,
    );
  }
  if (from === null && (after === null || mustExist)) throw new RefRefusal('missing', name, 'Reference does not exist');
  const object = after === null ? null : await readObject(repository.folder, after);
  if (after !== null && !object) throw new RefRefusal('no object', name, 'Object does not exist');
  if (object && object.type !== 'commit' && name.startsWith('refs/heads/')) {
    throw new RefRefusal('no object', name, 'Object is not a commit');
  }
  const forward = from === null || after === null || (await isAncestor(repository.folder, from, after));
  if (!forward && !force) throw new RefRefusal('not forward', name, 'Update is not a fast forward');
  if (from !== after) {
    const held = whatHolds(repository, actor, { ref: name, before: from, after, forward });
    if (held) throw new RefRefusal('held', name, heldMessage(held));
  }
  return { name, from, to: after };
}

function heldMessage({ kind, reasons }: { kind: string; reasons: string[] }): string {
  return kind === 'rules' ? `Repository rule violations found\n\n${reasons.join('\n\n')}\n\n` : (reasons[0] ?? '');
}
