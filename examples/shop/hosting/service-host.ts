import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startApp, type AppProcess } from './app-process';
import { checkOut } from './checkout';
import { isActive, type Build, type BuildSettings, type LivePeriod, type ServiceOptions } from './options';
import type { PublicPort } from './public-port';
import type { BuildTarget } from './targets';

/** How long a process that is no longer asked may take for its last answers. */
const lastAnswersMs = 5_000;
/** How long after it died a live process is started again, if that failed. */
const restartMs = 300;

/** What a service's host shares with the others. */
export interface Surroundings {
  readonly folder: string;
  readonly repository: string;
  /** The public addresses of all services, as environment variables. */
  readonly addresses: () => Record<string, string>;
  /** Must be called after each change that has to survive the host. */
  readonly save: () => void;
}

/** One service at the host: its builds, its running process and its public port. */
export class ServiceHost {
  builds: Build[] = [];
  history: LivePeriod[] = [];
  private readonly running = new Map<string, AbortController>();
  private readonly holds = new Map<string, AbortController>();
  private readonly work = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private live: AppProcess | undefined;

  constructor(
    readonly options: ServiceOptions,
    readonly publicPort: PublicPort,
    public settings: BuildSettings,
    private readonly around: Surroundings,
  ) {}

  get name(): string {
    return this.options.name;
  }

  /** The process ids of what runs now. */
  get processes(): number[] {
    return this.live ? [this.live.pid] : [];
  }

  /** Takes a build in; it begins with the next `startQueued`. */
  enqueue(target: BuildTarget): Build {
    const id = `${this.name}-${this.builds.length + 1}`;
    const build: Build = { id, service: this.name, ...target, status: 'queued', queuedAt: Date.now() };
    this.builds.push(build);
    return build;
  }

  /** Begins the oldest queued builds, as many as may run at once. */
  startQueued(): void {
    for (const build of this.builds) {
      if (this.stopping.signal.aborted || this.running.size >= this.settings.concurrency) return;
      if (build.status === 'queued') this.begin(build, this.settings);
    }
  }

  /** Cancels the active builds that `wanted` picks and returns their ids; none of them can go live any more. */
  cancel(wanted: (build: Build) => boolean): string[] {
    const chosen = this.builds.filter((build) => isActive(build) && wanted(build));
    for (const { id } of chosen) {
      this.change(id, { status: 'cancelled', endedAt: Date.now() });
      this.running.get(id)?.abort();
    }
    this.around.save();
    return chosen.map(({ id }) => id);
  }

  /** Lets the held builds that `wanted` picks go on. */
  release(wanted: (build: Build) => boolean): void {
    for (const { id } of this.builds.filter(wanted)) this.holds.get(id)?.abort();
  }

  /** Builds and shows what was there before the host was. Fails if that does not go live. */
  async deployFirst(target: BuildTarget): Promise<void> {
    const { id } = this.enqueue(target);
    this.begin(this.find(id), { ...this.settings, buildMs: 0, held: false, failing: false });
    await Promise.all(this.work);
    const { status, problem } = this.find(id);
    if (status !== 'live') throw new Error(`${this.name} ${target.version} did not start: ${problem ?? status}`);
  }

  /** Goes on after the host was ended: shows what was live, and begins again with what was being built. */
  async resume(builds: readonly Build[], history: readonly LivePeriod[]): Promise<void> {
    this.builds = builds.map((build) => (isActive(build) ? { ...build, status: 'queued' } : build));
    this.history = [...history];
    const build = this.builds.find(({ status }) => status === 'live');
    if (build) {
      const app = await startApp(await this.appOf(build, this.stopping.signal), this.stopping.signal);
      void this.show(build, app);
    }
    this.startQueued();
  }

  /** Ends everything that runs and closes the public port. */
  async stop(): Promise<void> {
    this.stopping.abort();
    for (const controller of this.running.values()) controller.abort();
    await Promise.all([this.publicPort.close(), this.live?.stop()]);
    await Promise.all(this.work);
  }

  private begin({ id }: Build, settings: BuildSettings): void {
    const controller = new AbortController();
    this.running.set(id, controller);
    if (settings.held) this.holds.set(id, new AbortController());
    this.change(id, { status: 'building' });
    this.keep(
      this.run(id, settings, controller.signal).finally(() => {
        this.running.delete(id);
        this.startQueued();
      }),
    );
  }

  private async run(id: string, { buildMs, failing }: BuildSettings, signal: AbortSignal): Promise<void> {
    try {
      await sleep(buildMs, undefined, { signal });
      const hold = this.holds.get(id)?.signal;
      if (hold?.aborted === false) await once(hold, 'abort', { signal });
      if (failing) throw new Error('the build was told to fail');
      const app = await startApp(await this.appOf(this.find(id), signal), signal);
      // Nothing may come between this look and going live: a cancelled build must never be seen.
      if (signal.aborted) return await app.stop();
      this.goLive(this.find(id), app);
    } catch (problem) {
      if (signal.aborted) return;
      this.change(id, { status: 'failed', endedAt: Date.now(), problem: (problem as Error).message });
      this.around.save();
    }
  }

  /** Whichever build is done last is what the public sees. */
  private goLive(build: Build, app: AppProcess): void {
    const previous = this.live;
    for (const { id } of this.builds.filter(({ status }) => status === 'live'))
      this.change(id, { status: 'superseded' });
    this.change(build.id, { status: 'live', endedAt: Date.now() });
    const { service, id, ref, commit, version } = build;
    this.history.push({ service, build: id, ref, commit, version, from: Date.now() });
    const answered = this.show(build, app);
    this.around.save();
    if (previous) this.keep(endAfter(previous, answered));
  }

  /** Resolves when the process that was asked before has answered everything. */
  private show(build: Build, app: AppProcess): Promise<void> {
    this.live = app;
    void app.ended.then(() => this.keep(this.replaceDead(build, app)));
    return this.publicPort.switchTo(app.port);
  }

  /** A live process that died by itself is started again, until it stays or something else goes live. */
  private async replaceDead(build: Build, dead: AppProcess): Promise<void> {
    const { signal } = this.stopping;
    while (this.live === dead && !signal.aborted) {
      try {
        const app = await startApp(await this.appOf(build, signal), signal);
        if (this.live !== dead || signal.aborted) return await app.stop();
        void this.show(build, app);
        return;
      } catch {
        await sleep(restartMs, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  private async appOf({ id, commit, version }: Build, signal: AbortSignal) {
    const { around, options } = this;
    const folder = join(around.folder, options.name, id);
    const { entry } = options;
    if (!existsSync(join(folder, entry))) await checkOut(around.repository, commit, folder, signal);
    const env = { ...around.addresses(), ...options.env, COMMIT: commit, VERSION: version };
    return { folder, entry, env };
  }

  private find(id: string): Build {
    const build = this.builds.find((each) => each.id === id);
    if (!build) throw new Error(`there is no build ${id}`);
    return build;
  }

  private change(id: string, changes: Partial<Build>): void {
    this.builds = this.builds.map((build) => (build.id === id ? { ...build, ...changes } : build));
  }

  private keep(work: Promise<void>): void {
    this.work.add(work);
    void work.finally(() => this.work.delete(work));
  }
}

async function endAfter(app: AppProcess, answered: Promise<void>): Promise<void> {
  const enough = new AbortController();
  await Promise.race([answered, sleep(lastAnswersMs, undefined, { signal: enough.signal }).catch(() => undefined)]);
  enough.abort();
  await app.stop();
}
