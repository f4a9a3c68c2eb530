import { eventually } from './eventually';
import { mentioning } from './processes';
import type { Slipway } from './slipway';

/** All that a release could change, and all that it could leave behind. */
export interface Footprint {
  readonly refs: Record<string, string>;
  readonly pushes: number;
  readonly schema: string;
  readonly data: string;
  /** Tables of Slipway's own in the database, and the migrations on record. */
  readonly migrations: readonly string[];
  readonly builds: number;
  readonly live: Record<string, string>;
  readonly holder: string | null;
  readonly waiting: number;
  readonly running: readonly string[];
  /** Processes that work on the shop, such as git's. */
  readonly processes: number;
}

/** What is there now. */
export async function footprint(slipway: Slipway): Promise<Footprint> {
  const { shop, client, project } = slipway;
  const state = await slipway.environmentState().catch(() => ({ holder: null, waiting: [] }));
  const running: string[] = [];
  const query = `ExecutionStatus = 'Running' AND WorkflowType = 'release'`;
  for await (const { workflowId } of client.workflow.list({ query })) {
    if (workflowId.startsWith(`release/${project.name}/`)) running.push(workflowId);
  }
  return {
    refs: await shop.refs(),
    pushes: shop.pushes().length,
    schema: await shop.schemaFingerprint(),
    data: await shop.dataFingerprint(),
    migrations: await migrationsOf(shop),
    builds: shop.hosting.builds().length,
    live: shop.live(),
    holder: state.holder?.releaseId ?? null,
    waiting: state.waiting.length,
    running: running.sort(),
    processes: mentioning(shop.folder).length,
  };
}

/** Waits until everything is as it was before, and fails with the difference if it does not become so. */
export async function expectUnchanged(slipway: Slipway, before: Footprint): Promise<void> {
  // A list may lag a moment behind, and a process take a moment to end.
  let now = await footprint(slipway);
  const same = async () => JSON.stringify((now = await footprint(slipway))) === JSON.stringify(before);
  await eventually('everything as before', async () => ((await same()) ? true : undefined), 5_000).catch(
    () => undefined,
  );
  expect(now).toEqual(before);
}

async function migrationsOf(shop: Slipway['shop']): Promise<string[]> {
  const [tables] = await shop.query(`select coalesce(string_agg(relname, ' ' order by relname), '') as names
    from pg_class where relnamespace = to_regnamespace('slipway') and relkind = 'r'`);
  const names = String(tables?.['names']);
  if (!names.split(' ').includes('migration')) return [names];
  const rows = await shop.query('select name || state || checksum as row from slipway.migration order by 1');
  return [names, ...rows.map(({ row }) => String(row))];
}
