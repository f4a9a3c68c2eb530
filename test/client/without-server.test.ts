import { createServer, type AddressInfo } from 'node:net';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { refusingUrl } from '../support/faulty-server';
import { aFolder, slipway, validConfig } from './run-slipway';
import { containing, matching } from './matchers';

const folders: { remove(): void }[] = [];
const folder = (files: Record<string, string> = {}) => {
  const made = aFolder(files);
  folders.push(made);
  return made.path;
};
afterAll(() => folders.forEach((made) => made.remove()));

describe('slipway without a server', () => {
  it('init writes a file that validates', async () => {
    const cwd = folder();
    expect(await slipway(['init'], { cwd })).toMatchObject({
      code: 0,
      out: containing('Wrote slipway.yaml.'),
    });
    const validated = await slipway(['validate'], { cwd });
    expect(validated).toMatchObject({ code: 0, out: containing('slipway.yaml is valid.') });
  });

  it('init overwrites nothing unless it is told to', async () => {
    const cwd = folder({ 'slipway.yaml': 'mine' });
    const { code, err } = await slipway(['init'], { cwd });
    expect({ code, err }).toEqual({
      code: 2,
      err: 'slipway.yaml is there already.\nLook at it, or write it anew with --force.\n',
    });
    expect(readFileSync(join(cwd, 'slipway.yaml'), 'utf8')).toBe('mine');
    expect((await slipway(['init', '--force'], { cwd })).code).toBe(0);
    expect(readFileSync(join(cwd, 'slipway.yaml'), 'utf8')).toContain('version: 1');
  });

  it('validate says the rules in sentences', async () => {
    const { code, out } = await slipway(['validate'], { cwd: folder({ 'slipway.yaml': validConfig }) });
    expect(code).toBe(0);
    expect(out).toContain('production: 1 of ada, grace must approve within 24h;');
    expect(out).toContain('The worker needs these variables: API_URL.');
  });

  it('finds slipway.yaml in a folder above, and with --config anywhere', async () => {
    const cwd = folder({ 'slipway.yaml': validConfig });
    const below = join(cwd, 'a', 'b');
    mkdirSync(below, { recursive: true });
    expect((await slipway(['validate'], { cwd: below })).code).toBe(0);
    const elsewhere = folder();
    expect((await slipway(['validate', '--config', join(cwd, 'slipway.yaml')], { cwd: elsewhere })).code).toBe(0);
    const missing = await slipway(['validate', '--config', 'no.yaml'], { cwd: elsewhere });
    expect(missing).toMatchObject({ code: 2, err: containing('There is no no.yaml.') });
  });

  it('validate tells every problem at once, as text and as JSON', async () => {
    const bad = validConfig
      .replace('project: shop', 'project: shop\nenvironmnets: {}')
      .replace('required: 1', 'required: 3');
    const cwd = folder({ 'slipway.yaml': bad });
    const { code, err } = await slipway(['validate'], { cwd });
    expect(code).toBe(2);
    expect(err).toMatch(/slipway\.yaml:3:1 .*environments/);
    expect(err).toMatch(/slipway\.yaml:\d+:\d+ .*required/);
    const { error } = JSON.parse((await slipway(['validate', '--json'], { cwd })).out) as { error: { code: string } };
    expect(error.code).toBe('CONFIG_INVALID');
  });

  it('says that there is no configuration, and what to do', async () => {
    const { code, err } = await slipway(['plan', '1.2.0', '--env', 'production'], { cwd: folder() });
    expect(code).toBe(2);
    expect(err).toMatch(/^There is no slipway\.yaml in .* or a folder above it\.\nRun `slipway init`/);
  });

  it('releases nothing to an environment of others, and says so before it looks for anything', async () => {
    const cwd = folder({ 'slipway.yaml': `${validConfig}  dev: { observed: true }\n` });
    const { code, err } = await slipway(['release', '1.2.0', '--env', 'dev'], { cwd });
    expect({ code, err }).toMatchObject({ code: 3, err: containing('dev is deployed by somebody else') });
  });

  it.each([
    [
      'an unknown environment',
      ['release', '1.2.0', '--env', 'prod'],
      2,
      'There is no environment prod in slipway.yaml.',
    ],
    [
      'an environment that may not run on the embedded stack',
      ['release', '1.2.0', '--env', 'production'],
      3,
      'Environment production may not run on the embedded stack',
    ],
    ['no Temporal', ['release', '1.2.0', '--env', 'trial'], 4, 'No Temporal server was found'],
    ['no Temporal for a worker', ['worker', '--env', 'trial'], 4, 'No Temporal server was found'],
    ['no Temporal for a list', ['status'], 4, 'No Temporal server was found'],
    ['a version that is none', ['release', '../1', '--env', 'trial'], 2, 'is no version'],
    [
      'a commit that is none',
      ['release', '1', '--env', 'trial', '--commit', 'HEAD'],
      2,
      '--commit needs 7 to 64 hex digits',
    ],
    ['a digest that is none', ['approve', '--digest', 'yes'], 2, '--digest needs at least 8 hex digits'],
    ['an action that is none', ['resolve', 'again'], 2, 'the action must be one of retry, skip, done, abandon'],
    ['an action without its reason', ['resolve', 'skip'], 2, 'skip needs a --reason'],
    ['options that exclude each other', ['release', '1', '--env', 'trial', '--detach', '--yes'], 2, '--detach'],
    ['an unknown command', ['relaese'], 2, "unknown command 'relaese'"],
    ['an unknown option', ['status', '--al'], 2, "unknown option '--al'"],
    ['a missing option', ['plan', '1'], 2, "required option '--env <environment>' not specified"],
    ['a port that is none', ['worker', '--env', 'trial', '--health-port', '0'], 2, 'a number from 1 to 65535'],
  ])('refuses %s in one sentence', async (_, args, code, sentence) => {
    const cwd = folder({ 'slipway.yaml': validConfig });
    const { code: came, out, err } = await slipway([...args, '--json'], { cwd });
    expect({ code: came, err }).toEqual({ code, err: '' });
    const { error } = JSON.parse(out) as { error: { code: string; message: string; todo: string } };
    expect(error.message).toContain(sentence);
    expect(error.todo).not.toBe('');
    expect(existsSync(join(cwd, '.slipway'))).toBe(false);
  });

  it('says that the server does not answer, or not as Temporal does', async () => {
    const cwd = folder({ 'slipway.yaml': validConfig });
    const refusing = new URL(await refusingUrl()).host;
    const refused = await slipway(['status'], { cwd, env: { TEMPORAL_ADDRESS: refusing } });
    expect(refused).toMatchObject({
      code: 4,
      err: containing(`The Temporal server at ${refusing} does not answer`),
    });

    const mute = createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
    const address = `127.0.0.1:${(mute.address() as AddressInfo).port}`;
    const silent = await slipway(['status'], { cwd, env: { TEMPORAL_ADDRESS: address } });
    mute.close();
    expect(silent).toMatchObject({
      code: 4,
      err: containing(`The Temporal server at ${address} does not answer`),
    });
  });

  it('asks who decides when neither SLIPWAY_USER nor git says so', async () => {
    const cwd = folder({ 'slipway.yaml': validConfig });
    const { code, err } = await slipway(['release', '1.2.0', '--env', 'trial'], { cwd, env: { SLIPWAY_USER: '' } });
    expect({ code, err }).toMatchObject({ code: 2, err: containing('It is not known who you are') });
  });

  it('shows a stack trace only when it is asked for', async () => {
    const { err } = await slipway(['validate'], { cwd: folder(), env: { SLIPWAY_DEBUG: '1' } });
    expect(err).toMatch(/^ +at /m);
  });

  it('colours nothing when nobody sees it, or nobody wants it', async () => {
    const cwd = folder({ 'slipway.yaml': 'version: 2' });
    const plain = await slipway(['validate'], { cwd });
    const forced = await slipway(['validate'], { cwd, env: { FORCE_COLOR: '1' } });
    const refused = await slipway(['validate'], { cwd, env: { FORCE_COLOR: '1', NO_COLOR: '1' } });
    expect(forced.err).toContain('\u001b[31m');
    expect(plain.err + refused.err).not.toContain('\u001b');
  });

  it('has help with examples, and a version', async () => {
    const cwd = folder();
    expect(await slipway(['--help'], { cwd })).toMatchObject({
      code: 0,
      out: containing('Examples:'),
      err: '',
    });
    expect(await slipway(['--version'], { cwd })).toMatchObject({
      code: 0,
      out: matching(/^\d+\.\d+\.\d+\n$/),
    });
    for (const command of [
      'init',
      'validate',
      'plan',
      'release',
      'status',
      'watch',
      'approve',
      'reject',
      'pause',
      'resume',
      'skip-wait',
      'rollback',
      'resolve',
      'dev',
      'worker',
    ]) {
      expect(await slipway([command, '--help'], { cwd })).toMatchObject({
        code: 0,
        out: containing(`slipway ${command}`),
      });
    }
  });

  it('takes a stack file whose process is gone for no stack', async () => {
    const cwd = folder({ 'slipway.yaml': validConfig });
    mkdirSync(join(cwd, '.slipway'));
    const file = {
      version: 1,
      pid: 999_999_999,
      since: '',
      address: '127.0.0.1:1',
      uiAddress: '',
      namespace: 'default',
      databaseUrl: '',
    };
    writeFileSync(join(cwd, '.slipway', 'stack.json'), JSON.stringify(file));
    expect(await slipway(['status'], { cwd })).toMatchObject({
      code: 4,
      err: containing('no stack runs in'),
    });
  });
});
