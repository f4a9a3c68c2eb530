/** What one release did to the outside world, in words that do not depend on which release it was. */
import { describeSchema } from '../../examples/shop/database';
import { git } from '../../examples/shop/git';
import type { Build } from '../../examples/shop/hosting/options';
import type { RefUpdate } from '../../examples/shop/remote';
import { parseFence, type FenceValue } from '../../release/fence';
import { parseTag } from '../../release/git-objects';
import { answered, endOf, type CrashStage, type Version } from './crash-stage';
import type { ReleaseUnderTest } from './slipway';
import { ledgerPrint } from './test-ledger';

/** Everything that a release can change, at one moment. */
export interface World {
  readonly refs: Readonly<Record<string, string>>;
  readonly pushes: readonly RefUpdate[];
  readonly builds: readonly Build[];
  readonly backups: readonly string[];
  readonly data: string;
  readonly schema: readonly string[];
  /** Service → what the public sees. */
  readonly live: Readonly<Record<string, { readonly commit: string; readonly version: string }>>;
  readonly migrations: readonly object[];
}

/** Looks, once the host is at rest. */
export async function lookAtWorld(stage: CrashStage): Promise<World> {
  const { shop } = stage;
  await shop.hosting.quiet();
  const live = shop.services.map((name) => {
    const { commit, version } = shop.hosting.live(name);
    return [name, { commit, version }] as const;
  });
  return {
    refs: await shop.refs(),
    pushes: shop.pushes(),
    builds: shop.hosting.builds(),
    backups: stage.backups(),
    data: await shop.dataFingerprint(),
    schema: await describeSchema(shop.databaseUrl),
    live: Object.fromEntries(live),
    migrations: await migrationRows(stage),
  };
}

/**
 * What a release that has ended did, counted in the outside world since `before`, and how it ended. The same for every
 * release that went the same way.
 */
export async function footprint(
  stage: CrashStage,
  before: World,
  { version, release }: { version: Version; release: ReleaseUnderTest },
): Promise<Record<string, unknown>> {
  const { outcome, failure, services, undone, schemaDebt, drift } = await endOf({ release });
  const { steps, timeline } = await answered('the state of the release', () => release.state());
  const { holder, waiting } = await answered('the environment', async () => {
    const state = await stage.slipway.environmentState();
    // The release's last word to it may still be on its way.
    return state.holder === null ? state : undefined;
  });
  const after = await lookAtWorld(stage);
  const pushes = after.pushes.slice(before.pushes.length);
  const known = new Set(before.builds.map(({ id }) => id));
  const print = {
    result: { outcome, failure: failure?.code ?? null, services, schemaDebt, drift },
    undone: undone.map(({ step, how }) => [step, how]),
    steps: steps.map(({ id, status }) => [id, status]),
    lock: { holder, waiting },
    updates: await refUpdates(stage, pushes),
    fence: await fenceUpdates(stage, before, pushes),
    builds: after.builds
      .filter(({ id }) => !known.has(id))
      .map(({ service, ref, commit, status }) => [service, ref, commit, status]),
    live: after.live,
    backups: after.backups.filter((name) => !before.backups.includes(name)).length,
    data: after.data === before.data ? 'as before' : 'changed',
    schema: {
      gone: before.schema.filter((line) => !after.schema.includes(line)),
      new: after.schema.filter((line) => !before.schema.includes(line)),
    },
    ...(await inDatabase(stage, version, release)),
    ledger: await inLedger(release, timeline),
  };
  return inGeneralWords(print, before, version, release);
}

/** Ref → what became of it, push by push; without the fence. */
async function refUpdates({ shop }: CrashStage, pushes: readonly RefUpdate[]): Promise<Record<string, string[]>> {
  const behind = async (id: string | null) =>
    id === null ? 'nothing' : await git(['rev-parse', `${id}^{commit}`], { folder: shop.remote });
  const updates: Record<string, string[]> = {};
  for (const { ref, from, to } of pushes) {
    if (ref.startsWith('refs/slipway/')) continue;
    (updates[ref] ??= []).push(`${await behind(from)} → ${await behind(to)}`);
  }
  return updates;
}

/** Every value of the fence, its number counted from where it stood before. */
async function fenceUpdates({ shop }: CrashStage, before: World, pushes: readonly RefUpdate[]): Promise<string[]> {
  const read = async (id: string): Promise<FenceValue> => {
    const tag = await git(['cat-file', 'tag', id], { folder: shop.remote });
    return parseFence(parseTag(`${tag}\n`)?.message ?? '')!;
  };
  const isFence = (ref: string) => ref.startsWith('refs/slipway/') && ref.endsWith('/production');
  const start = Object.entries(before.refs).find(([ref]) => isFence(ref))?.[1];
  const first = start === undefined ? 0 : (await read(start)).number;
  const values = pushes.flatMap(({ ref, to }) => (isFence(ref) && to ? [to] : []));
  return Promise.all(
    values.map(async (id) => {
      const { number, state, step, moved, undone } = await read(id);
      return `${number - first} ${state} ${step}, moved ${moved.join(' ')}, undone ${undone.join(' ')}`;
    }),
  );
}

/** What the release's own migrations left, and whether each row is of the transaction that made its table. */
async function inDatabase({ shop }: CrashStage, { migrations }: Version, { id }: ReleaseUnderTest) {
  const rows = await shop.query(
    `select name, state, starts_with(release_id, $2 || '@') as ours, step = steps as whole,
            (select xmin::text from pg_class where oid = to_regclass('t_' || name)) = xid::text as "sameTransaction"
       from slipway.migration where name = any($1) order by name`,
    [migrations, id],
  );
  const effects = await shop.query('select migration from effects where migration = any($1) order by 1', [migrations]);
  const fences = await shop.query("select reason from slipway.fence where starts_with(release_id, $1 || '@')", [id]);
  return { migrations: rows, effects, databaseFences: fences };
}

async function migrationRows({ shop }: CrashStage): Promise<object[]> {
  const [table] = await shop.query(`select to_regclass('slipway.migration') is not null as there`);
  if (table?.['there'] !== true) return [];
  return shop.query('select name, state, release_id, xid::text from slipway.migration order by name');
}

/** What the ledger holds: the release's own account, whole, and nothing that a lost attempt made up. */
async function inLedger({ id }: ReleaseUnderTest, timeline: readonly { readonly text: string }[]) {
  const { timeline: recorded, ...print } = await ledgerPrint(id);
  const isWhole = JSON.stringify(recorded) === JSON.stringify(timeline.map(({ text }) => text));
  return { ...print, timeline: isWhole ? 'as the release tells it' : recorded };
}

/** The ids, versions and names of this release, replaced by what they stand for. */
function inGeneralWords(
  print: Record<string, unknown>,
  before: World,
  version: Version,
  release: ReleaseUnderTest,
): Record<string, unknown> {
  const words: [string, string][] = [
    [release.id, 'RELEASE'],
    [version.commit, 'NEW'],
    [version.commit.slice(0, 10), 'NEW'],
    [version.name, 'NEW'],
    ...version.migrations.map((name, index): [string, string] => [name, `MIGRATION-${index + 1}`]),
    ...Object.values(before.live).flatMap(({ commit, version: name }): [string, string][] => [
      [commit, 'OLD'],
      [commit.slice(0, 10), 'OLD'],
      [name, 'OLD'],
    ]),
  ];
  let text = JSON.stringify(print);
  for (const [from, to] of words) text = text.replaceAll(from, to);
  return JSON.parse(text.replace(/-rollback\.\d+/g, '-rollback.N')) as Record<string, unknown>;
}
