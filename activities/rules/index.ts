import { resolveReferences } from '../../release/env-references';
import { SlipwayError, errorTable } from '../../release/errors';
import type { Project, Service, VersionSource } from '../../release/project';
import type { RulesOrigin, RulesPlace, RulesQuestion, RulesReading } from '../../release/rules-origin';
import { GitHubRepository } from '../github/repository';
import { readFile } from '../repository/read-files';
import { resolveVersion } from '../repository/resolve-version';
import { withWorkspace, type Workspace } from '../repository/workspace';
import type { Attempt, Surroundings } from '../surroundings';

/** The rules of an environment, from a commit that people protect. */
export function createRulesActivities(surroundings: Surroundings) {
  return {
    /**
     * Reads the rules at the head of their branch. Where the commits that are to be released change that very file, it
     * is read as what is live has it, so that no change relaxes the rules for itself. Fails with RULES_MISSING,
     * RULES_FOREIGN, CONFIG_INVALID or ENVIRONMENT_UNKNOWN if there are no such rules, and as any look at a remote does.
     */
    async readRules(input: RulesQuestion, attempt: Attempt): Promise<RulesReading> {
      const { place } = input;
      return inRepository(place.repository, 'history', { surroundings, attempt }, async (workspace) => {
        const { branch } = place;
        await workspace.fetch([branch]);
        const head = await workspace.ref(`refs/heads/${branch}`);
        if (head === undefined) {
          throw missing(place, `there is no branch ${branch} at ${workspace.shownUrl}`);
        }
        const text = await readFile(workspace, head, place.file);
        if (!text) throw missing(place, `${branch} of ${workspace.shownUrl} has no such file at ${head.slice(0, 10)}`);
        const newest = parse(input, text, head, surroundings);
        const older = await olderRules({ input, workspace, head, text, newest }, surroundings, attempt);
        const project = older ? parse(input, older.text, older.commit, surroundings) : newest;
        const { file } = place;
        const origin: RulesOrigin = {
          repository: place.repository.url,
          branch,
          file,
          commit: older?.commit ?? head,
          ...(older && { heldBack: older.why }),
        };
        return { project: only(project, input.environment), origin, place: project.rules ?? null };
      });
    },
  };
}

interface Compared {
  readonly input: RulesQuestion;
  readonly workspace: Workspace;
  readonly head: string;
  readonly text: Buffer;
  readonly newest: Project;
}

/** The rules that what is live has, if the release itself would bring those at the head; undefined = it does not. */
async function olderRules(
  { input, workspace, head, text, newest }: Compared,
  surroundings: Surroundings,
  attempt: Attempt,
): Promise<{ readonly commit: string; readonly text: Buffer; readonly why: string } | undefined> {
  const { place, live } = input;
  for (const service of Object.values(newest.services)) {
    const before = live[service.name];
    if (!before || urlOf(service.repository, surroundings) !== workspace.url) continue;
    if (!(await workspace.history.hasCommits([before]))) continue;
    const old = await readFile(workspace, before, place.file);
    // Rules that have never been live hold nobody back.
    if (!old || old.equals(text)) continue;
    const commit = await commitOf(service, input, newest.versions, surroundings, attempt);
    if (commit === undefined || commit === before) continue;
    const brings = await readFile(workspace, commit, place.file);
    const isPartOfIt = brings && !brings.equals(old) && (await workspace.history.isAncestor(commit, head)) !== false;
    if (!isPartOfIt) continue;
    const why = `newer rules are part of what is released, and count for the next release`;
    return { commit: before, text: old, why };
  }
  return undefined;
}

/** What would be released of a service; undefined = that cannot be told here, and the survey says why. */
async function commitOf(
  service: Service,
  { commit, version }: RulesQuestion,
  versions: VersionSource,
  surroundings: Surroundings,
  attempt: Attempt,
): Promise<string | undefined> {
  const source = commit === null ? versions : ({ kind: 'commit' } as const);
  const depth = source.kind === 'manifest' ? 'trees' : 'history';
  try {
    return await inRepository(service.repository, depth, { surroundings, attempt }, async (workspace) => {
      const { trunk } = service.repository;
      await workspace.fetch([trunk]);
      return resolveVersion(workspace, { service: service.name, version: commit ?? version, source, trunk });
    });
  } catch (error) {
    if (error instanceof SlipwayError && !errorTable[error.code].retryable) return undefined;
    throw error;
  }
}

function inRepository<T>(
  repository: RulesPlace['repository'],
  depth: 'history' | 'trees',
  { surroundings, attempt }: { readonly surroundings: Surroundings; readonly attempt: Attempt },
  action: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const { lookup, workspaces: parent } = surroundings;
  const { signal } = attempt;
  const github = GitHubRepository.of(repository, lookup, signal);
  const url = urlOf(repository, surroundings);
  return withWorkspace({ parent, url, depth, signal, github }, action);
}

const urlOf = ({ url }: RulesPlace['repository'], { lookup }: Surroundings): string =>
  resolveReferences(url, lookup, 'rules.repository.url');

function parse(
  { place, project: name, environment }: RulesQuestion,
  text: Buffer,
  commit: string,
  { parseProject }: Surroundings,
): Project {
  const file = `${place.file} (${place.branch} at ${commit.slice(0, 10)})`;
  const project = parseProject(text.toString('utf8'), { file, folder: place.folder });
  if (project.name !== name) throw new SlipwayError('RULES_FOREIGN', { file, name: project.name, project: name });
  if (!Object.hasOwn(project.environments, environment)) {
    const known = Object.keys(project.environments).join(', ');
    throw new SlipwayError('ENVIRONMENT_UNKNOWN', { name: environment, file, known });
  }
  return project;
}

const missing = ({ file }: RulesPlace, detail: string): SlipwayError =>
  new SlipwayError('RULES_MISSING', { file, detail });

const only = (project: Project, environment: string): Project => ({
  ...project,
  environments: { [environment]: project.environments[environment]! },
  triggers: [],
});
