/** Commits, tags, trees and files as GraphQL shows them, and the pull requests that brought a commit. */
import type { Context } from '../call-context';
import { gitLines, parseTag, readCommit, readObject, type CommitData, type Signature } from '../git-objects';
import { fullName, nodeId, type PullRequest, type Repository } from '../world';
import { userValue } from './people';
import { connection, type Value } from './resolving';

type Args = Parameters<typeof connection>[1];

/** Any object by its name in git's language. */
export async function objectValue(context: Context, repository: Repository, name: string): Promise<Value | null> {
  const object = await readObject(repository.folder, name);
  if (!object) return null;
  const { oid, type } = object;
  const common = { oid, abbreviatedOid: oid.slice(0, 7) };
  if (type === 'commit') {
    const commit = await readCommit(repository.folder, oid);
    return commit && { ...common, ...commitFields(context, repository, commit) };
  }
  if (type === 'tag') {
    const tag = parseTag(object);
    return {
      ...common,
      __typename: 'Tag',
      id: nodeId('TA', repository.id, oid),
      name: tag.name,
      message: tag.message,
      tagger: actorValue(context, tag.tagger),
      target: () => objectValue(context, repository, tag.object),
    };
  }
  if (type === 'tree') return { ...common, __typename: 'Tree', id: nodeId('T', repository.id, oid) };
  const isBinary = object.body.includes(0);
  return {
    ...common,
    __typename: 'Blob',
    id: nodeId('B', repository.id, oid),
    byteSize: object.body.length,
    isBinary,
    text: isBinary ? null : object.body.toString(),
  };
}

function commitFields(context: Context, repository: Repository, commit: CommitData): Value {
  const { message, oid } = commit;
  const [headline = '', ...body] = message.split('\n');
  const many = (ids: readonly string[]) => ids.map((id) => objectValue(context, repository, id));
  const pulls = repository.pullRequests.filter(
    ({ commits, mergeCommit }) => commits.includes(oid) || mergeCommit === oid,
  );
  return {
    __typename: 'Commit',
    id: nodeId('C', repository.id, oid),
    url: `${context.world.url}/${fullName(repository)}/commit/${oid}`,
    message,
    messageHeadline: headline,
    messageBody: body.join('\n').trim(),
    authoredDate: commit.author.date,
    committedDate: commit.committer.date,
    author: actorValue(context, commit.author),
    committer: actorValue(context, commit.committer),
    authors: (args: Args) =>
      connection(
        [commit.author, ...coAuthors(commit)].map((actor) => actorValue(context, actor)),
        args,
        'authors',
      ),
    tree: () => objectValue(context, repository, commit.tree),
    parents: (args: Args) => connection(many(commit.parents), args, 'parents'),
    history: async (args: Args) =>
      connection(many(await gitLines(repository.folder, ['rev-list', oid])), args, 'history'),
    associatedPullRequests: (args: Args) =>
      connection(
        pulls.map((pull) => pullRequestValue(context, repository, pull)),
        args,
        'associatedPullRequests',
      ),
  };
}

/** Those whom the last lines of a commit's message name. */
function coAuthors({ message, author }: CommitData): Signature[] {
  return [...message.matchAll(/^co-authored-by:\s*(.*?)\s*<([^<>]+)>\s*$/gim)].map(([, name = '', email = '']) => ({
    ...author,
    name,
    email,
  }));
}

function actorValue({ world }: Context, { name, email, date }: Signature) {
  const user = world.userByEmail(email);
  return { __typename: 'GitActor', name, email, date, user: user ? userValue(world, user.login) : null };
}

function pullRequestValue(context: Context, repository: Repository, pull: PullRequest): Value {
  const url = `${context.world.url}/${fullName(repository)}/pull/${pull.number}`;
  return {
    __typename: 'PullRequest',
    id: nodeId('PR', repository.id, pull.number),
    number: pull.number,
    title: pull.title,
    url,
    permalink: url,
    state: pull.mergedAt ? 'MERGED' : pull.state.toUpperCase(),
    merged: pull.mergedAt !== null,
    mergedAt: pull.mergedAt,
    baseRefName: pull.base,
    author: userValue(context.world, pull.author),
    mergedBy: pull.mergedBy === null ? null : userValue(context.world, pull.mergedBy),
    mergeCommit: () => (pull.mergeCommit ? objectValue(context, repository, pull.mergeCommit) : null),
  };
}
