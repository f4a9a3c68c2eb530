import { createCheckActivities } from '../../../activities/checks';
import { readLiveForPlan } from '../../../activities/checks/read-live';
import type { LiveProbe } from '../../../release/project';
import {
  hangsUp,
  inTurn,
  refusingUrl,
  says,
  startFaultyServer,
  type Answer,
  type FaultyServer,
} from '../../support/faulty-server';
import { containing } from '../../client/matchers';
import { anAttempt, aProbe, surroundingsWith } from './probes';

let server: FaultyServer;
beforeEach(async () => {
  server = await startFaultyServer(says(200, { version: '1.2.0' }));
});
afterEach(() => server.close());

const expected = { commit: '0123456789abcdef0123456789abcdef01234567', version: '1.2.0' };
const version = (name: unknown): Answer => says(200, { version: name });

describe('reading what is live', () => {
  const read = (more: Partial<LiveProbe> = {}, variables = {}) =>
    createCheckActivities(surroundingsWith(variables)).readLive({ probe: aProbe(server.url, more) }, anAttempt());

  test.each<[string, Answer, string, unknown]>([
    ['a field', version('1.2.0'), 'version', { state: 'value', value: '1.2.0' }],
    ['a deep field', says(200, { build: [{ id: 'abc1234' }] }), 'build.0.id', { state: 'value', value: 'abc1234' }],
    ['a build number', version(417), 'version', { state: 'value', value: '417' }],
    ['a whole body', says(200, ' v1.2.0\n'), '', { state: 'value', value: 'v1.2.0' }],
    ['a whole body in quotes', says(200, '"v1.2.0"'), '', { state: 'value', value: 'v1.2.0' }],
    ['404', says(404, { version: '1.2.0' }), 'version', { state: 'nothing' }],
    ['an empty body', says(200, ' \n'), 'version', { state: 'nothing', detail: 'the answer is empty' }],
    ['204', says(204), '', { state: 'nothing' }],
    ['no such field', says(200, {}), 'version', { state: 'nothing', detail: 'version is empty' }],
    ['a field that objects inherit', says(200, {}), 'constructor.name', { state: 'nothing' }],
    ['null', version(null), 'version', { state: 'nothing' }],
    ['an object', version({}), 'version', { state: 'unknown', detail: 'version is neither text nor a number' }],
    [
      '500',
      says(500, { version: '1.2.0' }),
      'version',
      { state: 'unknown', detail: 'status 500 instead of a version' },
    ],
    ['a login page', says(401), 'version', { state: 'unknown' }],
    ['an HTML page', says(200, '<html></html>'), 'version', { state: 'unknown', detail: 'the answer is not JSON' }],
    ['a novel', says(200, 'x'.repeat(201)), '', { state: 'unknown' }],
    ['a flood', says(200, 'x'.repeat(2_000_000)), 'version', { state: 'unknown' }],
    ['a hang-up', hangsUp, 'version', { state: 'unknown', detail: 'no answer: the connection broke off' }],
  ])('%s', async (_, answer, json, reading) => {
    server.answer(answer);
    expect(await read({ json })).toMatchObject(reading as object);
  });

  test('for a plan it is asked again where it cannot be told, and only there', async () => {
    const readForPlan = () =>
      readLiveForPlan({ probe: aProbe(server.url, { timeout: 100 }) }, surroundingsWith(), anAttempt());
    const silent: Answer = () => undefined;
    server.answer(inTurn(silent, says(503), version('1.2.0')));
    expect(await readForPlan()).toEqual({ state: 'value', value: '1.2.0' });
    server.answer(inTurn(says(404), version('1.2.0')));
    expect(await readForPlan()).toMatchObject({ state: 'nothing' });
    server.answer(silent);
    expect(await readForPlan()).toMatchObject({ state: 'unknown', detail: containing('no complete answer') });
  });

  test('follows a redirect', async () => {
    server.answer((request, response) =>
      (request.path === '/' ? says(308, '', { location: '/here' }) : version('2.0.0'))(request, response),
    );
    expect(await read()).toEqual({ state: 'value', value: '2.0.0' });
  });

  test('puts references into address and headers', async () => {
    const more = { url: '${env:URL}/v', headers: { 'x-key': '${env:KEY}' } };
    expect(await read(more, { URL: server.url, KEY: 'secret-key' })).toMatchObject({ state: 'value' });
    expect(server.seen).toMatchObject([{ path: '/v', headers: { 'x-key': 'secret-key' } }]);
  });

  test('fails clearly where a reference is not defined', async () => {
    await expect(read({ url: '${env:NOWHERE}' })).rejects.toMatchObject({ code: 'ENV_REFERENCE_UNDEFINED' });
  });
});

describe('waiting for a version to be live', () => {
  const { awaitLive } = createCheckActivities(surroundingsWith());

  async function wait(more: Partial<LiveProbe> = {}, attempt = anAttempt()) {
    const services = [{ service: 'api', probe: aProbe(server.url, more), expected }];
    const [result] = await awaitLive({ services }, attempt);
    return result;
  }

  const [right, old] = [version('v1.2.0'), version('1.1.0')];

  test('takes as many equal readings in a row as it is told', async () => {
    server.answer(inTurn(old, right, right, old, right, right, right));
    expect(await wait()).toEqual({
      verdict: 'passed',
      service: 'api',
      expected,
      detail: 'v1.2.0 seen 3 times in a row',
      readings: 7,
    });
  });

  test('begins the row anew after silence', async () => {
    server.answer(inTurn(right, right, hangsUp, right, right, right));
    expect(await wait()).toMatchObject({ verdict: 'passed', readings: 6 });
  });

  test('may see a commit', async () => {
    server.answer(says(200, expected.commit.slice(0, 8)));
    expect(await wait({ json: '', is: 'commit' })).toMatchObject({ verdict: 'passed', readings: 3 });
  });

  test('has failed when another version stays', async () => {
    server.answer(old);
    const result = await wait({ patience: 20 });
    expect(result).toMatchObject({ verdict: 'failed', detail: '1.1.0 is live, expected 1.2.0' });
  });

  test('has failed when the service answers without a version', async () => {
    server.answer(says(404));
    expect(await wait({ patience: 0 })).toMatchObject({ verdict: 'failed', readings: 1 });
  });

  test('could not be judged when there is never an answer', async () => {
    const result = await wait({ url: await refusingUrl(), patience: 20 });
    expect(result).toMatchObject({ verdict: 'unknown', detail: 'no answer: connection refused' });
  });

  test('could not be judged when the right version is seen too few times', async () => {
    server.answer(inTurn(right, says(503)));
    expect(await wait({ patience: 20 })).toMatchObject({ verdict: 'unknown' });
  });

  test('waits for all services, and reports each', async () => {
    server.answer((request, response) => (request.path === '/old' ? old : right)(request, response));
    const services = ['old', 'new'].map((service) => ({
      service,
      probe: aProbe(`${server.url}/${service}`, { patience: service === 'old' ? 20 : 30_000 }),
      expected,
    }));
    const results = await awaitLive({ services }, anAttempt());
    expect(results.map(({ service, verdict }) => [service, verdict])).toEqual([
      ['old', 'failed'],
      ['new', 'passed'],
    ]);
  });

  test('goes on with the patience and the readings that a killed attempt has left', async () => {
    const killed = new Error('killed');
    const first = anAttempt(undefined, () => {
      if (first.reported.length === 4) first.stop(killed);
    });
    server.answer(old);
    await expect(wait({}, first)).rejects.toBe(killed);
    const before = first.reported.at(-1) as { api: { elapsed: number } };
    server.answer(hangsUp);
    const result = await wait({ patience: before.api.elapsed }, anAttempt(before));
    expect(result).toMatchObject({ verdict: 'failed', readings: 5 });
  });

  test('begins anew where rubbish was left', async () => {
    expect(await wait({}, anAttempt({ api: null }))).toMatchObject({ verdict: 'passed', readings: 3 });
  });

  test('ends at once when people stop it', async () => {
    const attempt = anAttempt(undefined, () => attempt.stop(new Error('stopped by people')));
    server.answer(old);
    await expect(wait({ interval: 3_600_000 }, attempt)).rejects.toThrow('stopped by people');
  });
});
