import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { offerPackages } from '../../../examples/shop/hosting/packages';

test('an application finds the packages in any folder, also where a host has been before', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-packages-'));
  try {
    const app = join(folder, 'api', 'build-1');
    mkdirSync(app, { recursive: true });
    writeFileSync(join(app, 'main.mjs'), "import pg from 'pg';\nif (!pg.Client) process.exit(2);\n");
    const run = () => spawnSync(process.execPath, ['main.mjs'], { cwd: app }).status;
    expect(run()).toBe(1);
    offerPackages(folder);
    offerPackages(folder);
    expect(run()).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
