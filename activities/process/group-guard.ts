import { spawn, type ChildProcess } from 'node:child_process';

/**
 * A shell that knows every process group which this process has started, and kills them when its input ends: which
 * happens at any death of this process, SIGKILL too. `git push` over HTTP or ssh does its work in a child of its own,
 * which would live on and land the push after its parent and its worker were killed.
 */
const script = `
groups=' '
while read -r act group; do
  case $act in
    add) groups="$groups$group ";;
    done) groups="\${groups%% $group *} \${groups#* $group }";;
  esac
done
for group in $groups; do kill -s KILL -- "-$group" 2>/dev/null; done
`;

let guard: ChildProcess | undefined;

/** Has the process group `group` killed when this process dies; the returned function ends that. */
export function guardGroup(group: number): () => void {
  const shell = running();
  shell.stdin?.write(`add ${group}\n`);
  return () => shell.stdin?.write(`done ${group}\n`);
}

function running(): ChildProcess {
  if (guard && guard.exitCode === null && guard.signalCode === null) return guard;
  // A group of its own: Ctrl-C in a terminal must not end it before us.
  const shell = spawn('sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  // It must not keep this process alive.
  shell.unref();
  (shell.stdin as unknown as { unref(): void }).unref();
  guard = shell;
  return shell;
}
