import { randomUUID } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { decide, releaseState, requestRelease, waitForResult } from '../client';
import { parseProject } from '../config/load-project';
import type { ConfigForm } from '../examples/shop/config-file';
import { addRefs, versionTag } from '../examples/shop/history';
import { startHosting, type Hosting } from '../examples/shop/hosting/start-hosting';
import { makeShop } from '../examples/shop/make-shop';
import type { Shop } from '../examples/shop/shop';
import type { Project } from '../release/project';
import type { ReleaseResult, ReleaseState } from '../release/state';
import { decisionSignals } from '../workflows/messages';
import { eventually } from './eventually';

export interface MeasuredShopOptions {
  /** `none`: every wait is 0 (the default); `short`: as in the demo. */
  readonly waits?: 'none' | 'short';
  /** Changes slipway.yaml before it is written. */
  readonly configure?: (form: ConfigForm) => void;
  /** What further references in slipway.yaml stand for. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface VersionOptions {
  /** How many; 3 unless told. */
  readonly migrations?: number;
  /** Its smoke check fails. */
  readonly broken?: boolean;
  /** Seconds that its first migration takes. */
  readonly slow?: number;
}

/** A shop with one service, the api, and as many versions as are asked for. */
export class MeasuredShop {
  private versions = 0;

  private constructor(
    readonly name: string,
    readonly shop: Shop,
    readonly hosting: Hosting,
    readonly project: Project,
    readonly env: Readonly<Record<string, string>>,
    private readonly client: Client,
  ) {}

  static async open(
    name: string,
    place: { readonly folder: string; readonly databaseUrl: string },
    client: Client,
    { waits = 'none', configure, env = {} }: MeasuredShopOptions,
  ): Promise<MeasuredShop> {
    const shop = await makeShop({
      ...place,
      services: ['api'],
      waits,
      slowMigration: 0,
      configure: (form) => {
        form.project = name;
        configure?.(form);
      },
    });
    const hosting = await startHosting(shop.hostingOptions());
    const text = readFileSync(shop.configFile, 'utf8');
    const { project } = parseProject(text, { file: shop.configFile, folder: shop.folder });
    const references = { ...hosting.env, API_DATABASE_URL: shop.databaseUrl, ...env };
    return new MeasuredShop(name, shop, hosting, project, references, client);
  }

  /** Commits a version on top of the trunk; returns its name. */
  async addVersion({ migrations = 3, broken = false, slow = 0 }: VersionOptions = {}): Promise<string> {
    const n = ++this.versions;
    const version = `2.${n}.0`;
    await this.shop.commit({
      author: 'ada',
      subject: `Version ${version}`,
      version,
      files: {
        'package.json': `${JSON.stringify({ name: 'shop', version, private: true, type: 'module' }, null, 2)}\n`,
        'api/books.mjs': broken ? brokenBooks : goodBooks,
        ...migrationFiles(n, slow)
          .slice(0, migrations)
          .reduce((all, files) => ({ ...all, ...files }), {}),
      },
    });
    return version;
  }

  /** Names the newest commit by further versions; returns their names. */
  async addNames(count: number): Promise<string[]> {
    const names = Array.from({ length: count }, (_, n) => `3.${n + 1}.0`);
    await addRefs(
      this.shop.remote,
      names.map((version) => ({ name: `refs/tags/${versionTag(version)}`, target: 'refs/heads/main' })),
    );
    return names;
  }

  /** Asks for a release; returns its id. The same `requestId` is the same request. */
  async request(version: string, requestId: string = randomUUID()): Promise<string> {
    const request = { project: this.project, environment: 'production', version, commit: null, requestedBy: 'linus' };
    return (await requestRelease(this.client, { ...request, requestId }, 30_000)).releaseId;
  }

  state(id: string): Promise<ReleaseState> {
    return releaseState(this.client, id, 20_000);
  }

  result(id: string): Promise<ReleaseResult> {
    return waitForResult(this.client, id);
  }

  /** Resolves with the digest of the plan once the release waits for its approval. */
  async awaitingApproval(id: string): Promise<string> {
    return eventually(`${id} to wait for approval`, async () => {
      const { phase, plan, result } = await this.state(id);
      if (result) throw new Error(`${id} ended: ${JSON.stringify(result.failure)}`);
      return phase === 'awaiting approval' ? plan?.digest : undefined;
    });
  }

  async approve(id: string, by = 'ada'): Promise<void> {
    await decide(this.client, id, 'approve', { by, digest: await this.awaitingApproval(id) });
  }

  /** Rejects it, if it has not ended. */
  async reject(id: string): Promise<void> {
    await this.client.workflow
      .getHandle(id)
      .signal(decisionSignals.reject, { by: 'ada', comment: 'another one is live' })
      .catch((error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      });
  }

  async skipWait(id: string): Promise<void> {
    await decide(this.client, id, 'skipWait', { by: 'ada', comment: 'seen enough' });
  }

  /** Makes the remote hold every push to a ref below `refs/tags/v` as long as the file exists that is returned. */
  holdPushes(): string {
    const file = join(this.shop.remote, 'hold');
    const hook = join(this.shop.remote, 'hooks', 'pre-receive');
    const waits = `while [ -e hold ]; do : > holding; sleep 0.05; done`;
    writeFileSync(hook, `#!/bin/sh\nif grep -q ' refs/tags/v'; then ${waits}; fi\nrm -f holding\n`);
    chmodSync(hook, 0o755);
    writeFileSync(file, '');
    return file;
  }

  async close(): Promise<void> {
    await this.hosting.stop();
    await this.shop.remove();
  }
}

/** Three pairs of scripts, as they often come: a table, a column, an index. */
function migrationFiles(n: number, slow: number): Record<string, string>[] {
  const number = (index: number) => String(100 + n * 3 + index);
  const pair = (index: number, name: string, up: string, down: string) => ({
    [`db/migrations/${number(index)}_${name}.up.sql`]: `${up}\n`,
    [`db/migrations/${number(index)}_${name}.down.sql`]: `${down}\n`,
  });
  const table = `create table notes_${n} (id integer primary key, book_id integer not null, note text);`;
  const sleep = slow > 0 ? `\nselect pg_sleep(${slow});` : '';
  return [
    pair(0, `notes_${n}`, `${table}${sleep}`, `drop table notes_${n};`),
    pair(1, `shelf_${n}`, `alter table books add column shelf_${n} text;`, `alter table books drop column shelf_${n};`),
    pair(2, `by_book_${n}`, `create index by_book_${n} on notes_${n} (book_id);`, `drop index by_book_${n};`),
  ];
}

const books = (query: string): string => `export const columns = ['books.id', 'books.title'];

export async function listBooks(database) {
  const { rows } = await database.query(${JSON.stringify(query)});
  return rows;
}
`;
const goodBooks = books('select id, title from books order by id');
/** No book is found: the smoke check misses its titles. */
const brokenBooks = books('select id, title from books where false');
