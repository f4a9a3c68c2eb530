import { join, resolve } from 'node:path';
import { SlipwayError } from '../../release/errors';
import { maskUrl } from '../../release/git-answers';
import { gitHubHistory } from '../github/history';
import type { GitHubRepository } from '../github/repository';
import { filterArgument, isMade, makeBareRepository, type Depth } from './bare-repository';
import { git, gitOutput, REMOTE, type GitCall } from './git';
import { gitHistory } from './history';
import type { History } from './commit-history';
import { readLocalRefs } from './local-refs';
import type { LocalRef, Workspace } from './workspace';
import { newFolderName, removeAbandoned } from './workspace-folders';

interface Opened {
  readonly folder: string;
  /** The remote has a tag that needs them. */
  rootsToo?: boolean;
  /** The last fetch: one at a time in each folder, since they would meet each other's lock files. */
  queue: Promise<unknown>;
  /** What is known of its objects; emptied with the folder. */
  readonly known: Map<string, unknown>;
}

/** What git says where a light tag is on a folder, and folders are left out. */
const lacksFolder = /did not send all necessary objects/;

/** How many facts are kept of one repository. */
const remembered = 5_000;

/** How many objects are asked for by one call: a command line is not endless. */
const askedAtOnce = 500;

/** Every workspace of this process, by the folder that they are in, address and depth. */
const opened = new Map<string, Opened>();

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
    folder: join(parent, newFolderName(key)),
    queue: Promise.resolve(),
    known: new Map(),
  };
  opened.set(key, entry);
  const workspace = new OpenWorkspace(entry, depth, options);
  await removeAbandoned(parent, isOpened);
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

const isOpened = (folder: string): boolean => [...opened.values()].some((entry) => entry.folder === folder);

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
      const call = () => ({ ...this.call([...this.fetchArgs, '--prune', REMOTE, ...refs]), ...access });
      let result = await git(call());
      if (lacksFolder.test(result.stderr) && !this.entry.rootsToo) {
        this.entry.rootsToo = true;
        result = await git(call());
      }
      if (result.code === 0 && !result.timedOut) return;
      // Whose fault is it? If the remote answers, the folder is broken: a new one will do.
      await gitOutput({ args: ['ls-remote', '--quiet', REMOTE, 'HEAD'], ...access, signal: this.signal });
      await this.createFolder();
      await gitOutput(call());
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
    this.snapshot ??= readLocalRefs(this);
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
      if (!isMade(this.entry.folder)) await this.createFolder();
    });
  }

  async makeAnew(): Promise<void> {
    await this.changeRefs(() => this.createFolder());
  }

  private async createFolder(): Promise<void> {
    const { folder, known } = this.entry;
    known.clear();
    await makeBareRepository(folder, this.depth, this.signal);
  }

  private get fetchArgs(): string[] {
    return [
      'fetch',
      '--quiet',
      '--no-tags',
      '--no-write-fetch-head',
      filterArgument(this.depth, this.entry.rootsToo ?? false),
    ];
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
