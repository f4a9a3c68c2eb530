import { SlipwayError } from '../../release/errors';
import { parseFence, serialiseFence, type FenceValue } from '../../release/fence';
import type { SeenFence } from '../../release/fence-rules';
import { formatTag, parseTag } from '../../release/git-objects';
import type { Workspace } from '../repository';

/**
 * Fences by object id. An id is a digest of the text, so what is here is always right; it saves a fetch for every
 * fence that this process wrote or read before.
 */
const known = new Map<string, SeenFence>();
const remembered = 1_000;

/** The fence that the object `id` holds, fetched if need be; undefined = the ref no longer names that object. */
export async function readFence(workspace: Workspace, ref: string, id: string): Promise<SeenFence | undefined> {
  const before = known.get(id);
  if (before) return before;
  if (!(await workspace.has([id]))) await workspace.fetchRef(ref);
  if (!(await workspace.has([id]))) return undefined;
  const { code, stdout } = await workspace.local(['cat-file', 'tag', id]);
  const value = code === 0 ? parseFence(parseTag(stdout)?.message ?? '') : undefined;
  return remember(id, value ? { state: 'seen', value } : { state: 'unreadable' });
}

/** Makes the object of `value`, on a commit that is in the workspace; returns its id, the same each time. */
export async function makeFence(workspace: Workspace, value: FenceValue, commit: string): Promise<string> {
  const text = formatTag({ name: 'slipway-fence', commit, at: value.since, message: serialiseFence(value) });
  const id = await makeTag(workspace, text);
  remember(id, { state: 'seen', value });
  return id;
}

/** Writes a tag object with this text, unless it is here already; returns its id. */
export async function makeTag(workspace: Workspace, text: string): Promise<string> {
  let problem = '';
  const id = await workspace.known(`tag ${text}`, async () => {
    const made = await workspace.local(['mktag'], { input: text });
    problem = made.stderr.trim().slice(0, 300);
    return made.code === 0 ? made.stdout.trim() : undefined;
  });
  if (id !== undefined) return id;
  throw new SlipwayError('INTERNAL', { detail: `git mktag: ${problem}` });
}

function remember(id: string, fence: SeenFence): SeenFence {
  const oldest = known.size >= remembered ? known.keys().next().value : undefined;
  if (oldest !== undefined) known.delete(oldest);
  known.set(id, fence);
  return fence;
}
