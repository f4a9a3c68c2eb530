import { renameSync } from 'node:fs';
import { Client } from 'pg';
import { errorReport, SlipwayError } from '../../../release/errors';
import { eventually } from '../../support/eventually';
import { askLedger, testLedgerUrl } from '../../support/test-ledger';
import { TriggerStage, trigger } from './stage';

let stage: TriggerStage;
beforeEach(() => (stage = new TriggerStage()));
afterEach(() => stage.remove());

const tagger = 'tagger Ada <ada@example.org> 1700000000 +0000';
const tagText = (name: string, change: { object?: string; type?: string; tagger?: string; message?: string } = {}) => {
  const { object = stage.first, type = 'commit', message = 'go', tagger: line = tagger } = change;
  return `object ${object}\ntype ${type}\ntag ${name}\n${line}${line ? '\n' : ''}\n${message}\n`;
};

test('tags that are there when it is turned on are noted and never released, newer ones are released once', async () => {
  stage.remote.tag('release/v1.0.0', stage.first);
  stage.remote.tag('v1.0.0', stage.first);
  expect((await stage.turnOn()).seen).toEqual({ noted: 1 });
  expect((await stage.poll()).seen).toEqual({});
  const object = stage.remote.tag('release/v1.1.0', stage.first);
  expect(await stage.poll()).toMatchObject({ seen: { waiting: 1 }, waiting: 1 });
  expect((await stage.start()).started).toEqual(['release/shop/production/1.1.0/1']);
  expect((await stage.start()).started).toEqual([]);
  expect((await stage.poll()).seen).toEqual({});
  expect(stage.asked).toMatchObject([
    {
      environment: 'production',
      version: '1.1.0',
      commit: stage.first,
      requestedBy: 'tag release/v1.1.0 by Ada',
      project: { triggers: [] },
    },
  ]);
  expect(await stage.tags()).toMatchObject([
    { tag: 'release/v1.1.0', object, tagger: 'Ada', status: 'started', releaseId: 'release/shop/production/1.1.0/1' },
    { tag: 'release/v1.0.0', status: 'noted', releaseId: null },
  ]);
});

test('a light tag is ignored, and made anew with a message it is released', async () => {
  await stage.turnOn();
  stage.remote.git('tag', 'release/v1.0.0', stage.first);
  expect((await stage.poll()).seen).toEqual({ ignored: 1 });
  expect((await stage.tags())[0]?.why).toContain('git tag --annotate --force release/v1.0.0');
  stage.remote.git('tag', '--delete', 'release/v1.0.0');
  stage.remote.tag('release/v1.0.0', stage.first);
  expect((await stage.poll()).seen).toEqual({ waiting: 1 });
});

describe('what a tag says is checked', () => {
  const long = 'x'.repeat(101);
  test.each<[string, string, (name: string) => string, RegExp]>([
    ['of a name that its object does not have', '1.0.0', () => tagText('release/v2.0.0'), /says that it is called/],
    ['without a tagger', '1.0.0', (name) => tagText(name, { tagger: '' }), /does not say who made it/],
    ['by nobody', '1.0.0', (name) => tagText(name, { tagger: 'tagger  <> 1 +0000' }), /does not say who made it/],
    [
      'by someone with a long name',
      '1.0.0',
      (name) => tagText(name, { tagger: `tagger ${long} <a@b> 1 +0000` }),
      /longer than 100/,
    ],
    [
      'by someone whose name moves a cursor',
      '1.0.0',
      (name) => tagText(name, { tagger: 'tagger A\u001b[2Jda <a@b> 1 +0000' }),
      /cannot be shown/,
    ],
    [
      'by someone whose name turns the text around',
      '1.0.0',
      (name) => tagText(name, { tagger: 'tagger A\u202eda <a@b> 1 +0000' }),
      /cannot be shown/,
    ],
    ['with a book for a message', '1.0.0', (name) => tagText(name, { message: 'x'.repeat(70_000) }), /64 KiB/],
    ['of what is no version', '-1', (name) => tagText(name), /is no version: it must begin/],
    ['of a version with a slash', '1/2', (name) => tagText(name), /is no version/],
    ['of a long version', '1'.repeat(101), (name) => tagText(name), /longer than 100/],
  ])('a tag %s is refused', async (_, version, text, why) => {
    await stage.turnOn();
    const name = `release/v${version}`;
    stage.tagOf(name, text(name));
    expect((await stage.poll()).seen).toEqual({ refused: 1 });
    expect((await stage.tags())[0]?.why).toMatch(why);
    await stage.start();
    expect(stage.asked).toEqual([]);
  });

  test('a tag of a tag and a tag of a tree are refused', async () => {
    await stage.turnOn();
    const inner = stage.remote.tag('inner', stage.first);
    stage.tagOf('release/v1.0.0', tagText('release/v1.0.0', { object: inner, type: 'tag' }));
    const tree = stage.remote.git('rev-parse', `${stage.first}^{tree}`);
    stage.tagOf('release/v1.1.0', tagText('release/v1.1.0', { object: tree, type: 'tree' }));
    await stage.poll();
    expect((await stage.tags()).map(({ status, why }) => [status, why])).toEqual([
      ['refused', 'it names a tree, not a commit'],
      ['refused', 'it names a tag, not a commit'],
    ]);
  });

  test('a secret in what a tag says is masked before it is recorded or asked with', async () => {
    stage.redact = (text) => text.replaceAll('hunter22', '***');
    await stage.turnOn();
    const name = 'release/v1.0.0';
    stage.tagOf(
      name,
      tagText(name, { tagger: 'tagger Ada hunter22 <a@b> 1 +0000', message: `${'x'.repeat(195)} hunter22` }),
    );
    await stage.poll();
    await stage.start();
    expect(JSON.stringify([await stage.record(), stage.asked])).not.toContain('hunter');
    expect(stage.asked).toMatchObject([{ requestedBy: 'tag release/v1.0.0 by Ada ***' }]);
  });

  test('a message that could fool a reader is shown as it is', async () => {
    await stage.turnOn();
    stage.tagOf('release/v1.0.0', tagText('release/v1.0.0', { message: '\u001b[31mred\nmore' }));
    await stage.poll();
    expect((await stage.tags())[0]).toMatchObject({ status: 'waiting', subject: '\\u{001b}[31mred' });
  });
});

test('a tag that is not on the trunk is refused; made anew once it is there, it is released', async () => {
  await stage.turnOn();
  const side = stage.remote.commit('side', { message: 'not merged' });
  stage.remote.tag('release/v1.0.0', side);
  await stage.poll();
  expect((await stage.tags())[0]).toMatchObject({
    status: 'refused',
    why: `its commit ${side.slice(0, 10)} is not on main. Merge it, then delete the tag and make it anew`,
  });
  stage.remote.git('update-ref', 'refs/heads/main', side);
  stage.remote.git('tag', '--delete', 'release/v1.0.0');
  stage.remote.git('-c', 'user.name=Bo', '-c', 'user.email=b@c', 'tag', '-am', 'again', 'release/v1.0.0', side);
  expect((await stage.poll()).seen).toEqual({ waiting: 1 });
});

test('a tag that was made again on another commit after its release, or after it was noted, is refused as moved', async () => {
  stage.remote.tag('release/v1.0.0', stage.first);
  await stage.turnOn();
  stage.remote.tag('release/v1.1.0', stage.first);
  await stage.poll();
  await stage.start();
  const second = stage.remote.commit('main', { message: 'second' });
  for (const name of ['release/v1.0.0', 'release/v1.1.0']) {
    stage.remote.git('tag', '--delete', name);
    stage.remote.tag(name, second);
  }
  expect((await stage.poll()).seen).toEqual({ refused: 2 });
  const [newer, older] = await stage.tags();
  expect(newer?.why).toMatch(
    /it moved: a tag of this name was released before.* slipway release 1\.1\.0 --env production/,
  );
  expect(older?.why).toMatch(/it moved: a tag of this name was there when the trigger was turned on/);
  await stage.start();
  expect(stage.asked).toHaveLength(1);
});

test('a tag that is deleted before its release was started is not released, and may be made anew', async () => {
  await stage.turnOn();
  stage.remote.tag('release/v1.0.0', stage.first);
  await stage.poll();
  stage.remote.git('tag', '--delete', 'release/v1.0.0');
  const second = stage.remote.commit('main', { message: 'second' });
  stage.remote.tag('release/v1.0.0', second);
  await stage.poll();
  expect((await stage.tags()).map(({ status }) => status)).toEqual(['waiting', 'refused']);
  await stage.start();
  expect(stage.asked.map(({ commit }) => commit)).toEqual([second]);
});

test('tags made while it is off are noted when it is turned on again, also those that were waiting', async () => {
  await stage.turnOn();
  stage.remote.tag('release/v1.0.0', stage.first);
  await stage.poll();
  stage.remote.tag('release/v1.1.0', stage.first);
  stage.activation = 'second';
  await stage.turnOn();
  expect(await stage.statuses()).toEqual({ 'release/v1.0.0': 'noted', 'release/v1.1.0': 'noted' });
  await stage.start();
  expect(stage.asked).toEqual([]);
});

test('turning on what is on notes only the tags of triggers that are new', async () => {
  await stage.turnOn();
  stage.remote.tag('release/v1.0.0', stage.first);
  stage.remote.tag('wish/1.0.0', stage.first);
  const project = { ...stage.project, triggers: [trigger, { ...trigger, pattern: 'wish/{version}' }] };
  expect((await stage.turnOn(project)).seen).toEqual({ noted: 1 });
  expect((await stage.poll(project)).seen).toEqual({ waiting: 1 });
  expect(await stage.statuses()).toEqual({ 'release/v1.0.0': 'waiting', 'wish/1.0.0': 'noted' });
  // The first is taken out, and put in again: what came in between is old by then.
  await stage.turnOn({ ...stage.project, triggers: [project.triggers[1]!] });
  stage.remote.tag('release/v1.1.0', stage.first);
  await stage.turnOn(project);
  expect(await stage.statuses()).toMatchObject({ 'release/v1.0.0': 'noted', 'release/v1.1.0': 'noted' });
});

test('a poll of an earlier turning on sees and starts nothing', async () => {
  await stage.turnOn();
  stage.remote.tag('release/v1.0.0', stage.first);
  await stage.poll();
  stage.activation = 'second';
  await stage.turnOn();
  stage.remote.tag('release/v1.1.0', stage.first);
  expect(await stage.poll(stage.project, 'first')).toMatchObject({ isSuperseded: true, seen: {} });
  await stage.poll();
  expect((await stage.start(stage.project, 'first')).started).toEqual([]);
  expect(stage.asked).toEqual([]);
});

test('a remote that does not answer is told with its first failure, and nothing is lost or doubled', async () => {
  await stage.turnOn();
  stage.remote.tag('release/v1.0.0', stage.first);
  await stage.poll();
  renameSync(stage.url, `${stage.url}.away`);
  const [first] = (await stage.poll()).failures;
  expect(first?.report.code).toBe('REMOTE_MISSING');
  expect((await stage.poll()).failures).toEqual([first]);
  expect((await stage.record()).triggers).toMatchObject([{ failingSince: first?.since, failure: first?.report }]);
  await expect(stage.turnOn()).rejects.toMatchObject({ code: 'REMOTE_MISSING' });
  renameSync(`${stage.url}.away`, stage.url);
  stage.remote.tag('release/v1.1.0', stage.first);
  expect(await stage.poll()).toMatchObject({ failures: [], seen: { waiting: 1 } });
  await stage.start();
  expect(stage.asked.map(({ version }) => version)).toEqual(['1.0.0', '1.1.0']);
});

test('a trunk that is not there is told, and a tag is judged when it is', async () => {
  await stage.turnOn();
  stage.remote.tag('release/v1.0.0', stage.first);
  stage.remote.git('branch', '--move', 'main', 'trunk');
  expect((await stage.poll()).failures[0]?.report.code).toBe('TRUNK_MISSING');
  expect(await stage.tags()).toEqual([]);
  stage.remote.git('branch', '--move', 'trunk', 'main');
  expect((await stage.poll()).seen).toEqual({ waiting: 1 });
});

test('a thousand tags at once are all recorded, and started in the order of their versions, so many at a time', async () => {
  await stage.turnOn();
  const versions = Array.from({ length: 1_000 }, (_, n) => `1.${n}.0`);
  stage.tagAll([...versions].reverse().map((version) => `release/v${version}`));
  expect(await stage.poll()).toMatchObject({ seen: { waiting: 1_000 }, waiting: 1_000 });
  expect(await stage.start()).toMatchObject({
    held: [expect.stringMatching(/^production: 20 releases .* so release\/v1\.20\.0 waits/)],
  });
  expect(stage.asked).toHaveLength(20);
  for (const { runId } of await stage.tags(1_000)) if (runId) stage.ended.add(runId);
  await stage.start();
  expect(stage.asked.map(({ version }) => version)).toEqual(versions.slice(0, 40));
});

test('ten polls at once record each tag once, and ask for each release once', async () => {
  await stage.turnOn();
  stage.tagAll(Array.from({ length: 12 }, (_, n) => `release/v1.${n}.0`));
  const reports = await Promise.all(Array.from({ length: 10 }, () => stage.poll()));
  expect(reports.reduce((sum, { seen }) => sum + (seen.waiting ?? 0), 0)).toBeGreaterThanOrEqual(12);
  expect(await stage.tags()).toHaveLength(12);
  await Promise.all(Array.from({ length: 4 }, () => stage.start()));
  await stage.start();
  // One that another is asking for right now may be asked for as well: it is the same request.
  expect(new Set(stage.asked.map(({ requestId }) => requestId)).size).toBe(12);
  expect(Object.values(await stage.statuses())).toEqual(Array(12).fill('started'));
});

test('a poll that claims a tag while another claims one of the same environment leaves it to that one', async () => {
  await stage.turnOn();
  stage.tagAll(['release/v1.0.0', 'release/v1.1.0']);
  await stage.poll();
  const other = new Client({ connectionString: testLedgerUrl() });
  await other.connect();
  try {
    // It has claimed the newer one, and does not commit before ours waits for it.
    await other.query(
      `BEGIN; UPDATE slipway_ledger.seen_tag SET status = 'starting'
       WHERE project = '${stage.project.name}' AND tag = 'release/v1.1.0'`,
    );
    const { rows } = await other.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const starting = stage.start();
    await eventually('our claim, which waits for the other', async () => {
      const blocked = 'SELECT 1 FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid))';
      return (await askLedger(blocked, [rows[0]?.pid])).length > 0 ? true : undefined;
    });
    await other.query('COMMIT');
    expect(await starting).toMatchObject({
      started: [],
      held: ['production: release/v1.0.0 is being started by another poll.'],
    });
  } finally {
    await other.end();
  }
  expect(await stage.statuses()).toEqual({ 'release/v1.0.0': 'waiting', 'release/v1.1.0': 'starting' });
});

test.each(['start-tagged:before', 'start-tagged:after'])(
  'an attempt that dies at %s leaves its tag to the next, which asks for the same',
  async (point) => {
    await stage.turnOn();
    stage.tagAll(['release/v1.0.0', 'release/v1.1.0']);
    await stage.poll();
    stage.reach = async (at) => {
      if (at === point) throw new Error('it died');
    };
    await expect(stage.start()).rejects.toThrow('it died');
    expect(await stage.statuses()).toEqual({ 'release/v1.0.0': 'starting', 'release/v1.1.0': 'waiting' });
    stage.reach = async () => undefined;
    await stage.start();
    expect([...new Set(stage.asked.map(({ requestId }) => requestId))]).toHaveLength(2);
    expect(stage.asked.map(({ version }) => version)).toEqual([
      ...(point.endsWith('after') ? ['1.0.0'] : []),
      '1.0.0',
      '1.1.0',
    ]);
  },
);

test('an attempt that dies before what it saw is recorded leaves everything to the next', async () => {
  await stage.turnOn();
  stage.tagAll(['release/v1.0.0', 'release/v1.1.0']);
  stage.reach = () => Promise.reject(new Error('it died'));
  await expect(stage.poll()).rejects.toThrow('it died');
  expect(await stage.tags()).toEqual([]);
  stage.reach = async () => undefined;
  expect((await stage.poll()).seen).toEqual({ waiting: 2 });
});

test('an environment that does not answer is asked again for the same, and the next tag waits for it', async () => {
  const { answer } = stage;
  await stage.turnOn();
  stage.tagAll(['release/v1.0.0', 'release/v1.1.0']);
  await stage.poll();
  stage.answer = () => Promise.reject(new SlipwayError('NO_WORKER', { queue: 'q', environment: 'production' }));
  expect((await stage.start()).held).toEqual(['production: No worker answers on task queue q.']);
  expect((await stage.tags())[1]).toMatchObject({ status: 'starting', why: 'No worker answers on task queue q.' });
  stage.answer = answer;
  expect((await stage.start()).started).toHaveLength(2);
  expect(new Set(stage.asked.slice(0, 2).map(({ requestId }) => requestId)).size).toBe(1);
  expect((await stage.tags())[1]).toMatchObject({ status: 'started', why: '' });
});

test('a tag that was being started for a trigger that was taken out keeps no other from being started', async () => {
  const { answer } = stage;
  await stage.turnOn();
  stage.tagAll(['release/v1.0.0']);
  await stage.poll();
  stage.answer = () => Promise.reject(new SlipwayError('NO_WORKER', { queue: 'q', environment: 'production' }));
  await stage.start();
  stage.answer = answer;
  const project = { ...stage.project, triggers: [{ ...trigger, pattern: 'wish/{version}' }] };
  await stage.turnOn(project);
  stage.tagAll(['wish/2.0.0']);
  await stage.poll(project);
  expect(await stage.start(project)).toMatchObject({ held: [], started: [expect.stringContaining('2.0.0')] });
  expect(await stage.tags()).toMatchObject([
    { tag: 'wish/2.0.0', status: 'started' },
    { tag: 'release/v1.0.0', status: 'refused', why: expect.stringContaining('its trigger was taken out') as string },
  ]);
});

test('what the environment refuses is recorded with its reason, and the next is asked for', async () => {
  await stage.turnOn();
  stage.tagAll(['release/v1.0.0', 'release/v1.1.0']);
  await stage.poll();
  const { answer } = stage;
  stage.answer = async (request) =>
    request.version === '1.0.0' ? { refused: errorReport('RELEASE_RUNNING', { id: 'r/1' }) } : answer(request);
  expect(await stage.start()).toMatchObject({ refused: 1, started: [expect.stringContaining('1.1.0')] });
  expect((await stage.tags())[1]).toMatchObject({
    status: 'refused',
    why: 'Release r/1 of the same version is still running.',
  });
});

test('a trigger of some services releases these, in an order of their own', async () => {
  const [api] = Object.values(stage.project.services);
  const project = {
    ...stage.project,
    services: { api: { ...api!, after: ['web'] }, web: { ...api!, name: 'web' } },
  };
  await stage.turnOn(project);
  stage.remote.tag('release/v1.0.0', stage.first);
  await stage.poll(project);
  await stage.start(project);
  expect(stage.asked[0]?.project.services).toEqual({ api: { ...api!, after: [] } });
});

test('a look that is cancelled records nothing and tells no failure', async () => {
  await stage.turnOn();
  const aborted = new AbortController();
  aborted.abort(new Error('cancelled'));
  await expect(stage.poll(stage.project, stage.activation, aborted.signal)).rejects.toThrow('cancelled');
  expect((await stage.record()).triggers).toMatchObject([{ failure: null }]);
});
