import type { Service } from '../../release/project';
import { fillName, readName } from '../../release/ref-names';
import type { Workspace } from '../repository';

/** Every ref of a remote, and the object that it names. */
export type Refs = ReadonlyMap<string, string>;

/** One thing that a release does to a ref, as it would be tried: no real release has such a version. */
export interface Act {
  /** Who does what, for people. */
  readonly name: string;
  readonly ref: string;
  /** null = absent. */
  readonly from: string | null;
  readonly to: string | null;
  /** The branch goes to a commit that is no descendant. */
  readonly force: boolean;
}

/** What is said of a branch that is set back by force. */
export function wayBackName(service: string, branch: string): string {
  return `${service}: way back of branch ${branch} by force`;
}

interface Ground {
  readonly workspace: Workspace;
  readonly refs: Refs;
  /** The trunk's commit. */
  readonly head: string;
  /** The fence's ref. */
  readonly fence: string;
}

/** A version that nobody releases. */
const trialVersion = '0.0.0-slipway-doctor';

/** What a release of these services does to the refs of their repository, on its way there and back. */
export async function actsOf(services: readonly Service[], ground: Ground): Promise<Act[]> {
  const { refs, head, fence: ref } = ground;
  const fence: Act = { name: `fence ${ref}`, ref, from: refs.get(ref) ?? null, to: head, force: true };
  const others = await Promise.all(services.map((service) => pointerActs(service, ground)));
  // A ref that is as the act would leave it tells nothing: nothing would be sent for it.
  return [fence, ...others.flat()].filter(({ from, to }) => from !== to);
}

async function pointerActs(service: Service, ground: Ground): Promise<Act[]> {
  const { pointer } = service;
  return pointer.kind === 'tag' ? tagActs(service.name, pointer, ground) : branchActs(service.name, pointer, ground);
}

type TagPointer = Extract<Service['pointer'], { kind: 'tag' }>;
type BranchPointer = Extract<Service['pointer'], { kind: 'branch' }>;

function tagActs(service: string, { name, undo }: TagPointer, { refs, head }: Ground): Act[] {
  const making = (title: string, tag: string): Act => {
    const ref = `refs/tags/${tag}`;
    return { name: `${service}: ${title} ${tag}`, ref, from: refs.get(ref) ?? null, to: head, force: false };
  };
  const acts = [making('making tag', fillName(name, { version: trialVersion }))];
  if (undo.by === 'new-tag') {
    acts.push(making('way back by tag', fillName(undo.name, { previous: trialVersion, n: 1 })));
  }
  const deletes = undo.by === 'delete' || ('deleteBadTag' in undo && undo.deleteBadTag);
  const newest = deletes ? tagLike(name, refs) : undefined;
  if (newest) {
    const from = refs.get(newest) ?? null;
    acts.push({ name: `${service}: deleting tag ${newest.slice(10)}`, ref: newest, from, to: null, force: false });
  }
  return acts;
}

/** A tag that is there already, as the pointer would make it: only of such can be told whether it may be deleted. */
function tagLike(pattern: string, refs: Refs): string | undefined {
  const tags = [...refs.keys()].filter((ref) => ref.startsWith('refs/tags/') && !ref.endsWith('^{}'));
  return tags.filter((ref) => readName(pattern, 'version', ref.slice(10)) !== undefined).at(-1);
}

async function branchActs(service: string, { name, undo }: BranchPointer, ground: Ground): Promise<Act[]> {
  const ref = `refs/heads/${name}`;
  const from = ground.refs.get(ref) ?? null;
  const forward = { name: `${service}: moving branch ${name}`, ref, from, to: ground.head, force: false };
  if (undo.by !== 'force' || from === null) return [forward];
  const parent = await ground.workspace.local(['rev-parse', '--verify', '--quiet', '--end-of-options', `${from}^`]);
  if (parent.code !== 0) return [forward];
  const back = {
    name: wayBackName(service, name),
    ref,
    from,
    to: parent.stdout.trim(),
    force: true,
  };
  return [forward, back];
}
