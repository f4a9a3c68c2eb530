/** The smaller areas: variables, disk, clocks, programs, what is live, the ledger, the worker itself. */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { bounded } from '../../../activities/doctor/examiner';
import { createLedger } from '../../../activities/ledger/ledger';
import type { Examination } from '../../../release/doctor';
import type { Service } from '../../../release/project';
import { aCheck, anEnvironment, aService } from '../../support/builders';
import { anAttempt, someSurroundings } from '../../support/attempts';
import { aFolder } from '../../support/shop';
import { createTestDatabase } from '../../support/test-database';
import { client, examine, lineOf } from './patient';

const folder = aFolder();
let server: Server;
let url: string;
let answer: RequestListener;

beforeAll(async () => {
  mkdirSync(folder, { recursive: true });
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
beforeEach(() => {
  answer = (_, response) => void response.end('{"commit":"0123456789","active":[]}');
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const verdicts = (found: readonly Examination[]): Record<string, string> =>
  Object.fromEntries(found.map(({ name, verdict }) => [name, verdict]));

function live(change: Partial<Service> = {}): Service {
  const service = aService('api');
  return { ...service, live: { ...service.live, url }, smoke: [aCheck('books', url)], ...change };
}

describe('variables', () => {
  const env = {
    ...aService('api').live,
    url: '${env:API_URL}/version',
    headers: { authorization: '${env:API_TOKEN}' },
  };
  const services = [aService('api', { live: env }), aService('web', { smoke: [aCheck('page', '${env:WEB_URL}')] })];

  it('are all told at once where they are missing, by name and place', async () => {
    const found = await examine('variables', { services, env: { API_TOKEN: 'x' } });
    expect(verdicts(found)).toEqual({ API_URL: 'failed', WEB_URL: 'failed' });
    expect(lineOf(found, 'API_URL').detail).toBe('it is not set on the worker; needed by services.api.live');
    expect(lineOf(found, 'WEB_URL').detail).toContain('services.web.smoke');
  });

  it('are warned of where they are empty or end in a line break, without their values', async () => {
    const found = await examine('variables', {
      services,
      env: { API_TOKEN: 'key-in-a-file\n', API_URL: '', WEB_URL: 'x' },
    });
    expect(verdicts(found)).toEqual({ variables: 'passed', API_URL: 'warning', API_TOKEN: 'warning' });
    expect(JSON.stringify(found)).not.toContain('key-in-a-file');
  });
});

describe('credentials', () => {
  const variables = ['TEMPORAL_API_KEY', 'TEMPORAL_TLS_CLIENT_CERT_PATH', 'TEMPORAL_TLS_CLIENT_KEY_PATH'] as const;
  afterEach(() => variables.forEach((name) => delete process.env[name]));

  /** A certificate of its own for three days, and its key. */
  function aCertificate(): { key: string; cert: string } {
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const wanted = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3', '-subj', '/CN=localhost'];
    execFileSync('openssl', [...wanted, '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { key, cert };
  }

  it('pass where none tells when it ends', async () => {
    expect(verdicts(await examine('credentials', { services: [live()] }))).toEqual({ credentials: 'passed' });
  });

  it('of the way to Temporal and of hosts are told before they end', async () => {
    const { key, cert } = aCertificate();
    const claims = Buffer.from(JSON.stringify({ exp: 1_700_000_000 })).toString('base64url');
    process.env['TEMPORAL_API_KEY'] = `e30.${claims}.signature`;
    process.env['TEMPORAL_TLS_CLIENT_CERT_PATH'] = cert;
    process.env['TEMPORAL_TLS_CLIENT_KEY_PATH'] = key;
    const secure = createSecureServer({ key: readFileSync(key), cert: readFileSync(cert) });
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    const origin = `https://localhost:${(secure.address() as AddressInfo).port}`;
    const service = live({ live: { ...live().live, url: `${origin}/version` } });
    const found = await examine('credentials', { services: [service] });
    await new Promise((resolve) => secure.close(resolve));
    expect(verdicts(found)).toEqual({
      "Temporal's API key": 'failed',
      'client certificate for Temporal': 'warning',
      [`certificate of ${origin}`]: 'warning',
    });
    expect(lineOf(found, "Temporal's API key").detail).toBe('it ended on 2023-11-14');
    expect(JSON.stringify(found)).not.toContain(claims);
  });
});

describe('a look that hangs', () => {
  it('is told of, and ends with its limit', async () => {
    const attempt = anAttempt();
    let given: AbortSignal | undefined;
    const hang = ({ signal }: { signal: AbortSignal }): Promise<never> => {
      given = signal;
      return new Promise(() => undefined);
    };
    const found = await bounded('database', { attempt, surroundings: someSurroundings({}) }, hang, 20);
    expect(found).toMatchObject([{ name: 'database', verdict: 'unknown', detail: 'no answer within 0.02 s' }]);
    expect(given?.aborted).toBe(true);
  });

  it('is no line when the examination itself is cancelled', async () => {
    const controller = new AbortController();
    const attempt = anAttempt(undefined, controller.signal);
    const looking = bounded('x', { attempt, surroundings: someSurroundings({}) }, () => new Promise(() => undefined));
    controller.abort();
    await expect(looking).rejects.toThrow('aborted');
  });
});

describe('disk', () => {
  it('passes where clones can be kept, and leaves nothing behind', async () => {
    const found = await examine('disk', { services: [], surroundings: { workspaces: folder } });
    expect(verdicts(found)).toMatchObject({ workspaces: 'passed', 'free inodes': 'passed' });
  });

  it('fails where the folder cannot be written', async () => {
    const file = join(folder, 'a-file');
    writeFileSync(file, '');
    const found = await examine('disk', { services: [], surroundings: { workspaces: join(file, 'below') } });
    expect(verdicts(found)).toEqual({ workspaces: 'failed', 'free space': 'unknown' });
  });
});

describe('clocks', () => {
  const at = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();

  it.each([
    [0, 'passed'],
    [-20, 'warning'],
    [300, 'failed'],
  ])('are compared with that of Temporal: %d s gives %s', async (seconds, verdict) => {
    const found = await examine('clocks', { services: [], askedAt: at(seconds) });
    expect(verdicts(found)).toEqual({ 'worker and Temporal': verdict });
  });

  it('are compared with those of hosts that say what time it is', async () => {
    const host = new URL(url).host;
    expect(verdicts(await examine('clocks', { services: [live()] }))).toMatchObject({
      [`worker and ${host}`]: 'passed',
    });
    answer = (_, response) => void response.setHeader('date', new Date(Date.now() - 3_600_000).toUTCString()).end();
    const found = await examine('clocks', { services: [live()] });
    expect(lineOf(found, `worker and ${host}`)).toMatchObject({ verdict: 'failed', trap: 'clock-skew' });
  });

  it('are not taken for wrong where a cache answers, which says how old its answer is', async () => {
    const anHourAgo = new Date(Date.now() - 3_600_000).toUTCString();
    answer = (_, response) => void response.setHeader('date', anHourAgo).setHeader('age', '3600').end();
    const found = await examine('clocks', { services: [live()] });
    expect(lineOf(found, `worker and ${new URL(url).host}`)).toMatchObject({ verdict: 'passed' });
  });
});

describe('programs', () => {
  const builds = { settle: 0, patience: 0 };
  const undoneBy = (file: string) =>
    aService('api', {
      pointer: {
        kind: 'branch',
        name: 'production',
        undo: { by: 'command', command: { argv: [file], timeout: 1 } },
        builds,
      },
    });

  it('fail where they are not there, or may not be run', async () => {
    const script = join(folder, 'undo.sh');
    writeFileSync(script, '#!/bin/sh\n');
    const look = async (file: string, env = {}) =>
      verdicts(await examine('programs', { services: [undoneBy(file)], env }));
    chmodSync(script, 0o644);
    expect(await look(script)).toEqual({ 'api: way back': 'failed' });
    chmodSync(script, 0o755);
    expect(await look(script)).toEqual({ 'api: way back': 'passed' });
    expect(await look('${env:TOOLS}/undo.sh', { TOOLS: folder })).toEqual({ 'api: way back': 'passed' });
    expect(await look('no-such-program')).toEqual({ 'api: way back': 'failed' });
  });
});

describe('what is live', () => {
  const active = { url: '${env:HOST}/builds?ref={ref}', json: 'active', headers: {} };
  const pointer = { ...aService('api').pointer, builds: { settle: 0, patience: 0, active } } as Service['pointer'];
  const look = () => examine('live', { services: [live({ pointer })], env: { HOST: url } });

  it('passes where it answers', async () => {
    expect(verdicts(await look())).toEqual({
      'api: probe': 'passed',
      'api: books': 'passed',
      'api: active builds': 'passed',
    });
  });

  it('fails where the checks do, and could not be told where a version or a count is not given', async () => {
    answer = (_, response) => void response.writeHead(503).end('down');
    expect(verdicts(await look())).toEqual({
      'api: probe': 'unknown',
      'api: books': 'failed',
      'api: active builds': 'failed',
    });
    answer = (_, response) => void response.writeHead(404).end();
    expect(verdicts(await look())).toMatchObject({ 'api: probe': 'warning' });
  });

  it('looks at the checks of the verify wait too', async () => {
    const verify = { wait: 1, interval: 1, checks: [aCheck('old version', `${url}/old`)] };
    const edit = (project: Parameters<NonNullable<Parameters<typeof examine>[1]['edit']>>[0]) => ({
      ...project,
      environments: { production: anEnvironment({ verify }) },
    });
    expect(verdicts(await examine('live', { services: [], edit }))).toEqual({ 'verify: old version': 'passed' });
  });
});

describe('the ledger', () => {
  it('fails without an address, passes where it can be written', async () => {
    expect((await examine('ledger', { services: [] })).map(({ verdict }) => verdict)).toEqual(['failed']);
    const database = await createTestDatabase();
    const ledger = createLedger({ url: database.url, redact: (text) => text });
    const found = await examine('ledger', { services: [], surroundings: { ledger } });
    expect(verdicts(found)).toEqual({ ledger: 'passed' });
    await ledger.close();
    await database.query(
      `ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET default_transaction_read_only = on`,
    );
    const stale = createLedger({ url: database.url, redact: (text) => text });
    expect(verdicts(await examine('ledger', { services: [], surroundings: { ledger: stale } }))).toEqual({
      ledger: 'failed',
    });
    await stale.close();
    await database.drop();
  });
});

describe('the worker', () => {
  it('is warned of where its versions are not those of who asks', async () => {
    const found = verdicts(await examine('worker', { services: [] }));
    expect(found).toMatchObject({ git: 'passed', 'Node.js': 'passed', Slipway: 'warning', 'Temporal SDK': 'warning' });
    expect(client.slipway).toBe('0.0.1');
  });
});
