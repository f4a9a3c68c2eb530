import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning, runningProcess } from '../../config/running-process';
import { readStackFile, removeStackFile, stackFileName, writeStackFile, type StackFile } from '../../config/stack-file';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-stack-file-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function stackOf(pid: number, processStarted?: string): StackFile {
  return {
    version: 1,
    pid,
    ...(processStarted === undefined ? {} : { processStarted }),
    since: '2026-01-02T03:04:05.000Z',
    address: '127.0.0.1:20001',
    uiAddress: 'http://127.0.0.1:20002',
    namespace: 'default',
    databaseUrl: 'postgres://postgres:secret@127.0.0.1:20003/postgres',
  };
}

describe('stack.json', () => {
  it('is read back while its process runs, and only its owner may read it', () => {
    const file = stackOf(process.pid, runningProcess(process.pid)?.started);
    writeStackFile(folder, file);
    expect(readStackFile(folder)).toEqual(file);
    expect(statSync(join(folder, stackFileName)).mode & 0o077).toBe(0);
    removeStackFile(folder);
    expect(readStackFile(folder)).toBeUndefined();
  });

  it('counts as none when its process is gone, or another has its id now', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const started = runningProcess(child.pid ?? -1);
    if (started === undefined) throw new Error('the child did not start');
    writeStackFile(folder, stackOf(started.pid, started.started));
    expect(readStackFile(folder)?.pid).toBe(started.pid);

    writeStackFile(folder, stackOf(started.pid, 'another start'));
    expect(readStackFile(folder) === undefined).toBe(started.started !== undefined);

    writeStackFile(folder, stackOf(started.pid, started.started));
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    expect(isRunning(started)).toBe(false);
    expect(readStackFile(folder)).toBeUndefined();
  });

  it.each([
    ['no JSON', '{'],
    ['another version', JSON.stringify({ ...stackOf(process.pid), version: 2 })],
    ['a missing address', JSON.stringify({ ...stackOf(process.pid), address: undefined })],
    ['nothing', 'null'],
  ])('counts as none when it holds %s', (_, text) => {
    writeFileSync(join(folder, stackFileName), text);
    expect(readStackFile(folder)).toBeUndefined();
  });
});
