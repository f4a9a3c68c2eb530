import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RefUpdate } from '../remote';
import { openApi, type Api } from './api';
import { recall, remember, type Memory } from './memory';
import { offerPackages } from './packages';
import { isActive, type Build, type BuildSettings, type HostingOptions, type LivePeriod } from './options';
import { PublicPort } from './public-port';
import { endOfLog, PushWatch } from './push-watch';
import { ServiceHost } from './service-host';
import { targetAtFirst, targetOfUpdate } from './targets';

const usualSettings: BuildSettings = { buildMs: 0, concurrency: Infinity, held: false, failing: false };

/** Which builds are meant; what is left out may be anything. */
export interface BuildFilter {
  readonly service?: string;
  /** Full or short name of the ref. */
  readonly ref?: string;
  /** A status, or `active` for queued and building. */
  readonly state?: string;
  readonly commit?: string;
}

/**
 * Starts a host for services of a repository and returns it once each of them is live. On a folder that another host
 * has used it goes on where that one ended, under the same addresses. Fails if a first version does not start.
 */
export async function startHosting(options: HostingOptions): Promise<Hosting> {
  const hosting = await Hosting.open(options);
  try {
    await hosting.start();
  } catch (problem) {
    await hosting.stop();
    throw problem;
  }
  return hosting;
}

/** A running host. */
export class Hosting {
  private readonly watch: PushWatch;
  private offset: number;
  private api: Api | undefined;

  private constructor(
    private readonly options: HostingOptions,
    private readonly services: ServiceHost[],
    private readonly memory: Memory | undefined,
  ) {
    this.offset = memory?.offset ?? endOfLog(options.repository);
    this.watch = new PushWatch(options.repository, this.offset, (update, offset) => this.receive(update, offset));
  }

  /** Opens the ports, starts nothing yet. */
  static async open(options: HostingOptions): Promise<Hosting> {
    offerPackages(options.folder);
    const memory = recall(memoryFile(options));
    const services: ServiceHost[] = [];
    const hosting = new Hosting(options, services, memory);
    const { folder, repository } = options;
    for (const service of options.services) {
      const port = await PublicPort.open(memory?.ports[service.name] ?? 0);
      const settings = { ...usualSettings, ...options.settings };
      const around = { folder, repository, addresses: () => hosting.addresses(), save: () => hosting.save() };
      services.push(new ServiceHost(service, port, settings, around));
    }
    hosting.api = await openApi(hosting, memory?.ports[''] ?? 0);
    return hosting;
  }

  async start(): Promise<void> {
    await Promise.all(this.services.map((service) => this.startService(service)));
    this.save();
    this.watch.start();
    await this.watch.catchUp();
  }

  /** Address of the host's own API. */
  get url(): string {
    return this.api?.url ?? '';
  }

  /** The environment that the shop's configuration refers to: HOSTING_URL, API_URL, WEB_URL. */
  get env(): Record<string, string> {
    return { HOSTING_URL: this.url, ...this.addresses() };
  }

  /** The public address of a service. */
  urlOf(service: string): string {
    return this.service(service).publicPort.url;
  }

  /** The builds that were ever asked for, oldest first. */
  builds(filter: BuildFilter = {}): Build[] {
    return this.services.flatMap(({ builds }) => builds).filter((build) => matches(build, filter));
  }

  /** What was live when, oldest first. */
  history(service?: string): LivePeriod[] {
    const all = this.services.filter(({ name }) => service === undefined || name === service);
    return all.flatMap(({ history }) => history).sort((one, other) => one.from - other.from);
  }

  /** What the public sees of a service now. Fails if that is nothing. */
  live(service: string): LivePeriod {
    const period = this.service(service).history.at(-1);
    if (!period) throw new Error(`nothing of ${service} is live`);
    return period;
  }

  /** Cancels the active builds of a ref and returns their ids. */
  cancel(ref: string): string[] {
    return this.services.flatMap((service) => service.cancel((build) => matches(build, { ref })));
  }

  /** Lets held builds go on: those of a ref, or all. */
  release(ref?: string): void {
    for (const service of this.services) service.release((build) => matches(build, ref === undefined ? {} : { ref }));
  }

  /** Changes how builds go that start from now on; of one service, or of all. */
  set(settings: Partial<BuildSettings>, service?: string): void {
    for (const each of service === undefined ? this.services : [this.service(service)]) {
      each.settings = { ...each.settings, ...settings };
      each.startQueued();
    }
  }

  /** Resolves when every push so far was noticed. */
  noticed(): Promise<void> {
    return this.watch.catchUp();
  }

  /** Waits for pushes to be noticed, unless the host is meant to be slow in that. */
  async noticedUnlessSlow(): Promise<void> {
    if (!this.options.noticeMs) await this.noticed();
  }

  /** Resolves when every push so far was noticed and no build is active. */
  async quiet(): Promise<void> {
    do {
      await this.noticed();
      await sleep(10);
    } while (this.builds().some(isActive));
  }

  /** The process ids of the applications that run now. */
  processes(): number[] {
    return this.services.flatMap(({ processes }) => processes);
  }

  /** Ends all applications and closes all ports. What was being built is begun again by the next host. */
  async stop(): Promise<void> {
    await this.watch.stop();
    await Promise.all([this.api?.close(), ...this.services.map((service) => service.stop())]);
  }

  private async startService(service: ServiceHost): Promise<void> {
    if (this.memory) {
      const own = <T extends { service: string }>(all: T[]): T[] => all.filter((each) => each.service === service.name);
      return service.resume(own(this.memory.builds), own(this.memory.history));
    }
    const target = await targetAtFirst(this.options.repository, service.options.follow);
    if (target) await service.deployFirst(target);
  }

  private async receive(update: RefUpdate, offset: number): Promise<void> {
    const { noticeMs = 0, repository } = this.options;
    if (noticeMs > 0) await sleep(noticeMs);
    const targets = await Promise.all(
      this.services.map(async (service) => {
        const target = await targetOfUpdate(repository, service.options.follow, update, service.builds.at(-1));
        return { service, target };
      }),
    );
    for (const { service, target } of targets) if (target) service.enqueue(target);
    // In one step with the builds, so that a host that is killed neither forgets a push nor builds it twice.
    this.offset = offset;
    this.save();
    for (const { service } of targets) service.startQueued();
  }

  private save(): void {
    const ports = Object.fromEntries(this.services.map(({ name, publicPort }) => [name, publicPort.port]));
    remember(memoryFile(this.options), {
      offset: this.offset,
      builds: this.builds(),
      history: this.history(),
      ports: { ...ports, '': this.api?.port ?? 0 },
    });
  }

  private addresses(): Record<string, string> {
    return Object.fromEntries(
      this.services.map(({ name, publicPort }) => [`${name.toUpperCase()}_URL`, publicPort.url]),
    );
  }

  private service(name: string): ServiceHost {
    const found = this.services.find((service) => service.name === name);
    if (!found) throw new Error(`there is no service ${name}`);
    return found;
  }
}

const memoryFile = ({ folder }: HostingOptions): string => join(folder, 'hosting.json');

function matches(build: Build, { service, ref, state, commit }: BuildFilter): boolean {
  return (
    (service === undefined || build.service === service) &&
    (ref === undefined || build.ref === ref || build.ref.replace(/^refs\/(heads|tags)\//, '') === ref) &&
    (commit === undefined || build.commit === commit) &&
    (state === undefined || (state === 'active' ? isActive(build) : build.status === state))
  );
}
