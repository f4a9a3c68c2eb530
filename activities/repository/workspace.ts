import { randomBytes, createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { SlipwayError } from '../../release/errors';
import { maskUrl } from '../../release/git-answers';
import { gitHubHistory } from '../github/history';
import type { GitHubRepository } from '../github/repository';
import { git, gitOutput, REMOTE, type GitCall } from './git';
import { gitHistory, type History } from './history';

/** A bare repository of this process, with what was fetched from one remote. It may vanish at any time. */
export interface Workspace {
  /** The remote's address, references resolved: never to be shown. */
  readonly url: string;
  /** The same for people. */
  readonly shownUrl: string;
  /** Runs git on what is here; it cannot reach the network. */
  local(args: readonly string[], options?: { input?: string; signal?: AbortSignal }): ReturnType<typeof git>;
  /** As `local`, but any failure is an INTERNAL error. */
  localOutput(args: readonly string[], options?: { input?: string }): ReturnType<typeof git>;
  /** Runs git with the remote at hand, called `REMOTE`. */
  remote(args: readonly string[], options?: { input?: string }): ReturnType<typeof git>;
  /**
   * Brings all tags, all fences, and the branches whose names begin with one of `branches`; what was deleted there
   * goes here too. Throws REMOTE_UNREACHABLE or REMOTE_DENIED.
   */
  fetch(branches: readonly string[]): Promise<void>;
  /** Brings one ref, if the remote answers and has it; its objects tell whether it came. */
  fetchRef(ref: string): Promise<void>;
  /** Object id of a ref here, or undefined. */
  ref(name: string): Promise<string | undefined>;
  /** Every ref here, as this action first saw them or last fetched them. */
  refs(): Promise<ReadonlyMap<string, LocalRef>>;
  /** Where its commits are read. */
  readonly history: History;
  /** The repository at GitHub that this is, if its API may be used. */
  readonly github: GitHubRepository | undefined;
  /** Whether the history here does not reach back to its beginning, as that of a shallow remote. */
  isShallow(): Promise<boolean>;
  /** Whether all these objects are here. */
  has(ids: readonly string[]): Promise<boolean>;
  /**
   * What `find` finds, remembered for `key` as long as this repository is kept. Only for what object ids alone decide,
   * which never changes: asking git again would cost a process. `undefined` is not remembered.
   */
  known<T>(key: string, find: () => Promise<T | undefined>): Promise<T | undefined>;
}

/** A ref of a workspace. */
export interface LocalRef {
  readonly object: string;
  /** What it comes to: for an annotated tag what that names, else the object itself. */
  readonly target: string;
  /** What that is, as far as it is known: `commit`, `tree`, `blob`; `tag` for a tag of a tag. */
  readonly type: string;
}

/** How much a workspace fetches by itself: `history` = commits only; `trees` = folders as well. Files never. */
export type Depth = 'history' | 'trees';

interface Opened {
  readonly folder: string;
  /** The last fetch: one at a time in each folder, since they would meet each other's lock files. */
  queue: Promise<unknown>;
  /** What is known of its objects; emptied with the folder. */
  readonly known: Map<string, unknown>;
}

/** How many facts are kept of one repository. */
const remembered = 5_000;

/** How many objects are asked for by one call: a command line is not endless. */
const askedAtOnce = 500;

/** Every workspace of this process, by the folder that they are in, address and depth. */
const opened = new Map<string, Opened>();

const cleaned = new Set<string>();

/** What a workspace is opened with. */
export interface WorkspaceOptions {
  /** Folder for workspaces. */
  readonly parent: string;
  readonly url: string;
  readonly depth?: Depth;
  readonly signal: AbortSignal;
  /** The repository at GitHub that `url` is, if its API may be used. */
  readonly github?: GitHubRepository | undefined;
}

/**
 * Runs `action` with a workspace for `url` below `parent`; several may run in it at once. A workspace belongs to one
 * process (its name says which), so that lock files left by a crash are in nobody's way; those of dead processes are
 * removed. One that vanished or is broken is made anew.
 */
export async function withWorkspace<T>(
  options: WorkspaceOptions,
  action: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const { url, depth = 'history' } = options;
  options.signal.throwIfAborted();
  const parent = resolve(options.parent);
  const key = `${parent}\n${url}\n${depth}`;
  const entry = opened.get(key) ?? {
    folder: join(parent, folderName(key)),
    queue: Promise.resolve(),
    known: new Map(),
  };
  opened.set(key, entry);
  const workspace = new OpenWorkspace(entry, depth, options);
  await removeAbandoned(parent);
  await workspace.make();
  try {
    return await action(workspace);
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.code !== 'INTERNAL') throw error;
    // Git failed without the remote: the folder may be broken. Actions observe before they act, so they may run twice.
    await workspace.makeAnew();
    return action(workspace);
  }
}

class OpenWorkspace implements Workspace {
  readonly url: string;
  readonly history: History;
  readonly github: GitHubRepository | undefined;
  private readonly signal: AbortSignal;
  private snapshot: Promise<ReadonlyMap<string, LocalRef>> | undefined;

  constructor(
    private readonly entry: Opened,
    private readonly depth: Depth,
    private readonly options: WorkspaceOptions,
  ) {
    this.url = options.url;
    this.signal = options.signal;
    this.github = options.github;
    this.history = this.github ? gitHubHistory(this.github, this) : gitHistory(this);
  }

  get shownUrl(): string {
    return maskUrl(this.url);
  }

  local(args: readonly string[], options: { input?: string; signal?: AbortSignal } = {}) {
    return git(this.call(args, options));
  }

  localOutput(args: readonly string[], options: { input?: string } = {}) {
    return gitOutput(this.call(args, options));
  }

  async remote(args: readonly string[], options: { input?: string } = {}) {
    return git({ ...this.call(args, options), ...(await this.access()) });
  }

  async isShallow(): Promise<boolean> {
    return (await this.local(['rev-parse', '--is-shallow-repository'])).stdout.trim() === 'true';
  }

  fetch(branches: readonly string[]): Promise<void> {
    // A pattern that matches nothing is no failure, a plain name would be.
    const heads = branches.map((name) => `+refs/heads/${name}*:refs/heads/${name}*`);
    const refs = [...heads, '+refs/tags/*:refs/tags/*', '+refs/slipway/*:refs/slipway/*'];
    return this.changeRefs(async () => {
      const access = await this.access();
      const call = { ...this.call([...this.fetchArgs, '--prune', REMOTE, ...refs]), ...access };
      const result = await git(call);
      if (result.code === 0 && !result.timedOut) return;
      // Whose fault is it? If the remote answers, the folder is broken: a new one will do.
      await gitOutput({ args: ['ls-remote', '--quiet', REMOTE, 'HEAD'], ...access, signal: this.signal });
      await this.createFolder();
      await gitOutput(call);
    });
  }

  async fetchRef(ref: string): Promise<void> {
    await this.changeRefs(() => this.remote([...this.fetchArgs, REMOTE, `+${ref}:${ref}`]));
  }

  async ref(name: string): Promise<string | undefined> {
    const [, ref, suffix] = /^(refs\/[^^~:]+)(\^\{commit\})?$/.exec(name) ?? [];
    if (ref === undefined) return this.parse(name);
    const found = (await this.refs()).get(ref);
    if (found === undefined || suffix === undefined) return found?.object;
    if (found.type === 'commit') return found.target;
    return this.known(`commit of ${found.object}`, () => this.parse(`${found.object}${suffix}`));
  }

  refs(): Promise<ReadonlyMap<string, LocalRef>> {
    this.snapshot ??= this.readRefs();
    return this.snapshot;
  }

  async has(ids: readonly string[]): Promise<boolean> {
    const { known } = this.entry;
    const asked = [...new Set(ids)].filter((id) => !known.has(`object ${id}`));
    for (let at = 0; at < asked.length; at += askedAtOnce) {
      const some = asked.slice(at, at + askedAtOnce);
      // Unlike every other way to ask, this one looks at what is here and fetches nothing.
      const { stdout } = await this.local(['rev-parse', ...some.map((id) => `--disambiguate=${id}`)]);
      const here = new Set(stdout.split('\n'));
      for (const id of some) {
        if (!here.has(id)) return false;
        this.remember(`object ${id}`, true);
      }
    }
    return true;
  }

  async known<T>(key: string, find: () => Promise<T | undefined>): Promise<T | undefined> {
    const { known } = this.entry;
    if (known.has(key)) return known.get(key) as T;
    const found = await find();
    if (found !== undefined) this.remember(key, found);
    return found;
  }

  /** Makes the folder if it is not there. */
  async make(): Promise<void> {
    await this.alone(async () => {
      if (!existsSync(join(this.entry.folder, 'ready'))) await this.createFolder();
    });
  }

  async makeAnew(): Promise<void> {
    await this.changeRefs(() => this.createFolder());
  }

  private async createFolder(): Promise<void> {
    const { folder, known } = this.entry;
    known.clear();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await gitOutput({ args: ['init', '--quiet', '--bare', '--template=', folder], signal: this.signal });
    await writeFile(join(folder, 'config'), configuration(this.depth));
    await mkdir(join(folder, 'ready'));
  }

  private get fetchArgs(): string[] {
    return ['fetch', '--quiet', '--no-tags', '--no-write-fetch-head', `--filter=${filters[this.depth]}`];
  }

  private remember(key: string, fact: unknown): void {
    const { known } = this.entry;
    const oldest = known.size >= remembered ? known.keys().next().value : undefined;
    if (oldest !== undefined) known.delete(oldest);
    known.set(key, fact);
  }

  private async parse(name: string): Promise<string | undefined> {
    const result = await this.local(['rev-parse', '--verify', '--quiet', '--end-of-options', name]);
    return result.code === 0 ? result.stdout.trim() : undefined;
  }

  private async readRefs(): Promise<ReadonlyMap<string, LocalRef>> {
    // What a tag says of its target is read from the tag alone: the target itself may not be here.
    const format = '%(refname)%00%(objectname)%00%(objecttype)%00%(object)%00%(type)';
    const { stdout } = await this.localOutput(['for-each-ref', `--format=${format}`]);
    const lines = stdout.split('\n').filter(Boolean);
    return new Map(
      lines.map((line) => {
        const [name = '', object = '', type = '', target = '', targetType = ''] = line.split('\0');
        const isTag = type === 'tag';
        return [name, { object, target: isTag ? target : object, type: isTag ? targetType : type }];
      }),
    );
  }

  /** Runs `action`, which changes refs, alone; they are read again after it. */
  private async changeRefs(action: () => Promise<unknown>): Promise<void> {
    try {
      await this.alone(action);
    } finally {
      this.snapshot = undefined;
    }
  }

  private alone<T>(action: () => Promise<T>): Promise<T> {
    const turn = this.entry.queue.then(action);
    this.entry.queue = turn.catch(() => undefined);
    return turn;
  }

  private async access(): Promise<Pick<GitCall, 'url' | 'authorization'> & { url: string }> {
    const { url, github } = this;
    return github?.isAt(url) ? { url, authorization: await github.authorization() } : { url };
  }

  private call(args: readonly string[], options: { input?: string; signal?: AbortSignal } = {}): GitCall {
    return { args, folder: this.entry.folder, signal: this.signal, ...options };
  }
}

/** A remote that does not know filters sends everything: git says so and goes on. */
const filters: Readonly<Record<Depth, string>> = { history: 'tree:0', trees: 'blob:none' };

const configuration = (depth: Depth): string => `[core]
\trepositoryformatversion = 1
\tbare = true
[extensions]
\tpartialClone = ${REMOTE}
[remote "${REMOTE}"]
\tpromisor = true
\tpartialclonefilter = ${filters[depth]}
`;

function folderName(key: string): string {
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 12);
  return `${hostPart()}.${process.pid}.${randomBytes(4).toString('hex')}.${hash}.git`;
}

const hostPart = (): string => hostname().replace(/[^A-Za-z0-9-]/g, '-');

/** Removes workspaces of processes of this host that are no longer alive. */
async function removeAbandoned(parent: string): Promise<void> {
  if (cleaned.has(parent)) return;
  cleaned.add(parent);
  for (const name of await readdir(parent).catch(() => [])) {
    const match = /^(.+)\.(\d+)\.[0-9a-f]{8}\.[0-9a-f]{12}\.git$/.exec(name);
    if (!match || match[1] !== hostPart()) continue;
    const pid = Number(match[2]);
    const ours = pid === process.pid && [...opened.values()].some(({ folder }) => folder === join(parent, name));
    if (ours || (pid !== process.pid && isAlive(pid))) continue;
    await rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
