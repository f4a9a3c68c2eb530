/** A whole Slipway whose workers can be killed anywhere, and a shop with as many versions as a test wants. */
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome, Phase } from '../../release/phase';
import type { Service } from '../../release/project';
import type { ReleaseResult } from '../../release/state';
import { CrashWorkers } from './crash-workers';
import { eventually } from './eventually';
import { aFolder } from './shop';
import { startSlipway, type ReleaseUnderTest, type Slipway, type SlipwayOptions } from './slipway';

/** How a version behaves once it is live. */
export type VersionKind =
  | 'good'
  | 'broken'
  /** Broken, and its migrations leave data that no rollback may destroy unattended. */
  | 'broken with data';

/** A version of the shop, on its trunk. */
export interface Version {
  readonly name: string;
  readonly commit: string;
  readonly migrations: readonly string[];
}

export interface StageOptions extends Omit<SlipwayOptions, 'worker'> {
  /** Called with everything but workers there; what it returns is called when the stage has stopped. */
  readonly prepare?: (slipway: Slipway) => Promise<() => Promise<void>>;
  /** Changes the services: how they are undone, for instance. */
  readonly services?: (services: { api: Service; web: Service }) => { api: Service; web: Service };
  /** How many workers; 2 unless told. */
  readonly workers?: number;
  /** Helps the first release on, where the environment lets it wait. */
  readonly firstRelease?: (begun: { version: Version; release: ReleaseUnderTest }) => Promise<void>;
}

export class CrashStage {
  private versions = 0;
  /** What the next version must take away again. */
  private leftovers: Record<string, null> = {};

  private constructor(
    readonly slipway: Slipway,
    readonly workers: CrashWorkers,
    /** Holds one file for each backup that was made. */
    private readonly backupFolder: string,
    private readonly after: () => Promise<void>,
  ) {}

  /** Starts everything, with a first good version live. */
  static async start({
    services = (same) => same,
    workers = 2,
    firstRelease,
    edit = (same) => same,
    prepare = async () => async () => undefined,
    ...options
  }: StageOptions = {}): Promise<CrashStage> {
    const folder = options.shop?.folder ?? aFolder();
    const backupFolder = join(folder, 'backups');
    const slipway = await startSlipway({
      ...options,
      shop: { slowMigration: 0, ...options.shop, folder },
      worker: false,
      edit: (project) => {
        const { api, web } = project.services as { api: Service; web: Service };
        const changed = services({
          api: { ...api, database: { ...api.database!, backup: backup(backupFolder) } },
          web,
        });
        return edit({ ...project, services: { ...changed } });
      },
    });
    mkdirSync(backupFolder);
    const { taskQueue, workspaces, shop } = slipway;
    const temporalAddress = process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS']!;
    const env = { ...shop.env, ...options.env };
    const crash = new CrashWorkers({ taskQueue, workspaces, temporalAddress, env, count: workers });
    const stage = new CrashStage(slipway, crash, backupFolder, await prepare(slipway));
    try {
      await shop.query('create table effects (migration text not null)');
      await crash.refill();
      const first = await stage.begin('good');
      await firstRelease?.(first);
      await endOf(first, 'finished');
      return stage;
    } catch (problem) {
      await stage.stop();
      throw problem;
    }
  }

  get shop() {
    return this.slipway.shop;
  }

  /** Makes a version with two migrations, asks for its release and approves it. */
  async begin(kind: VersionKind): Promise<{ version: Version; release: ReleaseUnderTest }> {
    const version = await this.makeVersion(kind);
    const release = await answered(`the release of ${version.name}`, () => this.slipway.release(version.name));
    await approve(release);
    return { version, release };
  }

  /**
   * Puts a new version on the trunk, with two migrations. Those of a good one write a row each that tells how often
   * they ran; those of a broken one leave nothing that a rollback would have to keep,
   * unless it is asked for.
   */
  async makeVersion(kind: VersionKind): Promise<Version> {
    const n = ++this.versions;
    const name = `2.${n}.0`;
    const migrations = [2 * n, 2 * n + 1].map((number) => `${1_000 + number}_step`);
    const scripts = Object.fromEntries(migrations.flatMap((migration) => filesOf(migration, kind)));
    const commit = await this.shop.commit({
      author: 'linus',
      subject: `Version ${name}`,
      version: name,
      files: {
        ...this.leftovers,
        ...scripts,
        'package.json': JSON.stringify({ name: 'shop', version: name, private: true, type: 'module' }),
        'api/books.mjs': kind === 'good' ? goodBooks : brokenBooks,
      },
    });
    this.leftovers = kind !== 'good' ? Object.fromEntries(Object.keys(scripts).map((path) => [path, null])) : {};
    return { name, commit, migrations };
  }

  /** The backups that were made. */
  backups(): string[] {
    return readdirSync(this.backupFolder);
  }

  async stop(): Promise<void> {
    await this.workers.killAll();
    await this.slipway.stop();
    await this.after();
  }
}

/**
 * The result of a release, which must be of that outcome. Asks no worker for it, since there may be none for a while;
 * but one that waits for a person fails at once.
 */
export async function endOf({ release }: { release: ReleaseUnderTest }, outcome?: Outcome): Promise<ReleaseResult> {
  const over = new AbortController();
  const watcher = failWhenItNeedsAttention(release, over.signal);
  const ended = release.ended().finally(() => over.abort());
  await Promise.race([ended, watcher]);
  const result = await ended;
  // A question that is still being asked when the connection is closed would end whatever test runs then.
  await watcher;
  if (outcome && result.outcome !== outcome) throw new Error(`${release.id}: ${JSON.stringify(result)}`);
  return result;
}

async function failWhenItNeedsAttention(release: ReleaseUnderTest, over: AbortSignal): Promise<undefined> {
  const look = async () => {
    await sleep(500);
    return over.aborted ? 'over' : ((await release.state()).attention ?? undefined);
  };
  const attention = await answered(`${release.id}: its end`, look, asLongAsItTakes);
  if (attention === 'over') return undefined;
  throw new Error(`${release.id} needs attention: ${JSON.stringify(attention)}`);
}

/** Approves a release, once it waits for that; one approval, however often it has to be sent. */
export async function approve(release: ReleaseUnderTest): Promise<void> {
  await inPhase(release, 'awaiting approval');
  await answered(`${release.id}: its approval`, async () => {
    const { plan } = await release.state();
    const acknowledge = plan!.acknowledgements.map(({ id }) => id);
    return release.decide('approve', { id: 'the approval', by: 'ada', digest: plan!.digest, acknowledge });
  });
}

/** Ends the monitoring window of a release, and that of its proof, whenever there is one, until the release has ended. */
export async function skipWaits(release: ReleaseUnderTest): Promise<void> {
  const look = async () => {
    const { phase, waitingFor } = await release.state();
    if (phase === 'ended') return true;
    if (waitingFor?.send.includes('skipWait')) await release.decide('skipWait', { by: 'grace' });
    return undefined;
  };
  await answered(`${release.id}: its end`, look, asLongAsItTakes);
}

/** What a worker answers, asked again as long as there is none. */
export function answered<T>(what: string, ask: () => Promise<T | undefined>, patience = 90_000): Promise<T> {
  return eventually(what, () => ask().catch(() => undefined), patience);
}

/** Longer than any test may take: how long a whole release lasts is the test's own limit to judge. */
const asLongAsItTakes = 600_000;

/** Waits for a phase of a release; a time without a worker, who could tell it, is nothing to fail for. */
export async function inPhase(release: ReleaseUnderTest, phase: Phase): Promise<void> {
  const seen = await answered(`${release.id}: phase ${phase}`, async () => {
    const { phase: now } = await release.state();
    return now === phase || now === 'ended' ? now : undefined;
  });
  if (seen !== phase) throw new Error(`${release.id} ended and was never seen ${phase}`);
}

/** Named by the release and the service, so that one that is asked for again is the same one. */
function backup(folder: string) {
  const script =
    'name=$(printf %s "$SLIPWAY_BACKUP_KEY $SLIPWAY_SERVICE" | tr -c A-Za-z0-9. _); : > "$0/$name"; echo "$name"';
  return { kind: 'command', command: { argv: ['sh', '-c', script, folder], timeout: 30_000 } } as const;
}

function filesOf(migration: string, kind: VersionKind): [string, string][] {
  const table = `t_${migration}`;
  const more: Readonly<Record<VersionKind, string>> = {
    good: `insert into effects values ('${migration}');`,
    broken: '',
    'broken with data': `insert into ${table} values (1);`,
  };
  return [
    [`db/migrations/${migration}.up.sql`, `create table ${table} (n int);\n${more[kind]}\n`],
    [`db/migrations/${migration}.down.sql`, `drop table ${table};\n`],
  ];
}

const goodBooks = `export const columns = ['books.title'];
export const listBooks = async (database) => (await database.query('select title from books order by id')).rows;
`;

const brokenBooks = `export const columns = ['books.title'];
export const listBooks = async () => [];
`;
