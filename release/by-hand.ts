/**
 * The exact commands that undo a step without Slipway, printed before the first change: whoever holds them can put
 * the world back with git and psql alone.
 */
import { fenceRef } from './identity';
import type { MigrationScript } from './migration';
import type { PointerMove, PreviousTarget } from './pointer-move';
import { fillName } from './ref-names';
import { undoCommandValues } from './undo-command';

/** `${env:NAME}` as a shell would write it; anything else quoted where a shell needs it. */
export function shellWord(text: string): string {
  const withVariables = text.replace(/\$\{env:(\w+)\}/g, '$$$1');
  if (withVariables !== text) return `"${withVariables}"`;
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;
}

/** A text as the format of `printf`, on one line. */
const printfWord = (text: string): string =>
  shellWord(text.replaceAll('\\', '\\\\').replaceAll('%', '%%').replaceAll('\n', '\\n'));

/** Commands that take a pointer's move back. */
export function byHandCommands(input: {
  readonly move: PointerMove;
  readonly repository: string;
  readonly previous: PreviousTarget | null;
  readonly project: string;
  readonly environment: string;
  readonly version: string;
}): string[] {
  const { move, repository, previous } = input;
  const url = shellWord(repository);
  const look = `git ls-remote ${url} ${shellWord(fenceRef(input))} ${shellWord(move.ref)}`;
  switch (move.undo.by) {
    case 'new-tag': {
      if (!previous) return [look];
      const tag = move.undo.name.replace('{n}', String(move.undo.n));
      return [
        look,
        `git fetch ${url} ${previous.commit}`,
        `git tag -a ${shellWord(tag)} -m ${shellWord(`Roll back to ${previous.version}`)} ${previous.commit}`,
        `git push ${url} ${shellWord(`refs/tags/${tag}`)}`,
      ];
    }
    case 'delete':
      return [
        look,
        `git push ${shellWord(`--force-with-lease=${move.ref}:${move.to}`)} ${url} ${shellWord(`:${move.ref}`)}`,
      ];
    case 'recreate':
      return [
        look,
        ...(move.undo.tagObject === null || !previous
          ? []
          : [`git fetch ${url} ${previous.commit}`, `printf ${printfWord(move.undo.tagObject)} | git mktag`]),
        `git push ${url} ${shellWord(`${move.to}:${move.ref}`)}`,
      ];
    case 'force':
      if (!move.from) return [look];
      return [
        look,
        `git fetch ${url} ${move.from}`,
        `git push ${shellWord(`--force-with-lease=${move.ref}:${move.to}`)} ${url} ${shellWord(`${move.from}:${move.ref}`)}`,
      ];
    case 'revert':
      if (!previous) return [look];
      return [
        look,
        `git fetch ${url} ${move.to} ${previous.commit}`,
        `git push ${url} "$(git commit-tree -p ${move.to} -m 'Restore ${previous.commit}' ${previous.commit}^{tree}):${move.ref}"`,
      ];
    case 'command':
      return [look, move.undo.argv.map((word) => shellWord(fillName(word, undoCommandValues(move, input)))).join(' ')];
    case 'same':
    case 'none':
      return [look];
  }
}

/** Commands that run the rollback scripts of a service, newest first. */
export function migrationByHand(input: {
  readonly scripts: readonly MigrationScript[];
  readonly url: string;
  readonly repository: string;
  readonly commit: string;
}): string[] {
  const database = shellWord(input.url);
  return [...input.scripts]
    .reverse()
    .flatMap(({ name, downPath }) => [
      `git show ${shellWord(`${input.commit}:${downPath}`)} | psql ${database} --single-transaction -v ON_ERROR_STOP=1`,
      `psql ${database} -c ${shellWord(`update slipway.migration set state = 'reverted' where name = '${name}'`)}`,
    ]);
}
