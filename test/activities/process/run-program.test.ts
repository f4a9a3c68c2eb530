import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from '../../../activities/process/run-program';
import { allGone, eventually, family, mentioning } from '../../support/processes';

const folder = join(__dirname, '..', '..', '..', '.slipway', 'test', String(process.pid), 'run-program');

describe('a program run without a shell', () => {
  beforeEach(() => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const shell = (script: string) => ({ argv: ['sh', '-c', script], cwd: folder });

  it('ends with its code, both outputs apart, and its arguments as they are', async () => {
    const result = await runProgram({
      argv: ['sh', '-c', 'printf "%s|" "$@"; echo bad >&2; exit 3', 'sh', 'a b', '$HOME', ''],
    });
    expect(result).toMatchObject({ code: 3, signal: null, stdout: 'a b|$HOME||', stderr: 'bad\n', timedOut: false });
  });

  it('gets its input, its folder and no more than its environment', async () => {
    const result = await runProgram({
      ...shell('cat; pwd; echo "$ONE-$TWO"'),
      input: 'hello\n',
      env: { PATH: process.env['PATH'], ONE: '1' },
    });
    expect(result.stdout).toBe(`hello\n${folder}\n1-\n`);
  });

  it('hands over bytes as they came', async () => {
    expect((await runProgram(shell("printf '\\377\\000\\001'"))).bytes).toEqual(Buffer.from([255, 0, 1]));
  });

  it('is a result, not an error, when it cannot be started', async () => {
    const result = await runProgram({ argv: ['slipway-no-such-program'] });
    expect(result.code).toBe(127);
    expect(result.stderr).toContain('slipway-no-such-program');
  });

  it('is a result when a signal ends it', async () => {
    expect(await runProgram(shell('kill -TERM $$'))).toMatchObject({ code: null, signal: 'SIGTERM' });
  });

  it('may end without reading its input', async () => {
    expect((await runProgram({ argv: ['true'], input: 'x'.repeat(1_000_000) })).code).toBe(0);
  });

  it('keeps head and tail of an output that is too long', async () => {
    const result = await runProgram({ ...shell('seq 1 100000'), limit: 100 });
    expect(result.truncated).toBe(true);
    expect(result.stdout.startsWith('1\n2\n3\n')).toBe(true);
    expect(result.stdout.endsWith('\n99999\n100000\n')).toBe(true);
    expect(result.stdout).toContain('588795 bytes left out');
  });

  it('is killed at its deadline with everything that it started', async () => {
    const result = await runProgram({ ...shell('sleep 600 & echo $! > child; wait'), deadline: 300 });
    expect(result).toMatchObject({ code: null, signal: 'SIGKILL', timedOut: true });
    await eventually('the end of its child', () => mentioning(folder).length === 0);
  });

  it('is killed with everything that it started when its attempt is aborted, and throws the reason', async () => {
    const attempt = new AbortController();
    const running = runProgram({
      ...shell('(sleep 600; echo late) & echo ready > ready; wait'),
      signal: attempt.signal,
    });
    const outcome = running.catch((error: unknown) => error);
    await eventually('its start', () => existsSync(join(folder, 'ready')));
    const started = family(launchers().map(({ pid }) => pid));
    attempt.abort(new Error('cancelled'));
    expect(await outcome).toEqual(new Error('cancelled'));
    // Whoever starts and guards programs goes on; what the program started does not.
    const gone = started.filter(({ pid }) => !isOurs(pid));
    expect(gone.length).toBeGreaterThan(0);
    await allGone(gone);
  });

  it('is not started at all for an attempt that is over', async () => {
    const signal = AbortSignal.abort(new Error('over'));
    await expect(runProgram({ ...shell('echo > started'), signal })).rejects.toThrow('over');
    expect(existsSync(join(folder, 'started'))).toBe(false);
  });

  it('may end while a process that it left behind still holds its output', async () => {
    writeFileSync(join(folder, 'go'), '');
    const result = await runProgram({
      ...shell('setsid sh -c "while [ -e go ]; do sleep 0.05; done" & echo done'),
      deadline: 400,
    });
    expect(result.stdout).toBe('done\n');
    rmSync(join(folder, 'go'));
  });
});

describe('the process that starts programs', () => {
  it('is one for all programs, and is started again after it died', async () => {
    await Promise.all([1, 2, 3].map(() => runProgram({ argv: ['true'] })));
    const [first, ...others] = launchers();
    expect(others).toEqual([]);
    process.kill(first!.pid, 'SIGKILL');
    await allGone([first!]);
    const again = () => runProgram({ argv: ['echo', 'again'] }).catch(() => undefined);
    await eventually('another one', async () => (await again())?.stdout === 'again\n');
  });

  it('takes its programs and all that they started along when it dies, and that is an error', async () => {
    mkdirSync(folder, { recursive: true });
    const running = runProgram({
      argv: ['sh', '-c', '(sleep 600; echo late) & echo ready > ready; wait'],
      cwd: folder,
    });
    await eventually('its start', () => existsSync(join(folder, 'ready')));
    const started = family(launchers().map(({ pid }) => pid));
    expect(started.length).toBeGreaterThan(2);
    process.kill(launchers()[0]!.pid, 'SIGKILL');
    await expect(running).rejects.toThrow('sh was killed with the process that had started it');
    await allGone(started);
    rmSync(folder, { recursive: true, force: true });
  });

  it('says what is wrong with a program that cannot even be tried', async () => {
    await expect(runProgram({ argv: ['echo', 'a\0b'] })).rejects.toThrow(/null bytes/);
  });
});

/** Of this suite: those of suites that ran in this process before have ended with them. */
function launchers() {
  const ours = family([process.pid]);
  return mentioning('launcher.js').filter(({ pid }) => ours.some((each) => each.pid === pid));
}

function isOurs(pid: number): boolean {
  return ['while read -r act group', 'launcher.js'].some((text) => mentioning(text).some((one) => one.pid === pid));
}
