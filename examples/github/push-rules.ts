/** Makes rules hold for pushes: an update hook in the repository, told by the server what each ref's rules are. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Actor } from './credentials';
import { ZERO } from './refs';
import { whatHolds } from './rules';
import type { Repository } from './world';

/**
 * Lines of `ref, kind, text` come in the environment: `refuse` always, `forced` when the new commit does not contain the
 * old one, which only the hook can see, since it has the new objects. Without them (a push by another way) nothing holds.
 */
const hook = `#!/bin/sh
[ -n "$GITHUB_RULES" ] || exit 0
said=
while IFS="	" read -r ref kind text; do
  [ "$ref" = "$1" ] || continue
  if [ "$kind" = forced ] && git merge-base --is-ancestor "$2" "$3" 2>/dev/null; then continue; fi
  if [ -z "$said" ]; then printf '%s\\n' "$text" | tr '\\037' '\\n' >&2; fi
  said=1
done <<END
$GITHUB_RULES
END
[ -z "$said" ]
`;

export async function installPushHook({ folder }: Repository): Promise<void> {
  await mkdir(join(folder, 'hooks'), { recursive: true });
  await writeFile(join(folder, 'hooks', 'update'), hook);
  await chmod(join(folder, 'hooks', 'update'), 0o755);
}

/** The hook's environment for a push, and the reason that the client's git is to print for each ref that may be refused. */
export function rulesOfPush(
  repository: Repository,
  actor: Actor,
  commands: readonly { ref: string; before: string; after: string }[],
): { env: Record<string, string>; reasons: Map<string, string> } {
  const lines: string[] = [];
  const reasons = new Map<string, string>();
  for (const { ref, before, after } of commands) {
    const change = { ref, before: before === ZERO ? null : before, after: after === ZERO ? null : after };
    const always = whatHolds(repository, actor, { ...change, forward: true });
    const forced = whatHolds(repository, actor, { ...change, forward: false });
    if (forced) lines.push(`${ref}\tforced\t${words(ref, forced)}`);
    if (always) lines.push(`${ref}\trefuse\t${words(ref, always)}`);
    const held = always ?? forced;
    if (held)
      reasons.set(
        ref,
        held.kind === 'rules' ? 'push declined due to repository rule violations' : 'protected branch hook declined',
      );
  }
  return { env: { GITHUB_RULES: lines.join('\n') }, reasons };
}

/** What the client's git shows after `remote: `, line by line; lines are parted by a character that no rule holds. */
function words(ref: string, { kind, reasons }: { kind: string; reasons: string[] }): string {
  const head =
    kind === 'rules'
      ? `error: GH013: Repository rule violations found for ${ref}.`
      : `error: GH006: Protected branch update failed for ${ref}.`;
  return [head, '', ...reasons.map((reason) => `- ${reason}`), ''].join('\x1f');
}
