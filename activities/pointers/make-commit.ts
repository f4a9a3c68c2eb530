import type { Workspace } from '../repository';

/** Writes a commit object with this text; returns its id, the same each time. Its tree need not be here. */
export async function makeCommit(workspace: Workspace, text: string): Promise<string> {
  const { stdout } = await workspace.localOutput(['hash-object', '-t', 'commit', '-w', '--stdin'], { input: text });
  return stdout.trim();
}
