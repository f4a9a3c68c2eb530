import { spawn } from 'node:child_process';
import { devNull } from 'node:os';

/** How one git command is run. */
export interface GitOptions {
  /** Where it runs; a bare repository's own folder will do. */
  readonly folder?: string;
  readonly input?: string;
}

/**
 * Runs git with no configuration but the repository's own, and returns what it printed, without the last line's end.
 * Fails with what git said on stderr when it ends with anything but 0.
 */
export function git(args: readonly string[], { folder, input }: GitOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', args, { env: gitEnvironment(), stdio: 'pipe', ...(folder ? { cwd: folder } : {}) });
    const out: Buffer[] = [];
    const problems: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => problems.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(Buffer.concat(out).toString().trimEnd());
      else reject(new Error(`git ${args.join(' ')}: ${Buffer.concat(problems).toString().trim() || String(code)}`));
    });
    // Git may end before it has read everything; its own words say why.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input ?? '');
  });
}

/** The environment of a git that asks nobody anything and reads no configuration of the user or the machine. */
export function gitEnvironment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  return {
    ...Object.fromEntries(inherited),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: devNull,
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
  };
}
