import { SlipwayError, errorTable } from '../../release/errors';
import { onlyEnvironment } from '../../release/one-environment';
import type { Project, Service, VersionSource, RulesPlace } from '../../release/project';
import type { RulesOrigin, RulesQuestion, RulesReading } from '../../release/rules-origin';
import { readFile, repositoryUrl, resolveVersion, withFetched, type Workspace } from '../repository';
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
      const { branch, repository } = place;
      return withFetched({ surroundings, repository, attempt, branches: [branch] }, async (workspace) => {
        const head = await workspace.ref(`refs/heads/${branch}`);
        if (head === undefined) {
          throw missing(place, `there is no branch ${branch} at ${workspace.shownUrl}`);
        }
        const text = await readFile(workspace, head, place.file);
        if (!text) throw missing(place, `${branch} of ${workspace.shownUrl} has no such file at ${head.slice(0, 10)}`);
        const newest = parse(input, text, head, surroundings);
        const older = await olderRules({ input, workspace, head, text, newest }, surroundings, attempt);
        const project = older?.project ?? newest;
        const origin: RulesOrigin = {
          repository: repository.url,
          branch,
          file: place.file,
          commit: older?.project ? older.commit : head,
          ...(older && { remark: older.remark }),
        };
        return { project: onlyEnvironment(project, input.environment)!, origin, place: project.rules ?? null };
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

interface OlderRules {
  readonly commit: string;
  /** Absent = what is live cannot be read any more: waiting for a release that mends it, none would ever come. */
  readonly project?: Project;
  readonly remark: string;
}

/** The rules that what is live has, if the release itself would bring those at the head; undefined = it does not. */
async function olderRules(
  { input, workspace, head, text, newest }: Compared,
  surroundings: Surroundings,
  attempt: Attempt,
): Promise<OlderRules | undefined> {
  const { place, live } = input;
  for (const service of Object.values(newest.services)) {
    const before = live[service.name];
    if (!before || repositoryUrl(surroundings, service.repository) !== workspace.url) continue;
    if (!(await workspace.history.hasCommits([before]))) continue;
    const old = await readFile(workspace, before, place.file);
    // Rules that have never been live hold nobody back.
    if (!old || old.equals(text)) continue;
    const commit = await commitOf(service, input, newest.versions, surroundings, attempt);
    if (commit === undefined || commit === before) continue;
    const brings = await readFile(workspace, commit, place.file);
    const isPartOfIt = brings && !brings.equals(old) && (await workspace.history.isAncestor(commit, head)) !== false;
    if (!isPartOfIt) continue;
    return readOlder(input, old, before, surroundings);
  }
  return undefined;
}

function readOlder(input: RulesQuestion, text: Buffer, commit: string, surroundings: Surroundings): OlderRules {
  try {
    const remark = 'newer rules are part of what is released, and count for the next release';
    return { commit, project: parse(input, text, commit, surroundings), remark };
  } catch (error) {
    if (!(error instanceof SlipwayError) || error.code !== 'CONFIG_INVALID') throw error;
    return {
      commit,
      remark: `they are part of what is released; those that are live, at ${commit.slice(0, 10)}, are no longer valid`,
    };
  }
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
  const { name, repository } = service;
  const depth = source.kind === 'manifest' ? ({ depth: 'trees' } as const) : {};
  try {
    return await withFetched({ surroundings, repository, attempt, ...depth }, (workspace) =>
      resolveVersion(workspace, { service: name, version: commit ?? version, source, trunk: repository.trunk }),
    );
  } catch (error) {
    if (error instanceof SlipwayError && !errorTable[error.code].retryable) return undefined;
    throw error;
  }
}

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
