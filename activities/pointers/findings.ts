/** What every pointer kind says of its moves in the same words. */
import type { Finding } from '../../release/facts';
import { shortId } from '../../release/identity';
import type { PreviousTarget } from '../../release/pointer-move';
import { hasProgram } from './undo-command';

export const passed = (detail: string): Finding => ({ verdict: 'passed', detail });
export const failed = (detail: string): Finding => ({ verdict: 'failed', detail });

/** Whether the program that a move or its undo needs is on this worker; `words` say what it does there. */
export async function programFinding(argv: readonly string[], words = 'does it'): Promise<Finding> {
  const [file = ''] = argv;
  return (await hasProgram(argv))
    ? passed(`${file} ${words}; it is on this worker`)
    : failed(`this worker has no program ${file}`);
}

/** How a rollback is taken back: by the means that it uses itself. */
export function backAgain(previous: PreviousTarget | null): Finding {
  return previous === null
    ? failed('it is not known what ran before, so this rollback could not be taken back')
    : passed(`should this fail, ${previous.version} (${shortId(previous.commit)}) comes back by the same means`);
}

/** A pointer whose configured undo is `none`, where a way back to an earlier version is asked for. */
export const forwardOnly: Finding = failed(
  'its undo is "none": it is forward-only, and there is no way back to an earlier version',
);
