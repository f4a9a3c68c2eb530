/**
 * The texts of git objects that Slipway makes: written whole, with dates from the release, so that every attempt at a
 * step makes the same object and "did we make it" is a comparison of ids.
 */

/** Who Slipway's objects are by. */
const identity = 'Slipway <slipway@localhost>';

/** A commit that stands for another one: it has that commit's tree, but lies elsewhere in the history. */
const trailers = { restores: 'Slipway-Restores', carries: 'Slipway-Carries', release: 'Slipway-Release' } as const;

/** Text of an annotated tag of a commit, as `git mktag` takes it. `at`: ISO 8601. */
export function formatTag(tag: { name: string; commit: string; at: string; message: string }): string {
  const tagger = `tagger ${identity} ${gitDate(tag.at)}`;
  return `object ${tag.commit}\ntype commit\ntag ${tag.name}\n${tagger}\n\n${tag.message.trimEnd()}\n`;
}

/** The target and the message of a tag object's text, or undefined if it is none. */
export function parseTag(text: string): { object: string; type: string; message: string } | undefined {
  const match = /^object ([0-9a-f]{40,64})\ntype (\w+)\n/.exec(text);
  if (!match) return undefined;
  return { object: match[1] ?? '', type: match[2] ?? '', message: bodyOf(text) };
}

/** The message of a pointer tag: what was released, and by which release. */
export function releaseMessage(version: string, releaseId: string): string {
  return `Release ${version}\n\n${trailers.release}: ${releaseId}`;
}

/** The message of a tag that brings `previous` back. */
export function rollbackMessage(previous: string, version: string, releaseId: string): string {
  return `Roll back from ${version} to ${previous}\n\n${trailers.release}: ${releaseId}`;
}

/** The message of a tag that has `version`, which runs, built once more. */
export function redeployMessage(version: string, releaseId: string): string {
  return `Redeploy ${version}\n\n${trailers.release}: ${releaseId}`;
}

/** Text of the commit that puts `restores`, with its `tree`, back on top of the bad `head`. */
export function formatRevert(input: {
  tree: string;
  head: string;
  restores: string;
  version: string;
  releaseId: string;
  at: string;
}): string {
  const { tree, head, restores, version, releaseId, at } = input;
  const message = `Roll back ${version}\n\n${trailers.release}: ${releaseId}\n${trailers.restores}: ${restores}`;
  return formatCommit({ tree, parents: [head], at, message });
}

/** Text of the merge commit that carries `commit`, with its `tree`, to a branch that stands on a rollback commit. */
export function formatVehicle(input: {
  tree: string;
  head: string;
  commit: string;
  version: string;
  releaseId: string;
  at: string;
}): string {
  const { tree, head, commit, version, releaseId, at } = input;
  const message = `Release ${version}\n\n${trailers.release}: ${releaseId}\n${trailers.carries}: ${commit}`;
  return formatCommit({ tree, parents: [head, commit], at, message });
}

/** What a commit's text says: its tree, its parents, and the commit that it stands for, if it is one of ours. */
export function parseCommit(
  text: string,
): { tree: string; parents: string[]; standsFor: string | undefined } | undefined {
  const tree = /^tree ([0-9a-f]{40,64})$/m.exec(headOf(text))?.[1];
  if (tree === undefined) return undefined;
  const parents = [...headOf(text).matchAll(/^parent ([0-9a-f]{40,64})$/gm)].map(([, id]) => id ?? '');
  const ours = new RegExp(`^(?:${trailers.restores}|${trailers.carries}): ([0-9a-f]{40,64})$`, 'm');
  return { tree, parents, standsFor: ours.exec(bodyOf(text))?.[1] };
}

function formatCommit(commit: { tree: string; parents: readonly string[]; at: string; message: string }): string {
  const who = `${identity} ${gitDate(commit.at)}`;
  const parents = commit.parents.map((id) => `parent ${id}\n`).join('');
  return `tree ${commit.tree}\n${parents}author ${who}\ncommitter ${who}\n\n${commit.message.trimEnd()}\n`;
}

function gitDate(at: string): string {
  const seconds = Math.floor(Date.parse(at) / 1000);
  if (!Number.isFinite(seconds)) throw new RangeError(`not a date: ${at}`);
  return `${seconds} +0000`;
}

const headOf = (text: string): string => text.slice(0, (text.indexOf('\n\n') + 1 || text.length + 1) - 1);
const bodyOf = (text: string): string => (text.includes('\n\n') ? text.slice(text.indexOf('\n\n') + 2) : '');
