import { parseFence, serialiseFence, type FenceValue } from '../../release/fence';
import type { SeenFence } from '../../release/fence-rules';
import { formatTag } from '../../release/git-objects';
import type { RefHost } from '../repository';

/**
 * Fences by object id. An id is a digest of the text, so what is here is always right; it saves a fetch for every
 * fence that this process wrote or read before.
 */
const known = new Map<string, SeenFence>();
const remembered = 1_000;

/** The fence that the object `id` holds; undefined = the ref no longer names that object. */
export async function readFence(host: RefHost, ref: string, id: string): Promise<SeenFence | undefined> {
  const before = known.get(id);
  if (before) return before;
  const message = await host.tagMessage(ref, id);
  if (message === undefined) return undefined;
  const value = parseFence(message ?? '');
  return remember(id, value ? { state: 'seen', value } : { state: 'unreadable' });
}

/** Makes the object of `value`, on a commit that the remote has; returns its id, the same each time. */
export async function makeFence(host: RefHost, value: FenceValue, commit: string): Promise<string> {
  const text = formatTag({ name: 'slipway-fence', commit, at: value.since, message: serialiseFence(value) });
  const id = await host.tagObject(text);
  remember(id, { state: 'seen', value });
  return id;
}

function remember(id: string, fence: SeenFence): SeenFence {
  const oldest = known.size >= remembered ? known.keys().next().value : undefined;
  if (oldest !== undefined) known.delete(oldest);
  known.set(id, fence);
  return fence;
}
