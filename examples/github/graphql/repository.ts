/** A repository and its refs as GraphQL shows them. */
import type { Context } from '../call-context';
import type { Refs } from '../refs';
import { resolveCommit, resolveRevision } from '../revisions';
import { viewerPermission } from '../roles';
import { activeRules, protectionOf, whatHolds } from '../rules';
import { fullName, nodeId, type Repository } from '../world';
import { objectValue } from './objects';
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
    requiresLinearHistory: false,
    requiresSignatures: rule.signatures,
    viewerAllowedToDismissReviews: actor.role === 'admin',
    viewerCanPush: actor.role !== 'read' && whatHolds({ ...repository, rulesets: [] }, actor, change) === null,
  };
}
