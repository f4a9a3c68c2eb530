import { SlipwayError } from '../../release/errors';
import type { Repository } from '../../release/project';
import { longestTag } from '../../release/request-tag';
import { withFetched, type Workspace } from '../repository';
import type { Attempt, Surroundings } from '../surroundings';

/** What an annotated tag says, and where the commit lies that it names. */
export interface TagObject {
  /** Without the worker's secrets; null = too large to be read. */
  readonly text: string | null;
  readonly isOnTrunk: boolean;
}

/**
 * Reads tag objects that a remote has just listed, with the trunk as it is now. One that is no longer there is not in
 * the result. Fails as every look at a remote does, with TRUNK_MISSING if it has no such branch.
 */
export function readTagObjects(
  context: { readonly surroundings: Surroundings; readonly repository: Repository; readonly attempt: Attempt },
  objects: readonly string[],
): Promise<Map<string, TagObject>> {
  if (objects.length === 0) return Promise.resolve(new Map<string, TagObject>());
  const { trunk } = context.repository;
  return withFetched(context, async (workspace) => {
    const head = await workspace.ref(`refs/heads/${trunk}`);
    if (head === undefined) throw new SlipwayError('TRUNK_MISSING', { url: workspace.shownUrl, trunk });
    // All of them by one process each: a thousand tags may have come at once.
    const merged = await workspace.localOutput([
      'for-each-ref',
      `--merged=${head}`,
      '--format=%(objectname)',
      'refs/tags',
    ]);
    // People have pushed worse than a password in a message.
    const shown = (text: string | undefined) => (text === undefined ? null : context.surroundings.redact(text));
    const onTrunk = new Set(merged.stdout.split('\n'));
    const sizes = await sizesOf(workspace, objects);
    const texts = await textsOf(
      workspace,
      [...sizes].flatMap(([id, size]) => (size <= longestTag ? [id] : [])),
    );
    return new Map(
      [...sizes.keys()].map((id) => [id, { text: shown(texts.get(id)), isOnTrunk: onTrunk.has(id) }] as const),
    );
  });
}

/** Bytes of each tag object that is here. */
async function sizesOf(workspace: Workspace, objects: readonly string[]): Promise<Map<string, number>> {
  const present = new Set([...(await workspace.refs()).values()].map(({ object }) => object));
  const here = objects.filter((id) => present.has(id));
  if (here.length === 0) return new Map();
  const { stdout } = await workspace.localOutput(['cat-file', '--batch-check'], { input: lines(here) });
  return new Map(
    stdout.split('\n').flatMap((line) => {
      const match = /^([0-9a-f]+) tag (\d+)$/.exec(line);
      return match ? [[match[1] ?? '', Number(match[2])] as const] : [];
    }),
  );
}

/** How many objects one process prints: none is larger than a request may be, and all of them must fit. */
const readAtOnce = 500;

async function textsOf(workspace: Workspace, objects: readonly string[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (let from = 0; from < objects.length; from += readAtOnce) {
    const input = lines(objects.slice(from, from + readAtOnce));
    const { bytes } = await workspace.localOutput(['cat-file', '--batch'], { input });
    // `<id> tag <size>`, a newline, the bytes, a newline.
    for (let at = 0; at < bytes.length;) {
      const end = bytes.indexOf(10, at);
      const [id = '', , size = ''] = bytes.subarray(at, end).toString().split(' ');
      texts.set(id, bytes.subarray(end + 1, end + 1 + Number(size)).toString());
      at = end + 1 + Number(size) + 1;
    }
  }
  return texts;
}

const lines = (ids: readonly string[]): string => ids.map((id) => `${id}\n`).join('');
