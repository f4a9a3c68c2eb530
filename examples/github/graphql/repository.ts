/** A repository, its refs and its objects as GraphQL shows them. */
import type { Context } from '../call-context';
import { parseTag, readCommit, readObject, type CommitData, gitLines, type Signature } from '../git-objects';
import type { Refs } from '../refs';
import { resolveCommit, resolveRevision } from '../revisions';
import { viewerPermission } from '../roles';
import { activeRules, protectionOf, whatHolds } from '../rules';
import { fullName, nodeId, type PullRequest, type Repository } from '../world';
import { connection, type Value } from './resolving';
import { userValue } from './people';
import { rulesetValue, ruleValue } from './rules';

type Args = Parameters<typeof connection>[1];

export function repositoryValue(context: Context, repository: Repository): Value {
  const { world, actor, refs } = context;
  // One request sees one state of the refs.
  let seen: Promise<Refs> | undefined;
  const look = () => (seen ??= refs.seen(repository));
  return {
    __typename: 'Repository',
    id: nodeId('R', repository.id),
    databaseId: repository.id,
    name: repository.name,
    nameWithOwner: fullName(repository),
    owner: userValue(world, repository.owner),
    url: `${world.url}/${fullName(repository)}`,
    isArchived: repository.archived,
    isDisabled: false,
    isPrivate: repository.visibility === 'private',
    visibility: repository.visibility.toUpperCase(),
    viewerPermission: viewerPermission(actor),
    isEmpty: async () => (await look()).size === 0,
    defaultBranchRef: async () => refValue(context, repository, `refs/heads/${repository.defaultBranch}`, await look()),
    ref: async ({ qualifiedName }: { qualifiedName: string }) => {
      const all = await look();
      const name = [qualifiedName, `refs/heads/${qualifiedName}`, `refs/tags/${qualifiedName}`].find((one) =>
        all.has(one),
      );
      return name ? refValue(context, repository, name, all) : null;
    },
    refs: async (
      args: Args & { refPrefix: string; query?: string; direction?: string; orderBy?: { direction: string } },
    ) => {
      const all = await look();
      const names = [...all.keys()].filter(
        (name) => name.startsWith(args.refPrefix) && name.slice(args.refPrefix.length).includes(args.query ?? ''),
      );
      if ((args.orderBy?.direction ?? args.direction) === 'DESC') names.reverse();
      const values = names.map((name) => refValue(context, repository, name, all, args.refPrefix));
      return connection(values, args, 'refs');
    },
    object: async ({ oid, expression }: { oid?: string; expression?: string }) => {
      if (oid) return objectValue(context, repository, oid);
      const [name = '', path] = (expression ?? '').split(':');
      if (path === undefined) {
        const found = await resolveRevision(repository, await look(), name);
        return found ? objectValue(context, repository, found) : null;
      }
      const commit = await resolveCommit(repository, await look(), name);
      return commit ? objectValue(context, repository, `${commit.oid}:${path}`) : null;
    },
    rulesets: (args: Args & { targets?: string[] }) =>
      connection(
        repository.rulesets
          .filter(({ target }) => !args.targets || args.targets.includes(target.toUpperCase()))
          .map((ruleset) => rulesetValue(ruleset)),
        args,
        'rulesets',
      ),
  };
}

export function refValue(
  context: Context,
  repository: Repository,
  name: string,
  refs: Refs,
  prefix?: string,
): Value | null {
  const state = refs.get(name);
  if (!state) return null;
  const start = prefix ?? /^refs\/[^/]+\//.exec(name)?.[0] ?? 'refs/';
  return {
    __typename: 'Ref',
    id: nodeId('REF', repository.id, name),
    name: name.slice(start.length),
    prefix: start,
    target: () => objectValue(context, repository, state.oid),
    refUpdateRule: () => refUpdateRule(context, repository, name),
    rules: (args: Args) => connection(activeRules(repository, name).map(ruleValue), args, 'rules'),
  };
}

function refUpdateRule({ actor }: Context, repository: Repository, name: string) {
  const rule = protectionOf(repository, name);
  if (!rule) return null;
  const change = { ref: name, before: '1', after: '2', forward: true };
  return {
    pattern: rule.pattern,
    allowsDeletions: rule.allowsDeletions,
    allowsForcePushes: rule.allowsForcePushes,
    blocksCreations: rule.blocksCreations,
    requiredApprovingReviewCount: rule.requiredApprovals,
    requiredStatusCheckContexts: rule.requiredChecks,
    requiresCodeOwnerReviews: false,
    requiresConversationResolution: false,
    requiresLinearHistory: rule.linearHistory,
    requiresSignatures: rule.signatures,
    viewerAllowedToDismissReviews: actor.role === 'admin',
    viewerCanPush: actor.role !== 'read' && whatHolds({ ...repository, rulesets: [] }, actor, change) === null,
  };
}

/** Any object by its name in git's language. */
export async function objectValue(context: Context, repository: Repository, name: string): Promise<Value | null> {
  const object = await readObject(repository.folder, name);
  if (!object) return null;
  const { oid, type } = object;
  const common = { oid, abbreviatedOid: oid.slice(0, 7), repository: () => repositoryValue(context, repository) };
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
    authors: (args: Args) => connection([actorValue(context, commit.author)], args, 'authors'),
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
    mergeCommit: () => (pull.mergeCommit ? objectValue(context, repository, pull.mergeCommit) : null),
  };
}
