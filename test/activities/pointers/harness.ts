/** One remote, and as many workers on it as a test wants, each with a Temporal cluster of its own choice. */
import { join } from 'node:path';
import { createPointerActivities } from '../../../activities/pointers';
import type { PointerPlan } from '../../../activities/pointers/pointer-kind';
import type { Attempt, Surroundings } from '../../../activities/surroundings';
import { parseFence, type FenceValue } from '../../../release/fence';
import { parseTag } from '../../../release/git-objects';
import type { ReleaseRef } from '../../../release/identity';
import type { PreviousTarget } from '../../../release/pointer-move';
import type { Builds, Pointer, Repository, Service } from '../../../release/project';
import { GitRemote } from '../../support/git-remote';
import { startGitHub, type GitHub } from '../../../examples/github/start-github';
import type { Repository as HostedRepository } from '../../../examples/github/world';
import { GitHttpServer } from '../../support/git-http';
import { someSurroundings } from '../../support/attempts';

export type Transport = 'file' | 'http' | 'github';

export const noBuilds: Builds = { settle: 0, patience: 5_000 };

export const pointers = {
  tag: {
    kind: 'tag',
    name: 'v{version}',
    undo: { by: 'new-tag', name: 'v{previous}-rollback.{n}', deleteBadTag: false },
    builds: noBuilds,
  },
  branch: { kind: 'branch', name: 'production', undo: { by: 'force' }, builds: noBuilds },
} as const satisfies Record<string, Pointer>;

/** A shop whose version 1.0.0 is live by tag and by branch, and whose trunk has gone on. */
export class Shop {
  readonly remote = new GitRemote();
  readonly commits: { first: string; second: string; third: string };
  server: GitHttpServer | undefined;
  github: GitHub | undefined;
  /** Variables of its workers. */
  readonly variables: Record<string, string> = {};
  /** The repository as the stand-in for GitHub has it. */
  hosted: HostedRepository | undefined;
  private url = this.remote.path;

  private constructor() {
    const { remote } = this;
    const first = remote.commit('main', { message: 'Open the shop', files: { 'src/shop.txt': 'one\n' } });
    const second = remote.commit('main', { message: 'Sell books', files: { 'src/shop.txt': 'two\n' } });
    const third = remote.commit('main', { message: 'Sell maps', files: { 'src/shop.txt': 'three\n' } });
    this.commits = { first, second, third };
    remote.tag('v1.0.0', first);
    remote.git('update-ref', 'refs/heads/production', first);
  }

  static async open(transport: Transport = 'file'): Promise<Shop> {
    const shop = new Shop();
    if (transport === 'http') {
      shop.server = await GitHttpServer.start(shop.remote.folder);
      shop.url = shop.server.url('remote.git');
    }
    if (transport === 'github') {
      shop.github = await startGitHub();
      shop.hosted = await shop.github.addRepository({ owner: 'acme', name: 'shop', folder: shop.remote.path });
      shop.github.addUser({ login: 'slipway' });
      const permissions = { contents: 'write', metadata: 'read' } as const;
      shop.variables['GITHUB_TOKEN'] = shop.github.addToken({ login: 'slipway', permissions });
      shop.url = `${shop.github.url}/acme/shop.git`;
    }
    return shop;
  }

  get repository(): Repository {
    const github = this.github ? { github: { token: '${env:GITHUB_TOKEN}' } } : {};
    return { url: this.url, trunk: 'main', ...github };
  }

  get previous(): PreviousTarget {
    return { commit: this.commits.first, version: '1.0.0' };
  }

  service(pointer: Pointer): Service {
    return {
      name: 'api',
      repository: this.repository,
      after: [],
      pointer,
      live: {
        url: 'http://127.0.0.1:9/version',
        headers: {},
        json: '',
        is: 'commit',
        readings: 1,
        interval: 0,
        timeout: 1,
        patience: 1,
      },
      smoke: [],
    };
  }

  /** The fence of production, as it stands in the remote. */
  fence(): FenceValue | undefined {
    if (this.remote.ref('refs/slipway/shop/production') === null) return undefined;
    const tag = parseTag(this.remote.git('cat-file', 'tag', 'refs/slipway/shop/production'));
    return parseFence(tag?.message ?? '');
  }

  async close(): Promise<void> {
    await this.server?.stop();
    await this.github?.stop();
    this.remote.remove();
  }
}

export function aRelease(changes: Partial<ReleaseRef> = {}): ReleaseRef {
  return {
    id: 'release/shop/production/1.1.0/1',
    runId: 'run-1',
    project: 'shop',
    environment: 'production',
    version: '1.1.0',
    requestedAt: '2026-05-04T09:30:00.000Z',
    ...changes,
  };
}

/** A worker, the release that it works for, and the service whose pointer it moves. */
export class Mover {
  /** What happens at a point such as `move-tag:before`; the points that were reached are in `reached`. */
  at: Record<string, () => void | Promise<void>> = {};
  readonly reached: string[] = [];
  readonly activities: ReturnType<typeof createPointerActivities>;
  readonly surroundings: Surroundings;
  isOpen: boolean | undefined = true;
  abort = new AbortController();

  constructor(
    readonly shop: Shop,
    readonly pointer: Pointer,
    readonly release: ReleaseRef = aRelease(),
    options: { cluster?: string; workspaces?: string; variables?: Record<string, string> } = {},
  ) {
    this.surroundings = someSurroundings(
      {},
      {
        lookup: (name) => options.variables?.[name] ?? shop.variables[name],
        workspaces: join(shop.remote.folder, options.workspaces ?? 'workspaces'),
        cluster: options.cluster ?? 'localhost:7233/default',
        isReleaseOpen: async () => this.isOpen,
        reach: async (point) => {
          this.reached.push(point);
          await this.at[point]?.();
        },
        redact: (text) => text,
      },
    );
    this.activities = createPointerActivities(this.surroundings);
  }

  get attempt(): Attempt {
    return { signal: this.abort.signal, progress: () => undefined };
  }

  get service(): Service {
    return this.shop.service(this.pointer);
  }

  plan(commit = this.shop.commits.second, previous: PreviousTarget | null = this.shop.previous): Promise<PointerPlan> {
    const { release, service } = this;
    return this.activities.planPointer({ release, service, commit, previous }, this.attempt);
  }

  private get fences() {
    const repositories = [{ repository: this.shop.repository, commit: this.shop.commits.second }];
    return { release: this.release, repositories };
  }

  take() {
    return this.activities.takeFences(this.fences, this.attempt);
  }

  raise() {
    return this.activities.raiseFences(this.fences, this.attempt);
  }

  free() {
    return this.activities.freeFences(this.fences, this.attempt);
  }

  move({ move }: Pick<PointerPlan, 'move'>) {
    return this.activities.movePointer({ release: this.release, service: this.service, move }, this.attempt);
  }

  undo({ move }: Pick<PointerPlan, 'move'>) {
    return this.activities.undoPointer({ release: this.release, service: this.service, move }, this.attempt);
  }
}

/** The plan of a release that has moved its pointer and has raised the fence since. */
export async function moved(mover: Mover, plan?: PointerPlan): Promise<PointerPlan> {
  const planned = plan ?? (await mover.plan());
  await mover.take();
  await mover.move(planned);
  await mover.raise();
  return planned;
}

/** The code of the error that `promise` rejects with; fails if it does not. */
export async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  const outcome = await promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  if ('value' in outcome) throw new Error(`expected an error, got ${JSON.stringify(outcome.value)}`);
  return (outcome.error as { code?: unknown }).code ?? outcome.error;
}
