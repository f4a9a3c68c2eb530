import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CommandGate, GateRule, HttpGate, SettingsGate } from '../../../release/gate-rule';
import { secondaryLimit } from '../../../examples/github/faults';
import { eventually } from '../../support/eventually';
import {
  hangsUp,
  says,
  startFaultyServer,
  staysSilent,
  type Answer,
  type FaultyServer,
} from '../../support/faulty-server';
import { GateScene } from './stage';

const common = { wait: 3_600_000, guard: 'hard', services: [] } as const;

let scene: GateScene;
beforeAll(async () => void (scene = await GateScene.open()));
afterAll(() => scene.close());

const one = async (rule: GateRule) => (await scene.ask([rule]))[0]!;

describe('a program', () => {
  const program = (script: string, timeout = 20_000): CommandGate => ({
    kind: 'command',
    name: 'gate',
    command: { argv: [process.execPath, '-e', script], timeout },
    ...common,
  });
  const prints = (text: string, code = 0) =>
    `process.stdout.write(${JSON.stringify(text)}); process.exitCode = ${code};`;

  test.each<[string, string, string, RegExp]>([
    ['ends with 0 without a word', '', 'passed', /ended with code 0/],
    ['ends with 1', 'console.error("two tickets are open"); process.exit(1)', 'failed', /code 1: two tickets are open/],
    ['ends with another code', 'process.exit(2)', 'unknown', /ended with code 2/],
    ['is killed', 'process.kill(process.pid, "SIGKILL")', 'unknown', /ended by SIGKILL/],
    ['prints no JSON', prints('all is well'), 'unknown', /no JSON object/],
    ['prints passed', prints('{"verdict":"passed"}'), 'passed', /it says passed/],
    ['prints failed, and ends with 1', prints('{"verdict":"failed","detail":"no"}', 1), 'failed', /^no$/],
    ['prints passed, and ends with 1', prints('{"verdict":"passed"}', 1), 'unknown', /only one of them can be right/],
    ['prints passed, and ends with 3', prints('{"verdict":"passed"}', 3), 'unknown', /ended with code 3/],
    ['says that it could not tell', prints('{"verdict":"unknown","detail":"no network"}'), 'unknown', /no network/],
  ])('that %s', async (_, script, verdict, detail) => {
    const report = await one(program(script));
    expect(report).toMatchObject({ verdict, detail: expect.stringMatching(detail) as unknown });
    expect(report).not.toHaveProperty('pending');
  });

  test('that is not there could not tell', async () => {
    const rule: GateRule = { ...program(''), command: { argv: ['./no-such-gate'], timeout: 1_000 } };
    expect(await one(rule)).toMatchObject({
      verdict: 'unknown',
      detail: expect.stringContaining('code 127') as unknown,
    });
  });

  test('that takes too long is killed with all that it has started', async () => {
    const file = join(scene.remote.folder, 'grandchild');
    const start = `const { spawn } = require('node:child_process');
      const child = spawn('sleep', ['600']);
      require('node:fs').writeFileSync(${JSON.stringify(file)}, String(child.pid));
      setInterval(() => {}, 1000);`;
    const report = await one(program(start, 1_500));
    expect(report).toMatchObject({ verdict: 'unknown', detail: 'the program did not end within 1s500ms' });
    // One slow run, on a busy worker, is no answer: as with a server, it is asked again.
    expect(report.pending).toBeDefined();
    const pid = Number(readFileSync(file, 'utf8'));
    await eventually('its child is gone', async () => (existsSync(`/proc/${pid}`) ? undefined : true));
  });

  test('is asked in JSON, without secrets', async () => {
    const echo = `let text = ''; process.stdin.on('data', (part) => (text += part)).on('end', () =>
      process.stdout.write(JSON.stringify({ verdict: 'passed', evidence: [{ name: 'asked', value: text.slice(0, 100) }, { name: 'rest', value: text.slice(100, 250) }, { name: 'end', value: text.slice(250) }] })));`;
    const { evidence = [] } = await one(program(echo));
    const asked = JSON.parse(evidence.map(({ value }) => value).join('')) as Record<string, unknown>;
    const [live, commit] = [scene.commits.live, scene.commits.released];
    expect(asked).toMatchObject({ slipway: 1, gate: 'gate', environment: 'production', version: '1.2.0' });
    expect(asked['services']).toMatchObject([
      { name: 'api', trunk: 'main', commit, live: { commit: live, version: '1.1.0' } },
    ]);
  });
});

describe('a list of settings', () => {
  const settings = (from: SettingsGate['from'], ...names: string[]): SettingsGate => ({
    kind: 'settings',
    name: 'gate',
    names,
    from,
    ...common,
  });
  const printed = (script: string, json = ''): SettingsGate['from'] => ({
    by: 'command',
    command: { argv: [process.execPath, '-e', script], timeout: 20_000 },
    json,
  });
  const list = 'console.log(JSON.stringify({ data: { A: "hunter2", [process.env.SLIPWAY_ENVIRONMENT]: "hunter2" } }))';

  test.each<[string, SettingsGate, string, RegExp]>([
    ['that a program prints, with all', settings(printed(list, 'data'), 'A', 'production'), 'passed', /all 2 settings/],
    ['that lacks some', settings(printed(list, 'data'), 'A', 'B', 'C'), 'failed', /set B, C$/],
    ['of another form', settings(printed(list, 'names'), 'A'), 'unknown', /printed no list of names: it has no names/],
    [
      'of a program that fails',
      settings(printed(`${list}; console.error("no access"); process.exit(1)`, 'data'), 'A'),
      'unknown',
      /ended with code 1: no access/,
    ],
    [
      'that is far too long',
      settings(printed('process.stdout.write("[" + " ".repeat(5e6) + "]")'), 'A'),
      'unknown',
      /too much/,
    ],
  ])('%s', async (_, rule, verdict, detail) => {
    const report = await one(rule);
    expect(report).toMatchObject({ verdict, detail: expect.stringMatching(detail) as unknown });
    expect(report).not.toHaveProperty('pending');
    expect(JSON.stringify(report)).not.toContain('hunter2');
  });

  test('that goes on at another page proves only what is on it', async () => {
    const server = await startFaultyServer(says(200, ['A'], { link: '<https://shop.example/?page=2>; rel="next"' }));
    const from: SettingsGate['from'] = { by: 'http', url: server.url, headers: {}, timeout: 5_000, json: '' };
    const reports = [await one(settings(from, 'A')), await one(settings(from, 'A', 'B'))];
    await server.close();
    expect(reports).toMatchObject([
      { verdict: 'passed' },
      { verdict: 'unknown', detail: expect.stringContaining('another page') as unknown },
    ]);
  });
});

describe('a server', () => {
  let server: FaultyServer;
  beforeAll(async () => void (server = await startFaultyServer(says(200))));
  afterAll(() => server.close());
  const ask = (change: Partial<HttpGate> = {}) =>
    one({
      kind: 'http',
      name: 'gate',
      url: server.url,
      method: 'POST',
      headers: {},
      timeout: 500,
      ...common,
      ...change,
    });

  test.each<[string, Answer, boolean]>([
    ['says 503', says(503), true],
    ['says 429', says(429), true],
    ['hangs up', hangsUp, true],
    ['stays silent', staysSilent, true],
    ['says 404', says(404, { verdict: 'passed' }), false],
    ['leads elsewhere', says(302, '', { location: 'https://shop.example/' }), false],
    ['says something else', says(200, '<html>passed</html>'), false],
  ])('that %s could not tell', async (_, answer, isWaitedFor) => {
    server.answer(answer);
    const report = await ask();
    expect(report.verdict).toBe('unknown');
    expect(report.pending !== undefined).toBe(isWaitedFor);
  });

  test('is asked by the address alone with GET, its placeholders filled in', async () => {
    server.answer(says(200, { verdict: 'passed', detail: 'fine' }));
    await ask({ method: 'GET', url: `${server.url}/{project}/{environment}?v={version}` });
    expect(server.seen.at(-1)).toMatchObject({ method: 'GET', path: '/shop/production?v=1.2.0', body: '' });
  });

  test('is asked in JSON with POST', async () => {
    await ask();
    const { headers, body } = server.seen.at(-1)!;
    expect(headers['content-type']).toBe('application/json');
    expect(JSON.parse(body)).toMatchObject({ slipway: 1, version: '1.2.0', services: [{ name: 'api' }] });
  });
});

describe('what git knows', () => {
  const notes = (from: Extract<GateRule, { kind: 'notes' }>['from']): GateRule => ({
    kind: 'notes',
    name: 'notes',
    from,
    ...common,
  });
  const manifest = (file: string, field: string): GateRule => ({
    kind: 'manifest',
    name: 'manifest',
    file,
    field,
    ...common,
  });

  test.each<[string, string, string]>([
    ['pom.json', 'version', 'there is no pom.json'],
    ['./package.json', 'build.version', 'has no value at build.version'],
    ['CHANGELOG.md.json', 'version', 'there is no'],
  ])('%s without %s: the manifest says no', async (file, field, detail) => {
    expect(await one(manifest(file, field))).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining(detail) as unknown,
    });
  });

  test('the message of the version’s tag: none, its name only, what changes', async () => {
    const { remote, commits } = scene;
    const rule = notes({ in: 'tag' });
    expect(await one(rule)).toMatchObject({ verdict: 'failed', detail: 'there is no tag v1.2.0' });
    remote.git('tag', 'v1.2.0', commits.released);
    expect(await one(rule)).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining('light tag') as unknown,
    });
    remote.git('tag', '-d', 'v1.2.0');
    remote.tag('v1.2.0', commits.released);
    expect(await one(rule)).toMatchObject({
      verdict: 'failed',
      detail: expect.stringContaining('says nothing') as unknown,
    });
    remote.git(
      '-c',
      'user.name=Ada',
      '-c',
      'user.email=ada@example.org',
      'tag',
      '-f',
      '-a',
      'v1.2.0',
      '-m',
      'Books can be sold',
      commits.released,
    );
    expect(await one(rule)).toMatchObject({ verdict: 'passed' });
  });
});

test('services of one commit are asked about once; each has its own word where they differ', async () => {
  const rule: GateRule = { kind: 'issues', name: 'issues', label: 'blocker', ...common };
  scene.github.addIssue(scene.hosted, { title: 'x', labels: ['blocker'] });
  const before = scene.github.calls.length;
  expect((await scene.ask([rule, { ...rule, name: 'again', services: ['web'] }])).map(({ id }) => id)).toEqual([
    'issues',
  ]);
  expect(scene.github.calls.length - before).toBe(2);
});

test('where GitHub says when it will answer again, it is left alone until then', async () => {
  const rule: GateRule = { kind: 'issues', name: 'issues', label: 'blocker', ...common, wait: 2_500 };
  scene.github.fault(secondaryLimit('issues/list-for-repo', 3_600, 100));
  const before = scene.github.calls.length;
  const [pending] = await scene.ask([rule]);
  const [report] = await scene.await([rule], [pending!]);
  scene.github.faults.clear();
  expect(report).toMatchObject({
    verdict: 'unknown',
    detail: expect.stringContaining('waited 2s500ms for it') as unknown,
  });
  // Two at the first look, two at the first of the wait, two at the end of its patience: none in between.
  expect(scene.github.calls.length - before).toBeLessThanOrEqual(6);
});
