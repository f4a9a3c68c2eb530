/** `slipway dev`, with a stack of its own. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../../worker/embedded/temporal-cache';
import { readStackFile } from '../../config/stack-file';
import { aShop, type TestShop } from '../support/shop';
import { allGone, family } from '../support/processes';
import { containing } from './matchers';
import { endAll, slipway, startSlipway, type RunOptions } from './run-slipway';

let shop: TestShop;
let options: RunOptions;

beforeEach(async () => {
  shop = await aShop({ services: ['api'] });
  // Where Temporal is cached for this user.
  const cache = dirname(cacheFolder(process.env));
  options = { cwd: shop.folder, env: { ...shop.env, XDG_CACHE_HOME: cache } };
});
afterEach(async () => {
  await endAll();
  await shop.remove();
});

// Who descends from whom is only seen where there is /proc.
const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('slipway dev', () => {
  it('runs all that a release needs, goes on where it was, and leaves nothing behind', async () => {
    const first = startSlipway(['dev'], options);
    await first.saw('worker of production is ready');
    const everything = family([first.process.pid!]);
    expect(everything.length).toBeGreaterThan(4);
    expect(await slipway(['release', '1.1.0', '--env', 'production', '--yes'], options)).toMatchObject({ code: 0 });
    // `git add .` in the user's repository must not take databases along.
    expect(readFileSync(join(shop.folder, '.slipway', '.gitignore'), 'utf8')).toBe('*\n');
    const ui = readStackFile(join(shop.folder, '.slipway'))!.uiAddress;
    expect((await fetch(ui)).status).toBe(200);

    const second = await slipway(['dev'], options);
    expect(second).toMatchObject({ code: 4, err: containing('already runs one') });

    first.process.kill('SIGINT');
    expect(await first.ended).toMatchObject({ code: 0 });
    await allGone(everything);
    expect(await slipway(['status'], options)).toMatchObject({ code: 4, err: containing('no stack runs in') });

    const again = startSlipway(['dev'], options);
    await again.saw('worker of production is ready');
    const familyOfAgain = family([again.process.pid!]);
    const status = await slipway(['status', '1.1.0'], options);
    expect(status).toMatchObject({ code: 0, out: containing('1.1.0 → production is released') });
    // Killed, it can clean nothing up itself.
    again.process.kill('SIGKILL');
    await allGone(familyOfAgain);
  });

  it('starts a worker again that died, and writes what workers say to a file', async () => {
    const dev = startSlipway(['dev', '--json'], options);
    await dev.saw('"state":"ready"');
    const worker = family([dev.process.pid!]).find(({ pid }) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(join('worker', 'main.js')),
    );
    process.kill(worker!.pid, 'SIGKILL');
    await dev.saw('"state":"ended"');
    expect(await slipway(['plan', '1.1.0', '--env', 'production'], options)).toMatchObject({ code: 0 });
    expect(readFileSync(join(shop.folder, '.slipway', 'worker-production.log'), 'utf8')).toContain('worker is ready');
  });

  it('has a worker of its own for whoever wants one: slipway worker', async () => {
    const dev = startSlipway(['dev', '--config', shop.configFile], options);
    await dev.saw('worker of production is ready');
    const worker = startSlipway(['worker', '--env', 'production', '--health-port', '0'], options);
    expect(await worker.ended).toMatchObject({ code: 2 });
    const sound = startSlipway(['worker', '--env', 'production'], options);
    await sound.saw('worker is ready');
    sound.process.kill('SIGTERM');
    expect(await sound.ended).toMatchObject({ code: 0 });
  });
});
