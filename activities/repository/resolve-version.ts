import { parse as parseYaml } from 'yaml';
import { SlipwayError } from '../../release/errors';
import { fillName, readName, refNameProblem } from '../../release/ref-names';
import type { VersionSource } from '../../release/project';
import { compareVersions, nearestVersions, newestVersion } from '../../release/version-order';
import { remoteError } from './git';
import { findCommit, standsFor } from './history';
import { readBlobs } from './read-files';
import type { Workspace } from './workspace';

/** What is asked for. The workspace must have been fetched with the trunk (and, for manifests, at depth `trees`). */
export interface VersionQuestion {
  readonly service: string;
  readonly version: string;
  readonly source: VersionSource;
  readonly trunk: string;
}

/** Full id of the commit that a version is. Throws VERSION_UNKNOWN, which names the nearest known ones. */
export async function resolveVersion(workspace: Workspace, question: VersionQuestion): Promise<string> {
  switch (question.source.kind) {
    case 'tag':
      return versionOfTag(workspace, question, question.source.pattern);
    case 'manifest':
      return versionOfManifest(workspace, question, question.source);
    case 'commit':
      return versionOfCommit(workspace, question);
  }
}

/** Version → commit of every tag of `pattern` (with `{version}`). */
export async function taggedVersions(workspace: Workspace, pattern: string): Promise<Map<string, string>> {
  const versions = new Map<string, string>();
  for (const [ref, { target, type }] of await workspace.refs()) {
    const [, tag] = /^refs\/tags\/(.+)$/.exec(ref) ?? [];
    const version = tag === undefined ? undefined : readName(pattern, 'version', tag);
    if (version === undefined) continue;
    // A tag of a tag may come to a commit; one of a tree or a file is no version.
    const commit = type === 'commit' ? target : type === 'tag' ? await workspace.ref(`${ref}^{commit}`) : undefined;
    if (commit !== undefined) versions.set(version, commit);
  }
  return versions;
}

/**
 * What people call `commit`, or the commit that it stands for: the newest version whose tag, by one of `patterns`,
 * names it, a version proper before one with a suffix such as `-rollback.1`; else its short id.
 */
export async function nameCommit(workspace: Workspace, patterns: readonly string[], commit: string): Promise<string> {
  const stoodFor = await standsFor(workspace, commit);
  for (const id of new Set([commit, stoodFor])) {
    for (const pattern of patterns) {
      const versions = [...(await taggedVersions(workspace, pattern))].filter(([, tagged]) => tagged === id);
      const newest = newestVersion(versions.map(([version]) => version));
      if (newest !== undefined) return newest;
    }
  }
  return commit.slice(0, 10);
}

async function versionOfTag(workspace: Workspace, question: VersionQuestion, pattern: string): Promise<string> {
  const problem = refNameProblem(fillName(pattern, { version: question.version }));
  if (problem) throw new SlipwayError('VERSION_MALFORMED', { version: question.version, detail: problem });
  const tag = fillName(pattern, { version: question.version });
  const commit = await workspace.ref(`refs/tags/${tag}^{commit}`);
  if (commit !== undefined) return commit;
  const other = (await workspace.refs()).get(`refs/tags/${tag}`);
  if (other) {
    throw new SlipwayError('TAG_OF_NO_COMMIT', { service: question.service, tag, type: other.type });
  }
  const known = [...(await taggedVersions(workspace, pattern)).keys()];
  throw unknownVersion(question, `${workspace.shownUrl} has no tag ${tag}`, known);
}

/** The trunk commit that first gave the field that value. */
async function versionOfManifest(
  workspace: Workspace,
  question: VersionQuestion,
  source: { file: string; field: string },
): Promise<string> {
  const { file, field } = source;
  if (!/\.(json|ya?ml)$/i.test(file)) {
    throw unknownVersion(question, `${file} is neither JSON nor YAML: only those are read`, []);
  }
  const changes = await manifestChanges(workspace, question.trunk, file);
  const contents = await readBlobs(
    workspace,
    changes.flatMap(({ blob }) => blob ?? []),
  );
  const values = changes.map(({ commit, blob }) => ({
    commit,
    value: fieldValue(file, field, contents.get(blob ?? '')),
  }));
  const first = values.find(({ value }) => value === question.version);
  if (first) return first.commit;
  const known = [...new Set(values.flatMap(({ value }) => value ?? []))];
  throw unknownVersion(question, `${field} in ${file} never had that value on ${question.trunk}`, known);
}

/** The trunk's commits that changed a file, oldest first, each with the file's new object id. */
async function manifestChanges(
  workspace: Workspace,
  trunk: string,
  file: string,
): Promise<{ commit: string; blob: string | undefined }[]> {
  const args = [
    'log',
    '--first-parent',
    '-m',
    '--reverse',
    '--format=commit %H',
    '--raw',
    '--no-abbrev',
    '--no-renames',
  ];
  const log = await workspace.remote([...args, `refs/heads/${trunk}`, '--', file]);
  if (log.code !== 0) throw remoteError(workspace.url, log);
  return log.stdout
    .split(/^commit /m)
    .filter(Boolean)
    .map((entry) => {
      const blob = /^:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) /m.exec(entry)?.[1];
      return {
        commit: entry.slice(0, entry.indexOf('\n')),
        blob: blob !== undefined && /[^0]/.test(blob) ? blob : undefined,
      };
    });
}

/** The value at a dotted path of a JSON or YAML file, as text; undefined = there is none. */
export function fieldValue(file: string, field: string, content: Buffer | undefined): string | undefined {
  if (!content) return undefined;
  let value: unknown;
  try {
    value = /\.json$/i.test(file) ? JSON.parse(content.toString()) : parseYaml(content.toString());
  } catch {
    // A commit that broke the file set no version.
    return undefined;
  }
  for (const key of field.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

async function versionOfCommit(workspace: Workspace, question: VersionQuestion): Promise<string> {
  const { version } = question;
  if (!/^[0-9a-f]{7,64}$/i.test(version)) {
    throw new SlipwayError('VERSION_MALFORMED', { version, detail: 'a commit id has at least 7 hex digits' });
  }
  const commit = await findCommit(workspace, version);
  if (commit !== undefined) return commit;
  throw unknownVersion(
    question,
    `${workspace.shownUrl} has no single commit ${version} on ${question.trunk} or a tag`,
    [],
  );
}

function unknownVersion(question: VersionQuestion, detail: string, known: readonly string[]): SlipwayError {
  const { service, version } = question;
  const newest = [...known].sort(compareVersions).reverse().slice(0, 3);
  const near = [...new Set([...nearestVersions(version, known, 2), ...newest])].slice(0, 4);
  const hint =
    near.length > 0 ? `Known versions: ${near.join(', ')}.` : 'Look at how `versions` finds them in slipway.yaml.';
  return new SlipwayError('VERSION_UNKNOWN', { service, version, detail, hint });
}
