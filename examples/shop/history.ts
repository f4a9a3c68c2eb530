import { git } from './git';

/** The people who work on the shop. */
export const people = ['ada', 'grace', 'linus', 'barbara'] as const;
export type Person = (typeof people)[number];

/** One commit to make. */
export interface Change {
  readonly author: Person;
  readonly subject: string;
  /** Path → contents; null deletes the file. */
  readonly files: Readonly<Record<string, string | null>>;
  /** The version that this commit is: it gets the annotated tag `release/v{version}`. */
  readonly version?: string;
}

/** A ref to make, next to commits: light, or with a message an annotated tag. */
export interface NewRef {
  readonly name: string;
  /** Anything that git resolves to a commit once the changes are there, such as `refs/tags/release/v1.0.0`. */
  readonly target: string;
  readonly message?: string;
}

/** The tag that marks a version's commit. */
export const versionTag = (version: string): string => `release/v${version}`;

/**
 * Adds commits to a branch of a bare repository, as one `git fast-import`, and returns their ids, oldest first.
 * Names and dates are fixed, so the same changes on the same commit have the same ids everywhere.
 */
export async function addCommits(repository: string, branch: string, changes: readonly Change[]): Promise<string[]> {
  const start = await commitsOf(repository, branch);
  const stream = changes.map((change, index) => {
    const number = start.length + index;
    const from = number === 0 ? '' : index === 0 ? `from ${start.at(-1)}\n` : `from :${index}\n`;
    return commit(branch, change, number, index + 1, from) + (change.version ? tag(change, number, index + 1) : '');
  });
  const ids = changes.map((_, index) => `get-mark :${index + 1}\n`);
  const said = await git(['-c', 'core.hooksPath=/dev/null', 'fast-import', '--quiet', '--date-format=raw'], {
    folder: repository,
    input: `${stream.join('')}${ids.join('')}done\n`,
  });
  return said.split('\n').filter(Boolean);
}

/** Makes refs without anybody hearing of it, as if they had always been there. */
export async function addRefs(repository: string, refs: readonly NewRef[]): Promise<void> {
  const targets = refs.map(({ target }) => `${target}^{commit}`);
  const commits = (await git(['rev-parse', ...targets], { folder: repository })).split('\n');
  let input = '';
  for (const [index, { name, message }] of refs.entries()) {
    const commitId = commits[index]!;
    const id = message === undefined ? commitId : await makeTag(repository, name, commitId, message);
    input += `update ${name} ${id}\n`;
  }
  await git(['-c', 'core.hooksPath=/dev/null', 'update-ref', '--stdin'], { folder: repository, input });
}

/** The ids of a branch's commits along its first parents, oldest first; none if the branch is not there. */
async function commitsOf(repository: string, branch: string): Promise<string[]> {
  const known = await git(['for-each-ref', '--format=%(refname)', branch], { folder: repository });
  if (known === '') return [];
  return (await git(['rev-list', '--reverse', '--first-parent', branch], { folder: repository })).split('\n');
}

function commit(branch: string, change: Change, number: number, mark: number, from: string): string {
  const files = Object.entries(change.files).map(([path, contents]) =>
    contents === null ? `D ${path}\n` : `M 100644 inline ${path}\n${data(contents)}`,
  );
  const head = `commit ${branch}\nmark :${mark}\ncommitter ${identity(change.author, number)}\n`;
  return `${head}${data(change.subject)}${from}${files.join('')}\n`;
}

function tag({ author, version = '' }: Change, number: number, mark: number): string {
  return `tag ${versionTag(version)}\nfrom :${mark}\ntagger ${identity(author, number)}\n${data(`Version ${version}\n`)}`;
}

function makeTag(repository: string, name: string, commitId: string, message: string): Promise<string> {
  const short = name.replace(/^refs\/tags\//, '');
  const input = `object ${commitId}\ntype commit\ntag ${short}\ntagger ${identity('ada', 0)}\n\n${message}\n`;
  return git(['mktag'], { folder: repository, input });
}

/** Somebody, one hour of the first days of 2026 after the other. */
function identity(person: Person, hour: number): string {
  const name = person.charAt(0).toUpperCase() + person.slice(1);
  return `${name} <${person}@shop.example> ${1_767_603_600 + hour * 3600} +0000`;
}

/** Fast-import counts bytes, not letters. */
function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
