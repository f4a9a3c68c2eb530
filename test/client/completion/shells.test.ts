/** The scripts, read and asked by the real shells. */
import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../../examples/shop/project-root';
import { scriptFor } from '../../../client/completion/scripts';
import { aFolder, slipway, validConfig } from '../run-slipway';

let folder: ReturnType<typeof aFolder>;
const has = (shell: string): boolean => {
  try {
    execFileSync('sh', ['-c', `command -v ${shell}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
const where = (shell: string) => (has(shell) ? test : test.skip);

beforeAll(() => {
  folder = aFolder({
    'slipway.yaml': validConfig,
    'a file.yaml': '',
    bash: scriptFor('bash'),
    fish: scriptFor('fish'),
  });
  mkdirSync(join(folder.path, 'bin'));
  const program = join(projectRoot, 'dist', 'client', 'main.js');
  writeFileSync(join(folder.path, 'bin', 'slipway'), `#!/bin/sh\nexec ${process.execPath} ${program} "$@"\n`);
  chmodSync(join(folder.path, 'bin', 'slipway'), 0o755);
});
afterAll(() => folder.remove());

function shell(file: string, args: readonly string[]): Promise<string> {
  const env = { PATH: `${join(folder.path, 'bin')}:${process.env['PATH']}`, HOME: folder.path, TERM: 'dumb' };
  return new Promise((resolve, reject) => {
    execFile(file, args, { cwd: folder.path, env }, (error, out, err) =>
      error ? reject(new Error(`${error.message}\n${out}\n${err}`)) : resolve(out),
    );
  });
}

/** What bash would offer behind these words: its own variables are set as readline sets them. */
async function bash(...words: string[]): Promise<string[]> {
  const line = ['slipway', ...words].map((word) => `'${word}'`).join(' ');
  const script = `source <(slipway completion bash)
    complete -p slipway >/dev/null || exit 9
    COMP_WORDS=(${line}); COMP_CWORD=${words.length}
    _slipway
    (( \${#COMPREPLY[@]} )) && printf '%s\\n' "\${COMPREPLY[@]}"; true`;
  return (await shell('bash', ['--norc', '-c', script])).split('\n').filter(Boolean);
}

where('bash')('bash completes commands, options, environments and files', async () => {
  const offered = await Promise.all([
    bash('appr'),
    bash('plan', '1.2.0', '--ma'),
    bash('plan', '1.2.0', '--env', 'p'),
    bash('plan', '1.2.0', '--env', '='),
    bash('--config', 'a'),
    bash('nothing', 'of', 'ours'),
  ]);
  expect(offered).toEqual([['approve'], ['--markdown'], ['production'], ['production', 'trial'], ['a file.yaml'], []]);
});

where('bash')('bash completes a real line on Tab', async () => {
  // An interactive bash with a terminal, where Tab is typed.
  const typed = `source ./bash\\nslipway validate --js\\t; exit\\n`;
  const out = await shell('sh', [
    '-c',
    `{ printf '${typed}'; } | TERM=xterm script --quiet --return --command 'bash --norc -i' /dev/null`,
  ]);
  expect(out).toContain('"valid":true');
});

where('zsh')('zsh completes on Tab', async () => {
  writeFileSync(join(folder.path, 'zsh'), scriptFor('zsh'));
  const script = `zmodload zsh/zpty
    zpty z zsh -f -i
    ask() { zpty -w z "$1"; zpty -r z REPLY "*done-$2-end*"; }
    zpty -w z "autoload -Uz compinit; compinit -u -D; source ./zsh; print done-\${:-0}-end"
    zpty -r z REPLY '*done-0-end*'
    zpty -n -w z $'slipway validate --js\\t\\n'
    zpty -r z REPLY '*"valid":true*' && print completed
    zpty -d z`;
  expect(await shell('zsh', ['-f', '-c', script])).toContain('completed');
});

where('fish')('fish offers commands and environments with what they are', async () => {
  const ask = (line: string) => shell('fish', ['--no-config', '-c', `source ./fish; complete -C '${line}'`]);
  expect(await ask('slipway valid')).toBe('validate\tcheck slipway.yaml\n');
  expect(await ask('slipway plan 1.2.0 --env t')).toBe('trial\tenvironment\n');
  expect(await ask('slipway plan 1.2.0 --env=t')).toBe('--env=trial\tenvironment\n');
  expect(await ask('slipway --config a')).toContain('a file.yaml');
});

test('a shell that is not known is refused with those that are', async () => {
  const ran = await slipway(['completion', 'tcsh'], { cwd: folder.path });
  expect(ran).toMatchObject({ code: 2, out: '' });
  expect(ran.err).toContain('Allowed choices are bash, zsh, fish');
});

test('a broken slipway.yaml and a Temporal that is away complete to what is known, and say nothing', async () => {
  const broken = aFolder({ 'slipway.yaml': 'version: [' });
  const env = { TEMPORAL_ADDRESS: '127.0.0.1:1' };
  const found = await slipway(['__complete', '--', 'plan', '1', '--env', ''], { cwd: broken.path, env });
  expect(found).toEqual({ code: 0, out: '', err: '' });
  expect(await slipway(['__complete', '--', 'approve', ''], { cwd: folder.path, env })).toEqual(found);
  const hidden = await slipway(['--help'], { cwd: broken.path });
  expect(hidden.out).toContain('completion');
  expect(hidden.out).not.toContain('__complete');
  broken.remove();
});
