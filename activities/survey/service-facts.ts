/** What can be found out about one service before a release: repository, what is live, pointer, database. */
import { troubleOf } from '../../release/check-result';
import { resolveReferences } from '../../release/env-references';
import type { Finding, LiveFact, ServiceFacts } from '../../release/facts';
import type { Service, VersionSource } from '../../release/project';
import { readLiveForPlan } from '../checks/read-live';
import { checkAll } from '../checks/check-all';
import { surveyDatabase } from '../database/survey-database';
import { remoteFinding, withRules } from '../github/judge';
import { GitHubRepository } from '../github/repository';
import { branchesToPlan, planFetched } from '../pointers/plan-pointer';
import type { PointerPlan } from '../pointers/pointer-kind';
import { REMOTE } from '../repository/git';
import { commitsBetween, contributorsBetween, isAncestor, relationTo } from '../repository/history';
import { checkPush } from '../repository/push-check';
import { readFolder, type RepositoryFile } from '../repository/read-files';
import { resolveVersion } from '../repository/resolve-version';
import type { Workspace } from '../repository/workspace';
import { withWorkspace } from '../repository/open-workspace';
import type { Attempt, Surroundings } from '../surroundings';
import { knownFinding, knownScripts, leavesFinding, previousOf, schemaThatStays, wayOf } from './going-back';
import { commitOfTag, lookAtGitHub, versionRefOf, type GitHubLook } from './github-look';
import { liveFact } from './live-fact';
import type { ServiceQuestion } from './service-question';

interface RepositoryLook {
  readonly facts: Pick<
    ServiceFacts,
    'commit' | 'trunk' | 'onTrunk' | 'live' | 'relation' | 'commits' | 'contributors' | 'remote'
  >;
  readonly pointer: PointerPlan;
  readonly scripts: readonly RepositoryFile[];
  /** rollback: the migrations of what is left, and of the trunk. */
  readonly migrations: readonly (readonly RepositoryFile[])[];
  readonly leaves?: Finding;
}

/**
 * Gathers the facts of one service. Fails if there is no answer without which nothing can be planned: the version is
 * unknown, or the remote does not answer or refuses our credentials.
 */
export async function surveyService(
  question: ServiceQuestion,
  surroundings: Surroundings,
  attempt: Attempt,
): Promise<ServiceFacts> {
  const { service } = question;
  const reading = readLiveForPlan({ probe: service.live }, surroundings, attempt);
  const health = checkAll(service.smoke, surroundings, attempt);
  // Both are awaited below; until then a failure of the repository must not leave them unhandled.
  reading.catch(() => undefined);
  health.catch(() => undefined);
  const repository = surveyRepository(question, reading, surroundings, attempt);
  const files = repository.then(({ scripts }) => scripts);
  const lookAtDatabase = ({ url }: NonNullable<Service['database']>) =>
    surveyDatabase({ service: service.name, url, files }, surroundings, attempt);
  const databaseLook = service.database ? lookAtDatabase(service.database) : undefined;
  await Promise.allSettled([repository, files, databaseLook]);
  const [{ facts, pointer, migrations, leaves }, database, results] = await Promise.all([
    repository,
    databaseLook,
    health,
  ]);
  return {
    service: service.name,
    ...facts,
    ...pointer,
    ...(database ? { database } : {}),
    healthy: healthOf(facts.live, results),
    ...(leaves && { leaves, known: knownFinding(question, facts.relation) }),
    ...(leaves && database && (await schemaThatStays(database, migrations))),
    ...(question.kind === 'redeploy' && { again: true as const }),
  };
}

function surveyRepository(
  question: ServiceQuestion,
  reading: ReturnType<typeof readLiveForPlan>,
  surroundings: Surroundings,
  attempt: Attempt,
): Promise<RepositoryLook> {
  const { release, service, versions } = question;
  const { lookup, workspaces } = surroundings;
  const { signal } = attempt;
  const where = `service ${service.name}, repository.url`;
  const url = resolveReferences(service.repository.url, lookup, where);
  const { trunk } = service.repository;
  // Only a manifest needs the folders of every commit; those of one commit come when they are read. And the moves of
  // pointers work in this same workspace: nothing has to be fetched again for them.
  const depth = question.commit === null && versions.kind === 'manifest' ? 'trees' : 'history';
  const github = GitHubRepository.of(service.repository, lookup, signal);
  return withWorkspace({ parent: workspaces, url, depth, signal, github }, async (workspace) => {
    const look = await lookFetching(workspace, question);
    const head = await headOf(workspace, look, trunk);
    const commit = await commitOf(workspace, question, look);
    // What needs no word of what is live does not wait for it.
    const early = Promise.all([
      remoteOf(workspace, look, commit),
      service.database ? readFolder(workspace, commit, service.database.migrations) : [],
    ]);
    early.catch(() => undefined);
    const live = await liveFact(workspace, service, versions, await reading);
    const previous = previousOf(question, live);
    const from = previous?.commit ?? null;
    const isUnknown = live.state === 'unknown' && previous === null;
    const [onTrunk, relation, commits, contributors, pointer, [remote, scripts], migrations] = await Promise.all([
      trunkFinding(workspace, commit, head, trunk),
      isUnknown ? ('unknown' as const) : relationTo(workspace, from, commit),
      commitsBetween(workspace, from, commit),
      contributorsBetween(workspace, from, commit),
      planFetched(workspace, { release, service, commit, previous, ...wayOf(question) }, surroundings, attempt),
      early,
      question.kind === 'rollback' ? knownScripts(workspace, service, [from, head]) : [],
    ]);
    const leaves = question.kind === 'rollback' && (await leavesFinding(workspace, question, live, commit));
    const facts = { commit, trunk: { name: trunk, head }, onTrunk, live, relation, commits, contributors, remote };
    return {
      facts,
      pointer: look && 'facts' in look ? withRules(pointer, look.facts) : pointer,
      scripts,
      migrations,
      ...(leaves && { leaves }),
    };
  });
}

/** Fetches, and asks GitHub where the repository is there: what its API says of a failure says more than git does. */
async function lookFetching(workspace: Workspace, question: ServiceQuestion): Promise<GitHubLook | undefined> {
  const { service, versions, commit, release } = question;
  const ref = commit === null ? versionRefOf(versions, release.version) : undefined;
  const look = workspace.github && lookAtGitHub(workspace.github, service, ref);
  const fetched = workspace.fetch(branchesToPlan(service));
  await Promise.allSettled([look, fetched]);
  const found = await look;
  // Git cannot even fetch some tags that are none of a commit: say what is wrong before it does.
  if (found && ref !== undefined) commitOfTag(found, ref, service.name);
  await fetched;
  return found;
}

async function headOf(workspace: Workspace, look: GitHubLook | undefined, trunk: string): Promise<string> {
  const ref = `refs/heads/${trunk}`;
  const head = look && 'facts' in look ? look.facts.refs.get(ref)?.target : await workspace.ref(ref);
  return head ?? '';
}

async function remoteOf(workspace: Workspace, look: GitHubLook | undefined, commit: string): Promise<Finding> {
  if (workspace.github && look && 'facts' in look) return remoteFinding(workspace.github, look.facts, look.writes);
  const finding = await checkPush(workspace, commit);
  if (!look || 'facts' in look) return finding;
  const words = `its API is closed to us (${look.closed}), so git does it all and its rules cannot be seen`;
  return { ...finding, detail: `${finding.detail}; ${words}` };
}

async function commitOf(
  workspace: Workspace,
  { service, versions, release, ...question }: ServiceQuestion,
  look: GitHubLook | undefined,
): Promise<string> {
  const { trunk } = service.repository;
  const commit = question.goal?.to?.commit ?? question.commit;
  const source: VersionSource = commit ? { kind: 'commit' } : versions;
  const ref = versionRefOf(source, release.version);
  const tagged = look && ref !== undefined ? commitOfTag(look, ref, service.name) : undefined;
  if (tagged !== undefined) return tagged;
  return resolveVersion(workspace, { service: service.name, version: commit ?? release.version, source, trunk });
}

async function trunkFinding(workspace: Workspace, commit: string, head: string, trunk: string): Promise<Finding> {
  if (!head) return { verdict: 'failed', detail: `the remote has no branch ${trunk}${await otherTrunk(workspace)}` };
  const onTrunk = commit === head || (await isAncestor(workspace, commit, head));
  if (onTrunk === undefined)
    return {
      verdict: 'unknown',
      detail: `${commit.slice(0, 10)} could not be compared with ${trunk}${await why(workspace)}`,
    };
  return onTrunk
    ? { verdict: 'passed', detail: `${commit.slice(0, 10)} is on ${trunk}` }
    : { verdict: 'failed', detail: `${commit.slice(0, 10)} is not on ${trunk}: merge it first` };
}

/** Where the trunk may have gone: what the remote calls its default branch. */
async function otherTrunk(workspace: Workspace): Promise<string> {
  const { stdout } = await workspace.remote(['ls-remote', '--symref', REMOTE, 'HEAD']);
  const name = /^ref: refs\/heads\/(.+)\tHEAD$/m.exec(stdout)?.[1];
  return name === undefined ? '' : `: its default branch is ${name}; if the trunk was renamed, say so in slipway.yaml`;
}

async function why(workspace: Workspace): Promise<string> {
  return (await workspace.isShallow()) ? ': the remote’s history is shallow; run git fetch --unshallow there' : '';
}

function healthOf(live: LiveFact, results: Awaited<ReturnType<typeof checkAll>>): Finding {
  if (live.state !== 'live') return { verdict: live.state === 'nothing' ? 'passed' : 'unknown', detail: live.detail };
  const trouble = troubleOf(results);
  if (trouble) return trouble;
  return { verdict: 'passed', detail: `${live.version} is live, ${passing(results.length)}` };
}

const passing = (count: number): string =>
  count === 0 ? 'without smoke checks' : count === 1 ? 'its smoke check passes' : `its ${count} smoke checks pass`;
