import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startShopAtGitHub } from './at-github';
import { startHosting } from './hosting/start-hosting';
import { makeShop, openShop } from './make-shop';

/**
 * The shop and its host as a program: `node main.js --folder F [--build-ms 2000] [--github]`, with DATABASE_URL in its environment.
 * Makes the shop, or opens the one that is there, prints one line of JSON (folder, config, env) once all of it is live,
 * and ends, leaving nothing running, on SIGTERM, on SIGINT and when its standard input ends.
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      folder: { type: 'string' },
      'build-ms': { type: 'string' },
      'slow-migration': { type: 'string' },
      github: { type: 'boolean' },
    },
  });
  const databaseUrl = process.env.DATABASE_URL;
  if (!values.folder || !databaseUrl) throw new Error('--folder and the environment variable DATABASE_URL are needed');
  const asked = new Promise<void>((done) => {
    process.stdin.on('end', done).on('error', done).resume();
    process.on('SIGTERM', done).on('SIGINT', done);
  });

  const folder = resolve(values.folder);
  const slowMigration = Number(values['slow-migration'] ?? 1.5);
  const atGitHub = values.github ? await startShopAtGitHub() : undefined;
  const shop = existsSync(resolve(folder, 'shop.json'))
    ? openShop(folder, databaseUrl)
    : await makeShop({
        folder,
        databaseUrl,
        slowMigration,
        ...(atGitHub && { remoteUrl: atGitHub.remoteUrl, configure: (form) => atGitHub.configure(form) }),
      });
  const access = await atGitHub?.host(shop);
  const hosting = await startHosting({
    ...shop.hostingOptions(),
    settings: { buildMs: Number(values['build-ms'] ?? 0) },
  });
  const ready = {
    folder,
    config: shop.configFile,
    env: { ...hosting.env, API_DATABASE_URL: shop.databaseUrl, ...access },
  };
  process.stdout.write(`${JSON.stringify(ready)}\n`);

  await asked;
  await hosting.stop();
  await atGitHub?.stop();
}

main().then(
  () => process.exit(0),
  (problem: unknown) => {
    process.stderr.write(`${(problem as Error).message}\n`);
    process.exit(1);
  },
);
