import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { httpRequest, type HttpRequest } from '../../../activities/checks/http-request';
import {
  hangsUp,
  refusingUrl,
  says,
  startFaultyServer,
  staysSilent,
  type FaultyServer,
} from '../../support/faulty-server';

let server: FaultyServer;
beforeEach(async () => {
  server = await startFaultyServer(says(200, 'hello'));
});
afterEach(() => server.close());

const never = new AbortController().signal;

function send(more: Partial<HttpRequest> = {}) {
  const request = { url: server.url, method: 'GET', headers: {}, timeout: 20_000, redirects: 0, signal: never };
  return httpRequest({ ...request, ...more });
}

async function answerTo(more: Partial<HttpRequest> = {}) {
  const outcome = await send(more);
  if ('noAnswer' in outcome) throw new Error(outcome.noAnswer);
  return outcome.answer;
}

describe('an answer', () => {
  test('comes with status, headers, text and latency', async () => {
    server.answer(says(404, 'not here', { 'X-Reason': 'gone' }));
    const answer = await answerTo({ method: 'POST', headers: { 'x-key': 'k' }, body: 'ask' });
    expect(answer).toMatchObject({ status: 404, text: 'not here', truncated: false });
    expect(answer.latency).toBeGreaterThanOrEqual(0);
    expect(answer.headers['x-reason']).toBe('gone');
    expect(server.seen).toMatchObject([{ method: 'POST', body: 'ask', headers: { 'x-key': 'k' } }]);
  });

  test('is read only up to the limit, and says so', async () => {
    server.answer((_, response) => {
      const flood = () => {
        while (!response.destroyed && response.write('x'.repeat(64 * 1024)));
      };
      response.on('drain', flood);
      flood();
    });
    const answer = await answerTo({ maxBytes: 100_000 });
    expect(answer.truncated).toBe(true);
    expect(answer.text).toHaveLength(100_000);
  });

  test('that is exactly as long as the limit is whole', async () => {
    server.answer(says(200, 'x'.repeat(1000)));
    expect(await answerTo({ maxBytes: 1000 })).toMatchObject({ truncated: false, text: 'x'.repeat(1000) });
  });

  test('is measured decompressed, so a small packet cannot become a huge text', async () => {
    const packed = gzipSync(Buffer.alloc(5_000_000, 'x'));
    server.answer((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(packed));
    const answer = await answerTo({ maxBytes: 1000 });
    expect(answer).toMatchObject({ truncated: true, text: 'x'.repeat(1000) });
  });

  test('keeps letters whole that arrive in pieces', async () => {
    const bytes = Buffer.from('größer');
    server.answer((_, response) => {
      response.write(bytes.subarray(0, 3));
      setImmediate(() => response.end(bytes.subarray(3)));
    });
    expect((await answerTo()).text).toBe('größer');
  });

  test('is asked for on a connection of its own each time', async () => {
    await answerTo();
    await answerTo();
    expect(server.seen.map((request) => request.headers.connection)).toEqual(['close', 'close']);
  });

  test('may be the answer to a GET with a body', async () => {
    await answerTo({ body: 'größe' });
    expect(server.seen).toMatchObject([{ method: 'GET', body: 'größe' }]);
  });

  test('is asked for without the line break at the end of a secret', async () => {
    await answerTo({ headers: { 'x-key': 'secret\n' } });
    expect(server.seen[0]?.headers['x-key']).toBe('secret');
  });

  test('may need a login that is written in the address', async () => {
    await answerTo({ url: server.url.replace('//', '//ada:p%40ss@') });
    const expected = `Basic ${Buffer.from('ada:p@ss').toString('base64')}`;
    expect(server.seen[0]?.headers.authorization).toBe(expected);
  });
});

describe('redirects', () => {
  const redirect = (status: number, to: string) => says(status, '', { location: to });

  test('are the answer itself when none may be followed', async () => {
    server.answer(redirect(302, '/other'));
    expect(await answerTo()).toMatchObject({ status: 302 });
    expect(server.seen).toHaveLength(1);
  });

  test('are followed to a relative address', async () => {
    server.answer((request, response) =>
      (request.path === '/a/b' ? redirect(302, '../c') : says(200, request.path))(request, response),
    );
    expect(await answerTo({ url: `${server.url}/a/b`, redirects: 1 })).toMatchObject({ status: 200, text: '/c' });
  });

  test('that go round in circles end after the number allowed', async () => {
    server.answer(redirect(307, '/round'));
    expect(await answerTo({ redirects: 5 })).toMatchObject({ status: 307 });
    expect(server.seen).toHaveLength(6);
  });

  test.each([
    [301, 'POST', 'GET', ''],
    [302, 'POST', 'GET', ''],
    [302, 'PUT', 'PUT', 'ask'],
    [303, 'PUT', 'GET', ''],
    [307, 'POST', 'POST', 'ask'],
    [308, 'PATCH', 'PATCH', 'ask'],
  ])('with status %i turn %s into %s', async (status, method, then, body) => {
    server.answer((request, response) =>
      (request.path === '/' ? redirect(status, '/then') : says(200))(request, response),
    );
    await answerTo({ method, body: 'ask', headers: { 'content-type': 'text/plain' }, redirects: 1 });
    expect(server.seen[1]).toMatchObject({ method: then, body });
    expect(server.seen[1]?.headers['content-type']).toBe(body ? 'text/plain' : undefined);
  });

  const secrets = { Authorization: 'Bearer s', Cookie: 's', 'X-Api-Key': 's', accept: 'text/plain' };

  test('within one origin keep every header', async () => {
    server.answer((request, response) => (request.path === '/' ? redirect(302, '/x') : says(200))(request, response));
    await answerTo({ headers: secrets, redirects: 1 });
    expect(server.seen[1]?.headers).toMatchObject({ authorization: 'Bearer s', 'x-api-key': 's', cookie: 's' });
  });

  test('to another origin take no header along that could be a credential', async () => {
    const stranger = await startFaultyServer(says(200));
    server.answer(redirect(302, `${stranger.url}/x`));
    await answerTo({ url: server.url.replace('//', '//ada:pass@'), headers: secrets, redirects: 1 });
    const headers = stranger.seen[0]?.headers ?? {};
    await stranger.close();
    expect(headers).toMatchObject({ accept: 'text/plain' });
    for (const name of ['authorization', 'cookie', 'x-api-key']) expect(headers).not.toHaveProperty(name);
  });

  test('to something that is not of the web are the answer itself', async () => {
    server.answer(redirect(302, 'file:///etc/passwd'));
    expect(await answerTo({ redirects: 3 })).toMatchObject({ status: 302 });
  });
});

describe('no answer', () => {
  test('when nobody listens', async () => {
    expect(await send({ url: await refusingUrl() })).toEqual({ noAnswer: 'connection refused' });
  });

  test('when the name is not known', async () => {
    const outcome = await send({ url: 'http://no-such-host.invalid/' });
    expect(Object.values(outcome)).toEqual([expect.stringMatching(/^the host name (is not|could not be) /)]);
  });

  test('when the server hangs up', async () => {
    server.answer(hangsUp);
    expect(await send()).toEqual({ noAnswer: 'the connection broke off' });
  });

  test('when the body breaks off', async () => {
    server.answer((_, response) => {
      response.writeHead(200, { 'content-length': 100 });
      response.write('half', () => response.destroy());
    });
    expect(await send()).toEqual({ noAnswer: 'the connection broke off' });
  });

  test('when the body in pieces breaks off', async () => {
    server.answer((_, response) => void response.write('half', () => response.destroy()));
    expect(await send()).toEqual({ noAnswer: 'the connection broke off' });
  });

  test('when the server is silent for too long', async () => {
    server.answer(staysSilent);
    expect(await send({ timeout: 50 })).toEqual({ noAnswer: 'no complete answer within 50 ms' });
  });

  test('when the body does not end in time', async () => {
    server.answer((_, response) => void response.write('first part'));
    expect(await send({ timeout: 300 })).toEqual({ noAnswer: 'no complete answer within 300 ms' });
  });

  test('when what comes is not HTTP', async () => {
    server.answer((_, response) => void response.socket?.end('SSH-2.0-OpenSSH_9.2\r\n'));
    expect(await send()).toEqual({ noAnswer: 'the answer is not HTTP' });
  });

  test('when the body cannot be decompressed', async () => {
    server.answer((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('no gzip at all'));
    expect(await send()).toEqual({ noAnswer: 'the body could not be decompressed' });
  });

  test.each([
    ['an address that is none', { url: 'secret-thing' }, 'the address is not a valid one'],
    ['a scheme that is not of the web', { url: 'ftp://secret-thing/' }, 'the address is not one of the web'],
    [
      'a header that cannot be sent',
      { headers: { 'x-key': 'secret\nthing' } },
      'a header holds a character that cannot be sent',
    ],
    [
      'a name of a header that is none',
      { headers: { 'secret thing': 'x' } },
      'the method or the name of a header is not a valid one',
    ],
    ['an address with a login that is none', { url: 'http://%zz:secret@127.0.0.1/' }, 'the request could not be sent'],
  ])('for %s, and nothing of the request is quoted', async (_, more, reason) => {
    expect(await send(more)).toEqual({ noAnswer: reason });
  });
});

describe('a certificate', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-tls-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test('that nobody signed is no answer', async () => {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=127.0.0.1', '-days', '2', '-keyout', key, '-out', cert];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...subject], { stdio: 'ignore' });
    const tls = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
    const secure = await startFaultyServer(says(200), tls);
    const outcome = await send({ url: secure.url });
    await secure.close();
    expect(outcome).toEqual({ noAnswer: 'the certificate is self-signed' });
  });
});

describe('an abort', () => {
  test('ends a request that waits, with the reason of the abort', async () => {
    const people = new AbortController();
    server.answer(() => people.abort(new Error('stopped by people')));
    await expect(send({ signal: people.signal })).rejects.toThrow('stopped by people');
  });

  test('ends a body that is being read', async () => {
    const people = new AbortController();
    server.answer((_, response) => {
      response.write('first part', () => people.abort(new Error('stopped by people')));
    });
    await expect(send({ signal: people.signal })).rejects.toThrow('stopped by people');
  });

  test('that came before sends nothing', async () => {
    await expect(send({ signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
    expect(server.seen).toHaveLength(0);
  });
});
