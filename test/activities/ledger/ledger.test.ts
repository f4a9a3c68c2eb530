import { createLedger, type Ledger } from '../../../activities/ledger/ledger';
import { createLedgerActivities } from '../../../activities/ledger';
import { ledgerMigrations } from '../../../activities/ledger/schema';
import type { LedgerRecord, LedgerWrite } from '../../../release/ledger';
import type { RecordedRelease } from '../../../release/ledger-answers';
import type { ReleaseRef } from '../../../release/identity';
import type { ReleaseResult } from '../../../release/state';
import { gates, plan } from '../../release/sample-release';
import { anAttempt, someSurroundings } from '../../support/attempts';
import { aDecision } from '../../support/builders';
import { startOwnPostgres } from '../../support/own-postgres';
import { createTestDatabase, type TestDatabase } from '../../support/test-database';

const redact = (text: string) => text;
let database: TestDatabase;
let ledger: Ledger;
let runs = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  ledger = createLedger({ url: database.url, redact });
});
afterAll(async () => {
  await ledger.close();
  await database.drop();
});

const activities = (of = ledger) =>
  createLedgerActivities(someSurroundings({}, { ledger: of, cluster: 'here/default' }));

function aRelease(change: Partial<ReleaseRef> = {}): ReleaseRef {
  const runId = `run-${++runs}`;
  const id = `release/shop/production/1.2.0/${runs}`;
  const requestedAt = new Date(Date.UTC(2026, 2, 1, 10, runs)).toISOString();
  return { id, runId, project: 'shop', environment: 'production', version: '1.2.0', requestedAt, ...change };
}

const write = (release: ReleaseRef, ...records: LedgerRecord[]) =>
  activities().recordInLedger({ version: 1, release, records }, anAttempt());

const at = (second: number) => new Date(Date.UTC(2026, 2, 1, 11, 0, second)).toISOString();
const begin: LedgerRecord = { is: 'begin', requestedBy: 'ada', input: { version: '1.2.0' } };
const event = (n: number, second: number, text: string): LedgerRecord => ({
  is: 'event',
  entry: { n, at: at(second), kind: 'note', text },
  phase: 'moving',
});
const undo = (n: number, service = 'api'): LedgerRecord => ({
  is: 'undo',
  n,
  at: at(n),
  record: { version: 1, kind: 'migrations', step: `migrate:${service}`, service },
});
const decision = (n: number, comment = ''): LedgerRecord => ({
  is: 'decision',
  n,
  at: at(n),
  decision: aDecision('approve', { id: `d${n}`, comment }),
  verdict: { id: `d${n}`, accepted: true, detail: 'counted' },
});
const end = (second: number, commit: string | null, outcome: ReleaseResult['outcome'] = 'finished'): LedgerRecord => ({
  is: 'end',
  at: at(second),
  events: 9,
  live: [{ service: 'api', version: '1.2.0', commit }],
  result: {
    ...{ outcome, services: [], undone: [], schemaDebt: [], failure: null, drift: [] },
    ...{ startedAt: at(0), endedAt: at(second) },
  },
});

async function shown(name: string, project = 'shop'): Promise<RecordedRelease> {
  let text = '';
  for (;;) {
    const input = { project, environment: 'production', name, offset: text.length };
    const page = await activities().readRelease(input, anAttempt());
    text += page.text ?? '';
    if (text.length >= page.total) return JSON.parse(text) as RecordedRelease;
  }
}

describe('the schema', () => {
  test('is made once by workers that start at the same time', async () => {
    const fresh = await createTestDatabase();
    const workers = Array.from({ length: 6 }, () => createLedger({ url: fresh.url, redact }));
    await Promise.all(workers.map((each) => each.use(anAttempt(), (client) => client.query('SELECT 1'))));
    expect(await fresh.query('SELECT number, name FROM slipway_ledger.migration ORDER BY 1')).toEqual(
      ledgerMigrations.map(({ name }, index) => ({ number: index + 1, name })),
    );
    expect(await fresh.query('SELECT number FROM slipway_ledger.version')).toEqual([
      { number: ledgerMigrations.length },
    ]);
    await Promise.all(workers.map((each) => each.close()));
    await fresh.drop();
  });

  test('goes on from an older one, keeps nothing of a step that fails, and refuses one that is newer or differs', async () => {
    const fresh = await createTestDatabase();
    const step = (name: string, sql = `CREATE TABLE slipway_ledger.${name} ()`) => ({ name, sql });
    const at = async (...migrations: { name: string; sql: string }[]) => {
      const each = createLedger({ url: fresh.url, redact, migrations });
      await each.use(anAttempt(), (client) => client.query('SELECT 1')).finally(() => each.close());
    };
    await at(step('one'));
    await expect(at(step('one'), step('two', 'CREATE TABLE slipway_ledger.half (); SELECT 1/0'))).rejects.toThrow(
      'division by zero',
    );
    await at(step('one'), step('two'));
    await at(step('one'), step('two', 'CREATE  TABLE\n slipway_ledger.two ()'));
    await expect(at(step('one'))).rejects.toMatchObject({ code: 'LEDGER_NEWER' });
    await expect(at(step('one'), step('two', 'SELECT 2'))).rejects.toMatchObject({ code: 'LEDGER_NEWER' });
    expect(await fresh.query(`SELECT to_regclass('slipway_ledger.half') AS half`)).toEqual([{ half: null }]);
    await fresh.drop();
  });

  test('needs no right to make tables once it is there', async () => {
    await ledger.use(anAttempt(), (client) => client.query('SELECT 1'));
    const role = `reader_${process.pid}`;
    await database.query(`CREATE ROLE ${role} LOGIN PASSWORD 'p'`);
    await database.query(`GRANT USAGE ON SCHEMA slipway_ledger TO ${role}`);
    await database.query(`GRANT SELECT ON ALL TABLES IN SCHEMA slipway_ledger TO ${role}`);
    const url = new URL(database.url);
    url.username = role;
    url.password = 'p';
    const reader = createLedger({ url: url.toString(), redact });
    const input = { project: 'none', environment: 'production', since: null, limit: 5, after: null };
    expect(await activities(reader).readHistory(input, anAttempt())).toEqual({ releases: [], isFull: false });
    const writing = activities(reader).recordInLedger(
      { version: 1, release: aRelease(), records: [begin] },
      anAttempt(),
    );
    await expect(writing).rejects.toMatchObject({ code: 'LEDGER_DENIED' });
    await reader.close();
    await database.query(`DROP OWNED BY ${role}`);
    await database.query(`DROP ROLE ${role}`);
  });
});

describe('a ledger that is away', () => {
  test.each([
    ['no address', undefined, 'LEDGER_MISSING'],
    ['an address of something else', 'https://example.org', 'LEDGER_MISSING'],
    ['nobody listens', 'postgres://u:secret@127.0.0.1:1/slipway', 'LEDGER_UNREACHABLE'],
    ['no such host', 'postgres://u:secret@nowhere.invalid/slipway', 'LEDGER_UNREACHABLE'],
    ['no such database', 'nowhere', 'LEDGER_DENIED'],
    ['a wrong password', 'wrong', 'LEDGER_DENIED'],
  ])('%s: %s', async (_, given, code) => {
    const url = new URL(database.url);
    if (given === 'nowhere') url.pathname = '/nowhere';
    if (given === 'wrong') url.password = 'wrong';
    const away = createLedger({ url: given?.includes(':') || !given ? given : url.toString(), redact });
    const failing = away.use(anAttempt(), (client) => client.query('SELECT 1'));
    await expect(failing).rejects.toMatchObject({ code });
    await failing.catch((error: Error) => expect(error.message).not.toContain('secret'));
    await away.close();
  });

  test('is used again once its server is back', async () => {
    const server = await startOwnPostgres();
    const own = createLedger({ url: server.url, redact });
    const count = () => own.use(anAttempt(), (client) => client.query('SELECT count(*) FROM slipway_ledger.release'));
    await count();
    await server.restart('SIGKILL');
    await expect(count()).resolves.toMatchObject({ rowCount: 1 });
    await own.close();
    await server.stop();
  });

  test('that was made anew gets its tables again', async () => {
    const fresh = await createTestDatabase();
    const own = createLedger({ url: fresh.url, redact });
    const count = () => own.use(anAttempt(), (client) => client.query('SELECT count(*) FROM slipway_ledger.release'));
    await count();
    await fresh.query('DROP SCHEMA slipway_ledger CASCADE');
    await expect(count()).rejects.toMatchObject({ code: 'LEDGER_UNREACHABLE' });
    await expect(count()).resolves.toMatchObject({ rowCount: 1 });
    await own.close();
    await fresh.drop();
  });

  test('lets go at once when the attempt is over', async () => {
    const over = new AbortController();
    const waiting = ledger.use({ signal: over.signal }, (client) => client.query('SELECT pg_sleep(30)'));
    const reason = new Error('over');
    over.abort(reason);
    await expect(waiting).rejects.toBe(reason);
  });
});

describe('records', () => {
  test('written again and again, also beside each other, are there once', async () => {
    const release = aRelease();
    const all: LedgerRecord[] = [
      begin,
      { is: 'plan', n: 1, at: at(1), plan, gates },
      { is: 'plan', n: 2, at: at(2), plan: { ...plan, digest: 'f'.repeat(64) }, gates },
      ...[undo(1), undo(2, 'web'), decision(1), decision(2)],
      { is: 'undone', n: 1, at: at(3), report: { step: 'move:web', service: 'web', how: 'undone', detail: '' } },
      ...[event(1, 1, 'one'), event(2, 2, 'two'), end(9, 'a'.repeat(40))],
    ];
    await Promise.all(Array.from({ length: 4 }, () => write(release, ...all)));
    for (const record of all) await write(release, record);
    const there = await shown(release.id);
    expect(there).toMatchObject({ outcome: 'finished', phase: 'ended', requestedBy: 'ada', cluster: 'here/default' });
    expect(there.plans.map(({ n, digest }) => [n, digest.slice(0, 2)])).toEqual([
      [1, '01'],
      [2, 'ff'],
    ]);
    expect(there.plans[0]?.plan).toEqual(plan);
    expect(there.undoRecords.map(({ record }) => record.service)).toEqual(['api', 'web']);
    expect(there.decisions.map(({ id, accepted }) => [id, accepted])).toEqual([
      ['d1', true],
      ['d2', true],
    ]);
    expect(there.undone).toHaveLength(1);
    expect(there.timeline).toEqual([
      { n: 1, at: at(1), kind: 'note', text: 'one' },
      { n: 2, at: at(2), kind: 'note', text: 'two' },
    ]);
    expect(there.live).toMatchObject([{ service: 'api', commit: 'a'.repeat(40) }]);
  });

  test('of a task that was lost give way to what the task came to when it was done anew, never the other way round', async () => {
    const release = aRelease();
    await write(release, begin, event(1, 1, 'asked'), event(2, 2, 'moving'), event(10, 2, 'never came to be'));
    await write(release, event(2, 3, 'pause by ada'), event(3, 3, 'moving'));
    await write(release, event(2, 2, 'moving'));
    await write(release, end(9, null));
    expect((await shown(release.id)).timeline.map(({ text }) => text)).toEqual(['asked', 'pause by ada', 'moving']);
  });

  test('that differ where they must not are a conflict, and nothing of the write is kept', async () => {
    const release = aRelease();
    await write(release, begin, undo(1), end(1, null, 'stopped'));
    await expect(write(release, event(1, 1, 'lost'), undo(1, 'web'))).rejects.toMatchObject({
      code: 'LEDGER_CONFLICT',
    });
    await expect(write(release, end(1, null, 'finished'))).rejects.toMatchObject({ code: 'LEDGER_CONFLICT' });
    const { timeline, undoRecords, outcome } = await shown(release.id);
    expect({ timeline, undoRecords: undoRecords.length, outcome }).toEqual({
      timeline: [],
      undoRecords: 1,
      outcome: 'stopped',
    });
  });

  test('hold what no database text can hold, made readable', async () => {
    const release = aRelease();
    await write(release, begin, decision(1, 'a\u0000b \ud83d c \\u0000 😀'), event(1, 1, '\u0000'));
    const { decisions, timeline } = await shown(release.id);
    expect(decisions[0]?.comment).toBe('a\ufffdb \ufffd c \\u0000 😀');
    expect(timeline[0]?.text).toBe('\ufffd');
  });

  test('of a release whose beginning is not there, as after a restore, are kept all the same', async () => {
    const release = aRelease();
    await write(release, event(1, 1, 'asked'), undo(1), end(9, null, 'rolled back'));
    expect(await shown(release.id)).toMatchObject({ outcome: 'rolled back', requestedBy: 'not known', timeline: [{}] });
  });

  test('that are none are refused, not tried for ever', async () => {
    for (const rubbish of [null, 'x', { version: 2 }, { version: 1, release: { id: 'r' }, records: [] }]) {
      await expect(activities().recordInLedger(rubbish as LedgerWrite, anAttempt())).rejects.toMatchObject({
        code: 'REQUEST_INVALID',
      });
    }
  });
});

test('what is live is what the last release left, however late an earlier one is written', async () => {
  const project = { project: 'late' };
  const first = aRelease(project);
  const second = aRelease(project);
  await write(second, begin, end(20, 'b'.repeat(40)));
  await write(first, begin, end(10, 'a'.repeat(40)));
  await write(aRelease(project), begin, end(30, 'b'.repeat(40)));
  expect((await shown(first.id, 'late')).live).toEqual([
    {
      service: 'api',
      version: '1.2.0',
      commit: 'b'.repeat(40),
      since: at(20),
      release: `${second.id}@${second.runId}`,
    },
  ]);
});

describe('reading', () => {
  test('goes through a long history page by page, newest first', async () => {
    const releases = Array.from({ length: 7 }, () => aRelease({ project: 'long' }));
    for (const release of releases) await write(release, begin);
    const seen: string[] = [];
    for (let after: { requestedAt: string; key: string } | null = null; ;) {
      const input = { project: 'long', environment: 'production', since: releases[1]!.requestedAt, limit: 3, after };
      const page = await activities().readHistory(input, anAttempt());
      seen.push(...page.releases.map(({ id }) => id));
      if (!page.isFull) break;
      after = page.releases.at(-1)!;
    }
    expect(seen).toEqual(
      releases
        .slice(1)
        .reverse()
        .map(({ id }) => id),
    );
  });

  test('finds a release by its id, its short name or its version, and tells of others with the same id', async () => {
    const release = aRelease({ project: 'named' });
    const again = aRelease({ project: 'named', id: release.id });
    await write(release, begin);
    await write(again, begin);
    const id = `${release.id}@${again.runId}`;
    for (const name of [release.id, release.id.replace('release/named/', ''), '1.2.0', id]) {
      expect(await shown(name, 'named')).toMatchObject({ key: id });
    }
    expect((await shown(release.id, 'named')).others).toEqual([`${release.id}@${release.runId}`]);
    const input = { project: 'named', environment: 'production', name: '9.9.9', offset: 0 };
    expect((await activities().readRelease(input, anAttempt())).text).toBeNull();
  });

  test('gives a release that is larger than any answer may be', async () => {
    const release = aRelease();
    await write(release, begin);
    for (let part = 0; part < 4; part++) {
      const long = Array.from({ length: 100 }, (_, n) => event(part * 100 + n + 1, 1, 'ü'.repeat(5_000)));
      await write(release, ...long);
    }
    const { timeline } = await shown(release.id);
    expect(timeline).toHaveLength(400);
    expect(timeline.at(-1)?.text).toHaveLength(5_000);
  });
});
