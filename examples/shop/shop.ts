import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConfigOptions, ServiceName } from './config-file';
import { dataFingerprint, databaseNamed, dropDatabase, query, schemaFingerprint, type Row } from './database';
import { git } from './git';
import { addCommits, versionTag, type Change } from './history';
import type { HostingOptions, ServiceOptions } from './hosting/options';
import { refsOf, refUpdates, type RefUpdate } from './remote';

/** What a shop must know of itself to be opened again. */
export interface ShopRecord {
  readonly database: string;
  readonly services: readonly ServiceName[];
  readonly undo: ConfigOptions['undo'];
}

/** A shop on disk and in its database: what is done to it by its developers, and what can be seen of it. */
export class Shop {
  readonly configFile: string;
  /** The bare repository's folder. */
  readonly remote: string;
  /** Address of the shop's own database. */
  readonly databaseUrl: string;
  readonly services: readonly ServiceName[];

  constructor(
    readonly folder: string,
    private readonly serverUrl: string,
    readonly record: ShopRecord,
  ) {
    this.configFile = join(folder, 'slipway.yaml');
    this.remote = join(folder, 'shop.git');
    this.databaseUrl = databaseNamed(serverUrl, record.database);
    this.services = record.services;
  }

  /** Adds a commit to the trunk, or to another branch, which must exist; with a version also its tag. Returns its id. */
  async commit(change: Change, branch = 'main'): Promise<string> {
    const [id] = await addCommits(this.remote, `refs/heads/${branch}`, [change]);
    if (id === undefined) throw new Error(`no commit was made on ${branch}`);
    return id;
  }

  /** The commit that a version is. Fails if there is no such version. */
  commitOf(version: string): Promise<string> {
    return this.resolve(`refs/tags/${versionTag(version)}`);
  }

  /** The commit behind a ref of the remote, through annotated tags. Fails if it is not there. */
  resolve(ref: string): Promise<string> {
    return git(['rev-parse', '--verify', `${ref}^{commit}`], { folder: this.remote });
  }

  /** Changes refs as a person with a clone would, by a push: `main:refs/heads/production`, `:refs/tags/v1`, `+a:b`. */
  async push(...refspecs: string[]): Promise<void> {
    await git(['push', '--quiet', '--atomic', this.remote, ...refspecs], { folder: this.remote });
  }

  /** Full ref name → object id, of every ref in the remote. */
  refs(): Promise<Record<string, string>> {
    return refsOf(this.remote);
  }

  /** Every ref update that the remote has ever received by a push, oldest first. */
  pushes(): RefUpdate[] {
    return refUpdates(this.remote);
  }

  /** Runs statements in the shop's database and returns the rows of the last. */
  query(sql: string, values?: readonly unknown[]): Promise<Row[]> {
    return query(this.databaseUrl, sql, values);
  }

  /** A digest of the shop's data in the tables and columns of 1.0.0. */
  dataFingerprint(): Promise<string> {
    return dataFingerprint(this.databaseUrl);
  }

  /** A digest of what is defined in the shop's schema. */
  schemaFingerprint(): Promise<string> {
    return schemaFingerprint(this.databaseUrl);
  }

  /** What the shop's host is to follow and to run. */
  hostingOptions(): HostingOptions {
    return { folder: join(this.folder, 'hosting'), repository: this.remote, services: this.hostedServices() };
  }

  /** Removes the database and the folder. */
  async remove(): Promise<void> {
    await dropDatabase(this.serverUrl, this.record.database);
    await rm(this.folder, { recursive: true, force: true });
  }

  private hostedServices(): ServiceOptions[] {
    const mode = this.record.undo === 'delete' ? 'highest' : 'created';
    const all: Record<ServiceName, ServiceOptions> = {
      api: {
        name: 'api',
        entry: 'api/server.mjs',
        follow: { mode, tags: 'v*' },
        env: { DATABASE_URL: this.databaseUrl },
      },
      web: { name: 'web', entry: 'web/server.mjs', follow: { mode: 'branch', branch: 'production' }, env: {} },
    };
    return this.services.map((name) => all[name]);
  }
}
