import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { configForm, configText, type ConfigForm, type ConfigOptions, type ServiceName } from './config-file';
import { createDatabase, dropDatabase } from './database';
import { addCommits, addRefs, versionTag } from './history';
import { makeRemote } from './remote';
import { Shop, type ShopRecord } from './shop';
import { firstSchema, trunkOfTheShop } from './trunk';

/** What kind of shop is wanted. */
export interface ShopOptions {
  /** Where everything of the shop goes but its database. Below the project, so that the applications find `pg`. */
  readonly folder: string;
  /** A PostgreSQL server, as a user who may create databases. */
  readonly databaseUrl: string;
  /** Default: both. */
  readonly services?: readonly ServiceName[];
  /** How the api's tag is undone; with `delete` its host follows the highest tag. Default `new-tag`. */
  readonly undo?: ConfigOptions['undo'];
  readonly waits?: ConfigOptions['waits'];
  /** Seconds that the migration of 1.3.0 takes. Default 1.5. */
  readonly slowMigration?: number;
  /** Address of the remote to write into `slipway.yaml`, such as one over HTTP. Default: its folder. */
  readonly remoteUrl?: string;
  /** Changes the configuration before it is written. */
  readonly configure?: (form: ConfigForm) => void;
}

const recordFile = 'shop.json';

/**
 * Makes a shop from nothing: remote, trunk with versions 1.0.0 to 1.3.0, 1.0.0 as what the pointers name, a database
 * with the schema and the data of 1.0.0, and a `slipway.yaml`. Leaves nothing behind when it fails.
 */
export async function makeShop(options: ShopOptions): Promise<Shop> {
  const folder = resolve(options.folder);
  const database = `shop_${randomBytes(5).toString('hex')}`;
  const record: ShopRecord = {
    database,
    services: options.services ?? ['api', 'web'],
    undo: options.undo ?? 'new-tag',
  };
  const shop = new Shop(folder, options.databaseUrl, record);
  try {
    await mkdir(folder, { recursive: true });
    const parts = [
      makeRepository(shop, options.slowMigration ?? 1.5),
      createDatabase(options.databaseUrl, database, firstSchema()),
      writeFile(shop.configFile, configText(formOf(options, record))),
      writeFile(join(folder, recordFile), JSON.stringify(record, null, 2)),
    ];
    // When one fails the others must have ended as well, or they would go on in a folder that is gone.
    await Promise.allSettled(parts);
    await Promise.all(parts);
  } catch (problem) {
    await Promise.allSettled([
      dropDatabase(options.databaseUrl, database),
      rm(folder, { recursive: true, force: true }),
    ]);
    throw problem;
  }
  return shop;
}

/** A shop that was made before. Fails if the folder holds none. */
export function openShop(folder: string, databaseUrl: string): Shop {
  const record = JSON.parse(readFileSync(join(folder, recordFile), 'utf8')) as ShopRecord;
  return new Shop(resolve(folder), databaseUrl, record);
}

async function makeRepository(shop: Shop, slowMigration: number): Promise<void> {
  await makeRemote(shop.remote);
  await addCommits(shop.remote, 'refs/heads/main', trunkOfTheShop(slowMigration));
  const first = `refs/tags/${versionTag('1.0.0')}`;
  await addRefs(shop.remote, [
    { name: 'refs/tags/v1.0.0', target: first, message: 'shop 1.0.0' },
    { name: 'refs/heads/production', target: first },
  ]);
}

function formOf(options: ShopOptions, { services, undo }: ShopRecord): ConfigForm {
  const form = configForm({
    services,
    undo,
    waits: options.waits ?? 'short',
    remote: options.remoteUrl ?? './shop.git',
  });
  options.configure?.(form);
  return form;
}
