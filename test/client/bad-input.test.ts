/** Careless people at the command line: one clear error each, the same as one JSON document, and nothing changed. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { containing, matching } from './matchers';
import { refused, refusedAloud } from './refused';
import { startDenyingTemporal } from '../support/denying-temporal';
import { testLedgerUrl } from '../support/test-ledger';
import { aFolder, endAll, slipway, validConfig } from './run-slipway';

const temporal = (): string => process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS']!;
const folders: { remove(): void }[] = [];

/** A folder with these files. */
function folder(files: Readonly<Record<string, string>>): string {
  const made = aFolder(files);
  folders.push(made);
  return made.path;
}

afterEach(endAll);
afterAll(() => folders.forEach((made) => made.remove()));

const everyCommand: readonly (readonly string[])[] = [
  ['validate'],
  ['plan', '1.2.0', '--env', 'trial'],
  ['release', '1.2.0', '--env', 'trial'],
  ['worker', '--env', 'trial'],
];
/** Of the commands about a release, which share their way to it. */
const withRelease: readonly (readonly string[])[] = [['status'], ['watch', '1.2.0'], ['reject'], ['resolve', 'retry']];

describe('a slipway.yaml', () => {
  it.each(everyCommand)('that is not there is missed by %s', async (...args) => {
    const error = await refusedAloud(args, { cwd: folder({}) });
    expect(error).toMatchObject({ code: 'CONFIG_MISSING', todo: containing('slipway init') });
  });

  it.each([...everyCommand, ...withRelease])(
    'with mistakes is refused by %s before anything is asked',
    async (...args) => {
      const cwd = folder({ 'slipway.yaml': 'version: 1\n\tproject: shop\n' });
      expect(await refused(args, { cwd, env: { TEMPORAL_ADDRESS: temporal() } })).toMatchObject({
        code: 'CONFIG_INVALID',
        message: 'slipway.yaml has 1 problem:\n  slipway.yaml:2:1 a tab is used to indent. Use blanks.',
      });
      expect(readdirSync(cwd)).toEqual(['slipway.yaml']);
    },
  );

  it.each([
    ['is empty', '', /1:1 the file is empty\. Run `slipway init`/],
    ['is no text', '\u0000\u0001', /1:1 the file is not UTF-8 text/],
    ['is a list', '- a\n- b\n', /1:1 the file is no map of keys and values/],
    ['breaks off', 'version: 1\nservices: { api: {', /:\d+:\d+ /],
    [
      'is of another version',
      'version: 9\n',
      /slipway\.yaml:1:10 version: 9 is a format that this program does not read/,
    ],
  ])('that %s is refused with its place', async (_, text, problem) => {
    const error = await refusedAloud(['validate'], { cwd: folder({ 'slipway.yaml': text }) });
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: matching(problem) });
  });

  it('that is a folder is told so, by whatever name', async () => {
    const cwd = folder({});
    mkdirSync(join(cwd, 'slipway.yaml'));
    for (const config of ['slipway.yaml', '.', cwd]) {
      const error = await refused(['validate', '--config', config], { cwd });
      expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: containing('the file is a folder') });
    }
  });

  it('with five mistakes reports all five, each with its place and what to write', async () => {
    const bad = validConfig
      .replace('versions: { tag:', 'versions: { tga:')
      .replace('name: "v{version}"', 'name: "v"')
      .replace('json: commit', 'json: commit, timeout: 5 minutes')
      .replace('approvals:', 'aprovals:')
      .replace('embedded: true', 'embedded: maybe');
    const { message, details } = await refusedAloud(['release', '1.2.0', '--env', 'trial'], {
      cwd: folder({ 'slipway.yaml': bad }),
    });
    expect(message.split('\n')).toEqual([
      'slipway.yaml has 5 problems:',
      '  slipway.yaml:4:13 versions.tga: is not known here. Did you mean tag?',
      matching(
        /^ {2}slipway\.yaml:7:\d+ services\.api\.pointer\.name: lacks \{version\}\. Write for example "v\{version\}"/,
      ),
      matching(
        /^ {2}slipway\.yaml:8:\d+ services\.api\.live\.timeout: "5 minutes" is no length of time\. Write .* 90s, 5m/,
      ),
      '  slipway.yaml:11:5 environments.production.aprovals: is not known here. Did you mean approvals?',
      '  slipway.yaml:13:15 environments.trial.embedded: is text, but must be true or false.',
    ]);
    expect(details['count']).toBe('5 problems');
  });
});

describe('an environment', () => {
  it.each([...everyCommand.slice(1).map((args) => args.slice(0, -2)), ...withRelease])(
    'that nobody described is refused by %s',
    async (...args) => {
      const error = await refused([...args, '--env', 'prod'], { cwd: folder({ 'slipway.yaml': validConfig }) });
      expect(error).toMatchObject({
        code: 'ENVIRONMENT_UNKNOWN',
        message: 'There is no environment prod in slipway.yaml.',
        todo: 'Environments there: production, trial.',
      });
    },
  );
});

describe('Temporal', () => {
  const cwd = folder({ 'slipway.yaml': validConfig });

  it.each(['not an address', 'http://127.0.0.1:7233', 'host:port', 'user:secret@host:1'])(
    'at %s is no address, which is told without a try',
    async (address) => {
      expect(await refused(['status'], { cwd, env: { TEMPORAL_ADDRESS: address } })).toMatchObject({
        code: 'TEMPORAL_ADDRESS_INVALID',
        message: containing(`${address.replace('user:secret', '***')}" is none`),
      });
    },
  );

  it('is not found by a profile that is not there', async () => {
    const error = await refusedAloud(['status'], { cwd, env: { TEMPORAL_PROFILE: 'nowhere' } });
    expect(error).toMatchObject({ code: 'TEMPORAL_MISSING', message: containing("Profile 'nowhere' not found") });
  });

  it('that is not there is named by address, and the key that was meant for it is nowhere', async () => {
    const env = { TEMPORAL_ADDRESS: '127.0.0.1:1', TEMPORAL_API_KEY: 'key-s3cret' };
    const error = await refusedAloud(['status'], { cwd, env });
    expect(error).toMatchObject({
      code: 'TEMPORAL_UNREACHABLE',
      message: containing('at 127.0.0.1:1 does not answer'),
    });
    expect(JSON.stringify(error)).not.toContain('s3cret');
  });

  it.each([16, 7])('that refuses the key says so at once (gRPC status %i)', async (status) => {
    const denying = await startDenyingTemporal(status, 'Request unauthorized.');
    const error = await refusedAloud(['status'], { cwd, env: { TEMPORAL_ADDRESS: denying.address } });
    denying.close();
    expect(error).toMatchObject({
      code: 'TEMPORAL_DENIED',
      message: `The Temporal server at ${denying.address} refuses these credentials: Request unauthorized.`,
    });
  });

  it.each(['plan 1.2.0 --env trial', 'release 1.2.0 --env trial', 'worker --env trial', 'watch'])(
    'without the namespace is told by %s',
    async (line) => {
      const env = {
        TEMPORAL_ADDRESS: temporal(),
        TEMPORAL_NAMESPACE: 'nowhere',
        SLIPWAY_DATABASE_URL: testLedgerUrl(),
      };
      expect(await refused(line.split(' '), { cwd, env })).toMatchObject({
        code: 'NAMESPACE_MISSING',
        message: `The Temporal server at ${temporal()} has no namespace nowhere.`,
        todo: 'Set TEMPORAL_NAMESPACE, or create the namespace.',
      });
    },
  );

  it('is never started for an environment that may not run on the embedded stack', async () => {
    for (const args of [['plan', '1'], ['release', '1'], ['worker'], ['status'], ['approve', '--digest', '01234567']]) {
      const error = await refused([...args, '--env', 'production'], { cwd });
      expect(error).toMatchObject({ code: 'EMBEDDED_NOT_ALLOWED', message: containing('production') });
    }
    expect(existsSync(join(cwd, '.slipway'))).toBe(false);
  });
});

describe('a worker', () => {
  it('whose health port is taken ends and says so', async () => {
    const cwd = folder({ 'slipway.yaml': validConfig });
    const taken: Server = createServer().listen(0);
    await new Promise((resolve) => taken.once('listening', resolve));
    const port = String((taken.address() as AddressInfo).port);
    const args = ['worker', '--env', 'trial', '--health-port', port];
    const env = { TEMPORAL_ADDRESS: temporal(), SLIPWAY_DATABASE_URL: testLedgerUrl() };
    const { code, err } = await slipway(args, { cwd, env });
    await new Promise((resolve) => taken.close(resolve));
    expect(code).toBe(2);
    expect(err).toContain(`the health endpoint cannot listen on port ${port}`);
  });
});

it('no command at all is told to machines as an error', async () => {
  const { code, out, err } = await slipway(['--json'], { cwd: folder({}) });
  expect({ code, err }).toEqual({ code: 2, err: '' });
  expect(JSON.parse(out)).toMatchObject({ error: { code: 'USAGE', message: containing('no command was given') } });
});
