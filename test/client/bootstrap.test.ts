import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allGone, eventually, family } from '../support/processes';

const root = join(__dirname, '..', '..');

/** A small project with the real scripts, a real lock file and a real compiler. */
let project: string;
let running: ChildProcess[] = [];

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'slipway-bootstrap-'));
  cpSync(join(root, 'client'), join(project, 'client'), { recursive: true, filter: (path) => !path.endsWith('.ts') });
  const typescript = `file:${join(root, 'node_modules', 'typescript')}`;
  writeJson('package.json', {
    name: 'small',
    version: '1.0.0',
    private: true,
    scripts: { demo: 'node client/bootstrap.mjs demo' },
    devDependencies: { typescript },
  });
  const compilerOptions = {
    module: 'commonjs',
    target: 'es2023',
    lib: ['es2023'],
    rootDir: '.',
    outDir: 'dist',
    types: [],
  };
  writeJson('tsconfig.json', { compilerOptions, include: ['client'] });
  writeJson('tsconfig.build.json', { extends: './tsconfig.json' });
  write('client/main.ts', program);
  spawnSync('npm', ['install', '--package-lock-only', '--no-audit'], { cwd: project });
});

afterEach(() => {
  for (const { pid } of running) killGroup(pid);
  running = [];
  rmSync(project, { recursive: true, force: true });
});

/** Says how it was called; ends with the asked exit code, or waits for a signal and cleans up before it ends. */
const program = `
declare const process: any, require: any, module: any, setTimeout: any, setInterval: any;
const [command, code] = process.argv.slice(2);
process.stdout.write(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd(), main: require.main === module }) + '\\n');
if (command === 'exit') process.exitCode = Number(code);
if (command === 'demo') {
  setInterval(() => undefined, 1000);
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => setTimeout(() => {
      process.stdout.write('cleaned up after ' + signal + '\\n');
      process.exit(7);
    }, 200));
  }
}
`;

function write(path: string, text: string): void {
  mkdirSync(join(project, path, '..'), { recursive: true });
  writeFileSync(join(project, path), text);
}

function writeJson(path: string, value: unknown): void {
  write(path, JSON.stringify(value));
}

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Running {
  readonly child: ChildProcess & { pid: number };
  readonly ended: Promise<Ended>;
  output(): string;
}

function launch(command: string, args: readonly string[], cwd = project): Running {
  const child = spawn(command, args, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
  if (child.pid === undefined) throw new Error(`${command} did not start`);
  return { child: child as ChildProcess & { pid: number }, ended, output: () => stdout };
}

function bootstrap(...args: string[]): Promise<Ended> {
  return launch(process.execPath, [join('client', 'bootstrap.mjs'), ...args]).ended;
}

/** `npm run demo`, once the program runs. */
async function launchDemo(): Promise<Running> {
  const demo = launch('npm', ['run', '--silent', 'demo']);
  const failed = demo.ended.then(({ stderr }) => Promise.reject(new Error(`the demo ended: ${stderr}`)));
  await Promise.race([failed, eventually('the demo', () => demo.output().includes('"main":true'))]);
  failed.catch(() => undefined);
  return demo;
}

/** What a failed test has left: the program that it started and all that this one started. */
function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch (error) {
    expect(error).toMatchObject({ code: 'ESRCH' });
  }
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

describe('the npm scripts', () => {
  it('install and compile a fresh clone, run the program, and do neither again until something changed', async () => {
    const first = await bootstrap('exit', '3', '--json');
    expect(first.code).toBe(3);
    expect(JSON.parse(first.stdout)).toEqual({ args: ['exit', '3', '--json'], cwd: project, main: true });
    expect(first.stderr).toContain('installing packages');
    expect(first.stderr).toContain('compiling');

    expect((await bootstrap('exit', '0')).stderr).toBe('');

    write('client/main.ts', program.replace('JSON.stringify({', 'JSON.stringify({ edited: true,'));
    const edited = await bootstrap('exit', '0');
    expect(edited.stderr).toContain('compiling');
    expect(edited.stderr).not.toContain('installing');
    expect(JSON.parse(edited.stdout)).toMatchObject({ edited: true });
  });

  it('install again when the lock file holds something else, but not when it was only touched', async () => {
    await bootstrap('build');
    const later = new Date(Date.now() + 60_000);
    utimesSync(join(project, 'package-lock.json'), later, later);
    expect((await bootstrap('build')).stderr).not.toContain('installing');

    write('vendor/extra/package.json', JSON.stringify({ name: 'extra', version: '1.0.0' }));
    spawnSync('npm', ['install', '--package-lock-only', '--no-audit', './vendor/extra'], { cwd: project });
    utimesSync(join(project, 'package-lock.json'), later, later);
    expect((await bootstrap('build')).stderr).toContain('installing');
    expect(existsSync(join(project, 'node_modules', 'extra'))).toBe(true);
  });

  it('install and compile once when two start at the same moment', async () => {
    const both = await Promise.all([bootstrap('exit', '0'), bootstrap('exit', '0')]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    const said = both.map(({ stderr }) => stderr).join('');
    expect(count(said, 'installing')).toBe(1);
    expect(count(said, 'compiling')).toBe(1);
  });

  it('do not wait for a lock whose process is gone', async () => {
    const gone = launch(process.execPath, ['-e', '']);
    await gone.ended;
    write('.slipway/build.lock', `${gone.child.pid} 1`);
    expect((await bootstrap('exit', '0')).code).toBe(0);
  });

  it('run nothing that does not compile, unless only the types are wrong and that was allowed', async () => {
    write('client/main.ts', `${program}\nconst wrong: number = 'text';\n`);
    const refused = await bootstrap('exit', '0');
    expect(refused.code).toBe(1);
    expect(refused.stdout).toBe('');
    expect(refused.stderr).toContain("Type 'string' is not assignable to type 'number'");

    expect((await bootstrap('build', '--despite-type-errors')).code).toBe(0);
    expect((await bootstrap('build', '--despite-type-errors')).stderr).toBe('');
    expect((await bootstrap('exit', '0')).code).toBe(1);
  });

  it('let the program clean up on Ctrl-C before they end, and end as it does', async () => {
    const demo = await launchDemo();
    const everything = family([demo.child.pid]);
    process.kill(-demo.child.pid, 'SIGINT');
    await allGone(everything);
    expect((await demo.ended).stdout).toContain('cleaned up after SIGINT');
  });

  it('end the program, orderly, when the npm that runs it is killed', async () => {
    const demo = await launchDemo();
    const everything = family([demo.child.pid]);
    demo.child.kill('SIGKILL');
    await allGone(everything);
    expect(demo.output()).toContain('cleaned up after SIGTERM');
  });

  it('say what can be run when nothing was named', async () => {
    const { code, stderr } = await bootstrap();
    expect(code).toBe(1);
    expect(stderr).toContain('test:crash');
  });
});

describe('the program slipway', () => {
  it('works in the folder of its user, and builds itself first', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'slipway-user-'));
    try {
      const { ended } = launch(join(project, 'client', 'slipway.mjs'), ['exit', '4'], elsewhere);
      const { code, stdout, stderr } = await ended;
      expect(code).toBe(4);
      expect(JSON.parse(stdout)).toEqual({ args: ['exit', '4'], cwd: elsewhere, main: true });
      expect(stderr).toContain('compiling');
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });
});
