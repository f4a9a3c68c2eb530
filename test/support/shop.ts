import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { HostingOptions } from '../../examples/shop/hosting/options';
import { startHosting, type Hosting } from '../../examples/shop/hosting/start-hosting';
import { makeShop, type ShopOptions as MadeShopOptions } from '../../examples/shop/make-shop';
import { projectRoot } from '../../examples/shop/project-root';
import { Shop, type ShopRecord } from '../../examples/shop/shop';

/** What kind of shop a test wants. A folder of its own, the test run's PostgreSQL and no waits are the default. */
export interface ShopOptions extends Partial<MadeShopOptions> {
  /** How builds go and how soon pushes are noticed. */
  readonly hosting?: Pick<HostingOptions, 'settings' | 'noticeMs'>;
}

/** Makes a shop with 1.0.0 live at its host, in this process. Its `remove` leaves nothing behind. */
export async function aShop({ hosting = {}, ...options }: ShopOptions = {}): Promise<TestShop> {
  const databaseUrl = options.databaseUrl ?? testDatabaseUrl();
  const made = await makeShop({ waits: 'none', folder: aFolder(), ...options, databaseUrl });
  const shop = new TestShop(made.folder, databaseUrl, made.record, hosting);
  try {
    await shop.startHosting();
  } catch (problem) {
    await made.remove();
    throw problem;
  }
  return shop;
}

/** A shop that runs at its host, with all that a test does to it and sees of it. */
export class TestShop extends Shop {
  private running: Hosting | undefined;

  constructor(
    folder: string,
    serverUrl: string,
    record: ShopRecord,
    private readonly ways: Pick<HostingOptions, 'settings' | 'noticeMs'>,
  ) {
    super(folder, serverUrl, record);
  }

  /** The running host; another object after it was started again. Fails while there is none. */
  get hosting(): Hosting {
    if (!this.running) throw new Error('the host does not run');
    return this.running;
  }

  /** What the references in `slipway.yaml` stand for. */
  get env(): Record<string, string> {
    return { ...this.hosting.env, API_DATABASE_URL: this.databaseUrl };
  }

  /** Service → the commit that the public sees. */
  live(): Record<string, string> {
    return Object.fromEntries(this.services.map((name) => [name, this.hosting.live(name).commit]));
  }

  /** Starts a host, on the memory of the one before and under its addresses. */
  async startHosting(): Promise<void> {
    this.running = await startHosting({ ...this.hostingOptions(), ...this.ways });
  }

  async stopHosting(): Promise<void> {
    await this.running?.stop();
    this.running = undefined;
  }

  /** Ends the host, removes the database and the folder. */
  override async remove(): Promise<void> {
    await this.stopHosting();
    await super.remove();
  }
}

/** A folder of its own below the project, in that of this process, which a later test run removes. */
export function aFolder(): string {
  return join(projectRoot, '.slipway', 'test', String(process.pid), `shop-${randomBytes(4).toString('hex')}`);
}

/** The PostgreSQL server of this test run, as a user who may create databases. */
export function testDatabaseUrl(): string {
  const url = process.env['SLIPWAY_TEST_DATABASE_URL'];
  if (!url) throw new Error('SLIPWAY_TEST_DATABASE_URL is not set: the global setup of the tests sets it');
  return url;
}
