import { checkAll } from '../../../activities/checks/check-all';
import { SlipwayError } from '../../../release/errors';
import type { HttpCheck } from '../../../release/project';
import {
  hangsUp,
  inTurn,
  refusingUrl,
  says,
  startFaultyServer,
  type Answer,
  type FaultyServer,
} from '../../support/faulty-server';
import { describeCheckKind } from './check-kind-contract';
import { aCheck, anAttempt, surroundingsWith } from './probes';

describeCheckKind('http', async () => {
  const stage = await startFaultyServer(says(200));
  const echoes: Answer = ({ headers, body }, response) =>
    response.writeHead(500).end(JSON.stringify({ headers, body }));
  const answers = { right: says(200), wrong: echoes, silent: hangsUp };
  let answer = answers.right;
  let listener = () => {};
  stage.answer((request, response) => {
    listener();
    answer(request, response);
  });
  return {
    check: ({ reference, ...more }) =>
      aCheck(`${stage.url}/${reference}`, { ...more, method: 'POST', headers: { key: reference }, body: reference }),
    plays: (...outcomes) => (answer = inTurn(...outcomes.map((outcome) => answers[outcome]))),
    looks: () => stage.seen.length,
    onLook: (next) => (listener = next),
    close: () => stage.close(),
  };
});

let server: FaultyServer;
beforeEach(async () => {
  server = await startFaultyServer(says(200, { status: 'ok', books: [{ title: 'Emma' }] }));
});
afterEach(() => server.close());

async function check(more: Partial<HttpCheck> = {}, variables: Record<string, string> = {}) {
  const [result] = await checkAll([aCheck(server.url, more)], surroundingsWith(variables), anAttempt());
  return result;
}

test('a right answer passes, with its latency, number of tries and time', async () => {
  const result = await check({ contains: 'Emma', json: { status: 'ok', 'books.0.title': 'Emma' }, within: 10_000 });
  expect(result).toMatchObject({ name: 'health', verdict: 'passed', tries: 1 });
  expect(result?.latency).toBeGreaterThanOrEqual(0);
  expect(result?.at).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
});

test.each<[string, Partial<HttpCheck>, string]>([
  ['status', { status: 201 }, 'status 200, expected 201: "{\\"status\\":\\"ok\\"'],
  ['text', { contains: 'Persuasion' }, 'the body lacks "Persuasion"'],
  ['JSON value', { json: { status: 'fine' } }, 'status is "ok", expected "fine"'],
  ['JSON type', { json: { 'books.0.title': null } }, 'books.0.title is "Emma", expected null'],
  ['JSON path', { json: { 'books.1.title': 'Emma' } }, 'books.1.title is missing, expected "Emma"'],
])('an answer with the wrong %s has failed', async (_, more, detail) => {
  const result = await check(more);
  expect(result?.verdict).toBe('failed');
  expect(result?.detail).toContain(detail);
});

test('an answer that is not JSON has failed where JSON is expected', async () => {
  server.answer(says(200, '<html>'));
  expect(await check({ json: { status: 'ok' } })).toMatchObject({ verdict: 'failed', detail: 'the body is not JSON' });
});

test('an answer that comes later than allowed has failed, though it is right', async () => {
  server.answer((request, response) => void setTimeout(() => says(200)(request, response), 30));
  const result = await check({ within: 5 });
  expect(result).toMatchObject({
    verdict: 'failed',
    detail: expect.stringMatching(/^took \d+ ms, allowed are 5 ms$/) as string,
  });
});

test.each<[string, Answer]>([
  ['hangs up', hangsUp],
  ['breaks off in the body', (_, response) => void response.write('{"status":', () => response.destroy())],
])('a server that %s could not be judged', async (_, answer) => {
  server.answer(answer);
  const result = await check({ json: { status: 'ok' } });
  expect(result).toMatchObject({ verdict: 'unknown', detail: 'no answer: the connection broke off' });
  expect(result).not.toHaveProperty('latency');
});

test('text that may stand beyond the part that is read could not be judged', async () => {
  server.answer(says(200, `${'x'.repeat(1_100_000)}title`));
  expect(await check({ contains: 'title' })).toMatchObject({ verdict: 'unknown' });
  expect(await check({ contains: 'xxx' })).toMatchObject({ verdict: 'passed' });
});

test('of several wrong answers the last is told', async () => {
  server.answer(inTurn(says(500), says(503), hangsUp));
  expect((await check({ tries: 3 }))?.detail).toBe('status 503, expected 200');
});

describe('references', () => {
  const token = 'n0t-to-be-told';

  test('are put into address, headers and body', async () => {
    const more = {
      url: '${env:URL}/x',
      method: 'POST',
      headers: { authorization: 'Bearer ${env:TOKEN}' },
      body: '${env:TOKEN}',
    };
    expect(await check(more, { URL: server.url, TOKEN: token })).toMatchObject({ verdict: 'passed' });
    expect(server.seen).toMatchObject([{ path: '/x', body: token, headers: { authorization: `Bearer ${token}` } }]);
  });

  test('that are not defined are an error that names the check', async () => {
    const running = check({ headers: { key: '${env:MISSING}' } });
    await expect(running).rejects.toThrow(SlipwayError);
    await expect(running).rejects.toMatchObject({
      code: 'ENV_REFERENCE_UNDEFINED',
      details: { name: 'MISSING', where: 'check health' },
    });
  });

  test.each<[string, Answer, Partial<HttpCheck>]>([
    ['in the body of an error', (_, response) => response.writeHead(500).end(`denied: ${token}`), {}],
    ['in a JSON value', says(200, { echo: `<${token}>` }), { json: { echo: 'x' } }],
    ['in what is expected', says(200), { contains: token }],
    ['cut where texts are shortened', says(500, 'y'.repeat(115) + token), {}],
    ['in quotes that are escaped', says(500, JSON.stringify(JSON.stringify({ a: `"${token}"` }))), {}],
  ])('are never told, not even %s', async (_, answer, more) => {
    server.answer(answer);
    const result = await check({ headers: { key: '${env:TOKEN}' }, ...more }, { TOKEN: token });
    expect(result?.verdict).toBe('failed');
    for (let length = 5; length <= token.length; length++) expect(result?.detail).not.toContain(token.slice(0, length));
  });
});

test('all checks run at the same time, and all are reported in their order', async () => {
  // Nobody gets an answer before everybody has asked.
  const waiting: (() => void)[] = [];
  server.answer((request, response) => {
    waiting.push(() => says(request.path === '/b' ? 500 : 200)(request, response));
    if (waiting.length === 3) waiting.forEach((answer) => answer());
  });
  const checks = ['a', 'b', 'c'].map((name) => aCheck(`${server.url}/${name}`, { name }));
  const silent = aCheck(await refusingUrl(), { name: 'd' });
  const results = await checkAll([...checks, silent], surroundingsWith(), anAttempt());
  expect(results.map(({ name, verdict }) => [name, verdict])).toEqual([
    ['a', 'passed'],
    ['b', 'failed'],
    ['c', 'passed'],
    ['d', 'unknown'],
  ]);
});

test('a detail is one line of at most 300 characters', async () => {
  server.answer(says(500, 'long\n'.repeat(1000)));
  const json = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`path.${index}`, 'value']));
  const result = await check({ json, contains: 'z' });
  expect(result?.detail).not.toContain('\n');
  expect(result?.detail.length).toBeLessThanOrEqual(300);
});
