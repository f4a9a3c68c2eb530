import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Named after this process: what a killed test run has left is removed by a later one. */
const parent = join(__dirname, '..', '..', '.slipway', 'test', String(process.pid));

/** A commit to be made on a branch. */
export interface CommitText {
  readonly message: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly author?: string;
}

/** A real bare repository in a folder of its own, with all that tests do to it behind Slipway's back. */
export class GitRemote {
  readonly folder = join(parent, `git-${randomBytes(4).toString('hex')}`);
  readonly path = join(this.folder, 'remote.git');
  private clock = 1_700_000_000;

  constructor() {
    mkdirSync(this.folder, { recursive: true });
    execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', '--template=', this.path]);
    appendFileSync(join(this.path, 'config'), '[uploadpack]\n\tallowFilter = true\n[http]\n\treceivepack = true\n');
    mkdirSync(join(this.path, 'hooks'), { recursive: true });
  }

  configure(name: string, value: string): void {
    this.git('config', name, value);
  }

  /** Runs git in the repository; returns its output without the last newline. */
  git(...args: string[]): string {
    return execFileSync('git', args, { cwd: this.path, stdio: ['ignore', 'pipe', 'pipe'] })
      .toString()
      .trimEnd();
  }

  /** Object id of a ref, or null. */
  ref(name: string): string | null {
    // Tests ask often, and each git that a process of their size starts costs more than all that it does.
    return this.looseRef(name) ?? (this.git('for-each-ref', '--format=%(objectname)', name) || null);
  }

  private looseRef(name: string): string | undefined {
    const file = join(this.path, name);
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return undefined;
    return /^[0-9a-f]{40}(?=\n$)/.exec(readFileSync(file, 'utf8'))?.[0];
  }

  /** Every ref and its object id. */
  refs(): Record<string, string> {
    const lines = this.git('for-each-ref', '--format=%(refname) %(objectname)').split('\n').filter(Boolean);
    return Object.fromEntries(lines.map((line) => line.split(' ') as [string, string]));
  }

  /** The commit that a ref names, through an annotated tag too. */
  commitOf(name: string): string {
    return this.git('rev-parse', `${name}^{commit}`);
  }

  /** Makes a commit on top of `branch` (made if it is not there); returns its id. */
  commit(branch: string, text: CommitText): string {
    return this.commits(branch, [text]);
  }

  /** Makes commits on top of `branch`, one on the other, by one git; returns the id of the last. */
  commits(branch: string, texts: readonly CommitText[]): string {
    const data = (text: string) => `data ${Buffer.byteLength(text)}\n${text}\n`;
    // The first names what was there before; git puts the others on it by itself.
    let from = this.ref(`refs/heads/${branch}`) ? `from refs/heads/${branch}^0\n` : '';
    const stream = texts.flatMap(({ message, files = {}, author = 'Ada <ada@example.org>' }) => {
      this.clock += 60;
      const parent = from;
      from = '';
      return [
        `commit refs/heads/${branch}\nmark :1\n`,
        `author ${author} ${this.clock} +0000\ncommitter ${author} ${this.clock} +0000\n`,
        data(message),
        parent,
        ...Object.entries(files).map(([path, text]) => `M 100644 inline ${path}\n${data(text)}`),
      ];
    });
    return execFileSync('git', ['fast-import', '--quiet', '--force'], {
      cwd: this.path,
      input: `${stream.join('')}get-mark :1\n`,
    })
      .toString()
      .trimEnd();
  }

  /** An annotated tag by a person. */
  tag(name: string, commit: string): string {
    this.git('-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', 'tag', '-a', name, '-m', name, commit);
    return this.ref(`refs/tags/${name}`) ?? '';
  }

  /** Installs a hook: the body of a shell script. */
  hook(name: string, body: string): void {
    const file = join(this.path, 'hooks', name);
    writeFileSync(file, `#!/bin/sh\n${body}\n`);
    chmodSync(file, 0o755);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
