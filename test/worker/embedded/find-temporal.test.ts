import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { SlipwayError } from '../../../release/errors';
import { ChildProcesses } from '../../../worker/embedded/child-processes';
import { findTemporal } from '../../../worker/embedded/find-temporal';
import { cachedTemporal } from '../../../worker/embedded/temporal-cache';

let folder: string;
let progress: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-find-'));
  progress = [];
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The Temporal that this machine's own stacks use: the real program for the places that are looked at. */
async function realTemporal(): Promise<string> {
  const found = await findTemporal({ env: process.env, children: new ChildProcesses(), progress: () => undefined });
  return found.path;
}

/** An environment in which nothing is found: empty PATH, empty cache, no network. */
function emptyEnvironment(): NodeJS.ProcessEnv {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  const nowhere = 'http://127.0.0.1:9';
  return {
    HOME: folder,
    PATH: join(folder, 'bin'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    HTTPS_PROXY: nowhere,
    https_proxy: nowhere,
  };
}

function find(env: NodeJS.ProcessEnv) {
  return findTemporal({ env, children: new ChildProcesses(), progress: (line) => progress.push(line) });
}

function put(path: string, script: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, script);
  chmodSync(path, 0o755);
  return path;
}

describe('the Temporal that a stack starts', () => {
  it('is the one that SLIPWAY_TEMPORAL_CLI names, then the one on the PATH, then the cached one', async () => {
    const real = await realTemporal();
    const env = emptyEnvironment();
    mkdirSync(dirname(cachedTemporal(env)), { recursive: true });
    symlinkSync(real, cachedTemporal(env));
    expect(await find(env)).toEqual({ path: cachedTemporal(env), source: 'the cache' });

    const onPath = join(folder, 'bin', 'temporal');
    symlinkSync(real, onPath);
    expect(await find(env)).toEqual({ path: onPath, source: 'temporal on the PATH' });

    expect(await find({ ...env, SLIPWAY_TEMPORAL_CLI: real })).toEqual({ path: real, source: 'SLIPWAY_TEMPORAL_CLI' });
    expect(progress).toEqual([]);
  });

  it('is not one that does not run, or that cannot start a server as we need it', async () => {
    const real = await realTemporal();
    const env = emptyEnvironment();
    put(join(folder, 'bin', 'temporal'), '#!/bin/sh\nexit 0\n');
    mkdirSync(dirname(cachedTemporal(env)), { recursive: true });
    symlinkSync(real, cachedTemporal(env));
    expect((await find(env)).source).toBe('the cache');
  });

  it('is the named one or none: one that does not run is not passed over', async () => {
    const wrong = put(join(folder, 'wrong'), '#!/bin/sh\nexit 3\n');
    const refused = await find({ ...process.env, SLIPWAY_TEMPORAL_CLI: wrong }).catch((error: unknown) => error);
    expect((refused as SlipwayError).message).toBe(
      `The embedded Temporal did not start: SLIPWAY_TEMPORAL_CLI names ${wrong}, which does not run (exit code 3).`,
    );
  });

  it('is built with Go into the cache where nothing else is left, and half a build never gets there', async () => {
    const env = { ...emptyEnvironment(), PATH: `${join(folder, 'bin')}:/usr/bin:/bin` };
    // Builds what the real Go would, from a copy instead of from its source, and only on the second try.
    const real = await realTemporal();
    const go = join(folder, 'bin', 'go');
    put(go, `#!/bin/sh\necho half > "$GOBIN/temporal"\necho out of memory >&2\nexit 1\n`);
    const refused = await find(env).catch((error: unknown) => error);
    expect((refused as Error).message).toContain('out of memory');
    expect(readdirSync(dirname(cachedTemporal(env)))).toEqual([]);

    put(go, `#!/bin/sh\n[ "$CGO_ENABLED" = 0 ] && cp "${real}" "$GOBIN/temporal"\n`);
    expect(await find(env)).toEqual({ path: cachedTemporal(env), source: 'a build with Go' });
    expect(progress.join('\n')).toContain('building the Temporal CLI 1.5.1 with Go');
    // Only the cached program is left: no folder of a build.
    expect(readdirSync(join(folder, 'cache', 'slipway'))).toEqual(['temporal-1.5.1']);
    expect((await find(env)).source).toBe('the cache');
  });

  it('is missing with one error that says all that was tried and what to install', async () => {
    const refused = await find(emptyEnvironment()).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'STACK_FAILED' });
    const { message, todo } = refused as SlipwayError;
    for (const way of ['temporal on the PATH', 'the cache', "the SDK's download", 'a build with Go']) {
      expect(message).toContain(way);
    }
    expect(message).toContain('failed to download');
    expect(message).toContain('no `go` on the PATH');
    expect(todo).toContain('https://docs.temporal.io/cli');
    expect(todo).toContain('install Go');
  });
});
