/** Three workers that are killed in turn while releases go on: none is lost, none runs twice. */
import { setTimeout as sleep } from 'node:timers/promises';
import { versionTag } from '../../examples/shop/history';
import type { MeasuredShop } from '../measured-shop';
import type { Stage } from '../stage';
import { summarise } from '../statistics';
import type { WorkerProcess } from '../worker-process';
import type { EnduranceMeasure } from './report';

/** How many workers there are. */
const WORKERS = 3;

/** Milliseconds between two kills, at random, so that they fall anywhere. */
const pause = () => 700 + Math.random() * 1_500;

/** Runs `count` releases, one after the other, while workers fall. Fails if one is lost, or did something twice. */
export async function enduranceKilled(
  stage: Stage,
  count: number,
  say: (line: string) => void,
): Promise<EnduranceMeasure[]> {
  const shop = await stage.openShop('killed');
  const reaper = new Reaper(stage, shop);
  const times: number[] = [];
  const versions: string[] = [];
  try {
    await reaper.start();
    for (let n = 1; n <= count; n++) {
      const version = await shop.addVersion({ migrations: 3 });
      versions.push(version);
      const start = Date.now();
      const id = await shop.request(version);
      await shop.approve(id);
      const { outcome, failure } = await shop.result(id);
      if (outcome !== 'finished') throw new Error(`${id} was ${outcome}: ${failure?.message}`);
      times.push(Date.now() - start);
      say(`${n} of ${count} are live; ${reaper.kills} workers were killed`);
    }
  } finally {
    await reaper.stop();
  }
  await requireOnce(shop, versions);
  await stage.clear();
  const { median, max } = summarise(times);
  return [
    { what: 'releases under kills, all finished', value: count, unit: '' },
    { what: 'workers killed', value: reaper.kills, unit: '' },
    { what: 'migrations that ran, each once', value: count * 3, unit: '' },
    { what: 'a release under kills, median', value: median, unit: 'ms' },
    { what: 'a release under kills, longest', value: max, unit: 'ms' },
  ];
}

/** Kills the workers in turn; a supervisor would start another each time, and so does this. */
class Reaper {
  kills = 0;
  private workers: WorkerProcess[] = [];
  private readonly over = new AbortController();
  private work: Promise<void> = Promise.resolve();

  constructor(
    private readonly stage: Stage,
    private readonly shop: MeasuredShop,
  ) {}

  async start(): Promise<void> {
    while (this.workers.length < WORKERS) this.workers.push(await this.stage.hire(this.shop));
    this.work = this.reap();
  }

  async stop(): Promise<void> {
    this.over.abort();
    await this.work;
  }

  private async reap(): Promise<void> {
    const { signal } = this.over;
    while (!signal.aborted) {
      await sleep(pause(), undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      this.workers.shift()!.kill();
      this.kills += 1;
      this.workers.push(await this.stage.hire(this.shop));
    }
  }
}

/** What each release did is there, and once: its three migrations, its tag, one build of it at the host. */
async function requireOnce({ shop, hosting }: MeasuredShop, versions: readonly string[]): Promise<void> {
  const rows = await shop.query(`select name, count(*)::int as runs from slipway.migration group by name`);
  const twice = rows.filter(({ runs }) => runs !== 1);
  if (twice.length > 0) throw new Error(`migrations that ran more than once: ${JSON.stringify(twice)}`);
  const [{ notes } = { notes: 0 }] = await shop.query(
    `select count(*)::int as notes from information_schema.tables where table_name like 'notes\\_%'`,
  );
  if (notes !== versions.length) throw new Error(`${String(notes)} tables, but ${versions.length} releases`);
  for (const version of versions) {
    const builds = hosting.builds({ ref: `v${version}` });
    if (builds.length !== 1) throw new Error(`${versionTag(version)}: ${builds.length} builds`);
  }
}
