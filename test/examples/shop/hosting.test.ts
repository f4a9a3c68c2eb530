import { isActive } from '../../../examples/shop/hosting/options';
import { eventually } from '../../support/eventually';
import { aShop, type ShopOptions, type TestShop } from '../../support/shop';

let shop: TestShop;
const given = async (options: ShopOptions = {}) => (shop = await aShop(options));
afterEach(() => shop?.remove());

/** Pushes the commit of each version to a ref, one push after the other. */
async function point(ref: string, ...versions: string[]): Promise<void> {
  for (const version of versions) await shop.push(`+${await shop.commitOf(version)}:${ref}`);
}

const tagged = (version: string, name = version) => point(`refs/tags/v${name}`, version);
const statuses = (service: string) => shop.hosting.builds({ service }).map(({ status }) => status);
const versions = (service: string) => shop.hosting.history(service).map(({ version }) => version);
const active = (service: string) => shop.hosting.builds({ service }).filter(isActive);

/** What the migrations of 1.1.0 and 1.2.0 make. */
const laterSchema = () =>
  shop.query('alter table books add column author text; create table reviews (book_id int, stars int)');

describe('a host that acts on the creation of a tag', () => {
  test('builds a new tag and shows it under the same address', async () => {
    await given();
    await laterSchema();
    const { url } = shop.hosting;
    await tagged('1.1.0');
    await shop.hosting.quiet();
    const answer = await fetch(`${shop.env.API_URL}/version`);
    expect(await answer.json()).toEqual({ commit: await shop.commitOf('1.1.0'), version: '1.1.0' });
    expect(shop.hosting.url).toBe(url);
    expect(statuses('api')).toEqual(['superseded', 'live']);
    expect(versions('web')).toEqual(['1.0.0']);
  });

  test('does nothing about a tag that is deleted, moved, or none of its own', async () => {
    await given();
    await point('refs/tags/v1.0.0', '1.1.0');
    await point('refs/tags/other', '1.1.0');
    await point('refs/heads/v9', '1.1.0');
    await shop.push(':refs/tags/v1.0.0');
    await shop.hosting.quiet();
    expect(statuses('api')).toEqual(['live']);
    expect(shop.pushes()).toHaveLength(4);
  });

  test('builds a commit again under another tag: the way back', async () => {
    await given();
    await laterSchema();
    await tagged('1.1.0');
    await shop.hosting.quiet();
    await tagged('1.0.0', '1.0.0-rollback.1');
    await shop.hosting.quiet();
    expect(versions('api')).toEqual(['1.0.0', '1.1.0', '1.0.0']);
    expect(shop.hosting.live('api').ref).toBe('refs/tags/v1.0.0-rollback.1');
  });

  test('keeps the old version when a new one refuses to start, and says why', async () => {
    await given();
    await tagged('1.1.0');
    await shop.hosting.quiet();
    expect(shop.hosting.builds({ service: 'api', state: 'failed' })).toMatchObject([
      { version: '1.1.0', problem: 'the database lacks books.author: run the migrations first' },
    ]);
    expect((await fetch(`${shop.env.API_URL}/books`)).status).toBe(200);
    expect(shop.live()).toEqual({ api: await shop.commitOf('1.0.0'), web: await shop.commitOf('1.0.0') });
  });

  test('keeps the old version when a build fails', async () => {
    await given();
    shop.hosting.set({ failing: true }, 'api');
    await tagged('1.0.0', '1.0.1');
    await shop.hosting.quiet();
    expect(statuses('api')).toEqual(['live', 'failed']);
    shop.hosting.set({ failing: false }, 'api');
    await tagged('1.0.0', '1.0.2');
    await shop.hosting.quiet();
    expect(statuses('api')).toEqual(['superseded', 'failed', 'live']);
  });
});

describe('a host that runs the highest tag', () => {
  test('goes back to the tag before when the highest is deleted', async () => {
    await given({ undo: 'delete' });
    await laterSchema();
    await tagged('1.1.0');
    await shop.hosting.quiet();
    await shop.push(':refs/tags/v1.1.0');
    await shop.hosting.quiet();
    expect(versions('api')).toEqual(['1.0.0', '1.1.0', '1.0.0']);
  });

  test('does nothing about a tag that is not the highest', async () => {
    await given({ undo: 'delete' });
    await tagged('1.1.0', '1.0.0-rollback.1');
    await tagged('1.1.0', '0.9.10');
    await shop.hosting.quiet();
    expect(statuses('api')).toEqual(['live']);
  });

  test('compares numbers, not letters', async () => {
    await given({ undo: 'delete', services: ['api'] });
    // Of builds that run side by side the one that ends last goes live.
    shop.hosting.set({ concurrency: 1 }, 'api');
    await tagged('1.0.0', '1.9.0');
    await tagged('1.0.0', '1.10.0-rc.2');
    await tagged('1.0.0', '1.10.0-rc.10');
    await shop.hosting.quiet();
    expect(shop.hosting.live('api').ref).toBe('refs/tags/v1.10.0-rc.10');
  });
});

describe('a host that follows a branch', () => {
  test('builds where it was moved to, forwards and back', async () => {
    await given({ services: ['web'] });
    await point('refs/heads/production', '1.1.0', '1.0.0');
    await eventually('both moves are built', () => statuses('web').length === 3 || undefined);
    await shop.hosting.quiet();
    expect(shop.hosting.builds({ ref: 'production' }).map(({ version }) => version)).toEqual([
      '1.0.0',
      '1.1.0',
      '1.0.0',
    ]);
  });

  test('does nothing when it is deleted', async () => {
    await given({ services: ['web'] });
    await shop.push(':refs/heads/production');
    await shop.hosting.quiet();
    expect(statuses('web')).toEqual(['live']);
  });
});

describe('builds', () => {
  test('overlap, and the one that is done last is what the public sees', async () => {
    await given({ services: ['web'] });
    shop.hosting.set({ held: true });
    await point('refs/heads/production', '1.1.0');
    await shop.hosting.noticed();
    shop.hosting.set({ held: false });
    await point('refs/heads/production', '1.2.0');
    await eventually('the younger is live', () => shop.hosting.live('web').version === '1.2.0' || undefined);
    expect(active('web')).toMatchObject([{ version: '1.1.0', status: 'building' }]);
    shop.hosting.release();
    await shop.hosting.quiet();
    expect(versions('web')).toEqual(['1.0.0', '1.2.0', '1.1.0']);
  });

  test('wait in a queue where only one may run', async () => {
    await given({ services: ['web'], hosting: { settings: { concurrency: 1 } } });
    shop.hosting.set({ held: true });
    await point('refs/heads/production', '1.1.0', '1.2.0');
    await shop.hosting.noticed();
    expect(statuses('web')).toEqual(['live', 'building', 'queued']);
    shop.hosting.set({ held: false });
    shop.hosting.release('production');
    await shop.hosting.quiet();
    expect(versions('web')).toEqual(['1.0.0', '1.1.0', '1.2.0']);
  });

  test.each([[Infinity], [1]])('that are cancelled never go live, with %s at once', async (concurrency) => {
    await given({ services: ['web'], hosting: { settings: { concurrency } } });
    shop.hosting.set({ held: true });
    await point('refs/heads/production', '1.1.0', '1.2.0');
    const cancelled = await fetch(`${shop.hosting.url}/builds/cancel?ref=refs%2Fheads%2Fproduction`, {
      method: 'POST',
    });
    expect(await cancelled.json()).toEqual({ cancelled: ['web-2', 'web-3'] });
    shop.hosting.set({ held: false });
    await point('refs/heads/production', '1.0.0');
    await shop.hosting.quiet();
    expect(statuses('web')).toEqual(['superseded', 'cancelled', 'cancelled', 'live']);
    expect(versions('web')).toEqual(['1.0.0', '1.0.0']);
  });

  test('that are done cannot be cancelled', async () => {
    await given({ services: ['web'] });
    expect(shop.hosting.cancel('production')).toEqual([]);
    expect(statuses('web')).toEqual(['live']);
  });

  test('are told over HTTP, by ref and by whether they are active', async () => {
    await given();
    shop.hosting.set({ held: true });
    await tagged('1.1.0');
    const ask = async (query: string) =>
      ((await (await fetch(`${shop.hosting.url}/builds?${query}`)).json()) as { builds: { id: string }[] }).builds.map(
        ({ id }) => id,
      );
    expect(await ask('ref=refs/tags/v1.1.0&state=active')).toEqual(['api-2']);
    expect(await ask('ref=v1.1.0')).toEqual(['api-2']);
    expect(await ask('ref=v1.0.0&state=active')).toEqual([]);
    expect(await ask('state=live')).toEqual(['api-1', 'web-1']);
  });

  test('begin late at a host that is slow to notice a push', async () => {
    await given({ services: ['web'], hosting: { noticeMs: 3_000 } });
    await point('refs/heads/production', '1.1.0');
    const answer = await fetch(`${shop.hosting.url}/builds?state=active`);
    expect(await answer.json()).toEqual({ total: 0, builds: [] });
    await eventually('it is noticed', () => shop.hosting.live('web').version === '1.1.0' || undefined);
  });
});

describe('the public address', () => {
  test('answers every request while versions change behind it', async () => {
    await given({ services: ['web'] });
    const answers: number[] = [];
    let isDone = false;
    const visitors = [1, 2, 3, 4].map(async () => {
      while (!isDone) {
        const answer = await fetch(`${shop.env.WEB_URL}/version`);
        await answer.text();
        answers.push(answer.status);
      }
    });
    for (const version of ['1.1.0', '1.2.0', '1.3.0']) {
      await point('refs/heads/production', version);
      await shop.hosting.quiet();
    }
    isDone = true;
    await Promise.all(visitors);
    expect(answers.length).toBeGreaterThan(10);
    expect(answers.filter((status) => status !== 200)).toEqual([]);
    expect(versions('web')).toEqual(['1.0.0', '1.1.0', '1.2.0', '1.3.0']);
  });

  test('comes back when the process behind it dies', async () => {
    await given({ services: ['web'] });
    const [pid = 0] = shop.hosting.processes();
    process.kill(pid, 'SIGKILL');
    await eventually('another process', () => shop.hosting.processes()[0] !== pid || undefined);
    expect((await fetch(`${shop.env.WEB_URL}/version`)).status).toBe(200);
    expect(statuses('web')).toEqual(['live']);
  });
});
