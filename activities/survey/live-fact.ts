/** What the probe of a service says, as a commit of its repository. */
import { SlipwayError } from '../../release/errors';
import type { LiveFact } from '../../release/facts';
import type { LiveReading } from '../../release/judge-live';
import type { Service, VersionSource } from '../../release/project';
import { findCommit, standsFor } from '../repository/history';
import { readFile } from '../repository/read-files';
import { fieldValue, nameCommit, resolveVersion, taggedVersions } from '../repository/resolve-version';
import type { Workspace } from '../repository/workspace';

/** Turns what the probe says into a commit of this repository and its name. */
export async function liveFact(
  workspace: Workspace,
  service: Service,
  versions: VersionSource,
  reading: LiveReading,
): Promise<LiveFact> {
  if (reading.state !== 'value') return reading;
  const { pointer, live } = service;
  const tags = [versions.kind === 'tag' ? versions.pattern : '', pointer.kind === 'tag' ? pointer.name : ''];
  const patterns = tags.filter(Boolean);
  const version = reading.value.replace(/^v(?=\d)/, '');
  const commit =
    live.is === 'commit'
      ? await findCommit(workspace, reading.value)
      : await commitOfVersion(workspace, service, versions, patterns, version);
  if (!commit) {
    return {
      state: 'unknown',
      detail: `the probe says ${reading.value.slice(0, 60)}, which is no ${live.is} of this repository`,
    };
  }
  // A service that tells its version is proven live again by that very version.
  return {
    state: 'live',
    commit,
    version: live.is === 'version' ? version : await nameOf(workspace, service, versions, patterns, commit),
  };
}

/** What people call a commit: by its tags, else by its manifest, if it is the commit that this version is. */
async function nameOf(
  workspace: Workspace,
  service: Service,
  versions: VersionSource,
  patterns: readonly string[],
  commit: string,
): Promise<string> {
  const tagged = await nameCommit(workspace, patterns, commit);
  if (versions.kind !== 'manifest' || !commit.startsWith(tagged)) return tagged;
  const stoodFor = await standsFor(workspace, commit);
  const { file, field } = versions;
  const version = fieldValue(file, field, await readFile(workspace, stoodFor, file));
  if (version === undefined) return tagged;
  return (await commitOfVersion(workspace, service, versions, [], version)) === stoodFor ? version : tagged;
}

/** The commit of the version that a service says it runs; undefined = this repository knows no such version. */
async function commitOfVersion(
  workspace: Workspace,
  { name, repository }: Service,
  versions: VersionSource,
  patterns: readonly string[],
  version: string,
): Promise<string | undefined> {
  for (const pattern of patterns) {
    const commit = (await taggedVersions(workspace, pattern)).get(version);
    if (commit) return commit;
  }
  if (versions.kind !== 'manifest') return undefined;
  try {
    return await resolveVersion(workspace, { service: name, version, source: versions, trunk: repository.trunk });
  } catch (error) {
    if (error instanceof SlipwayError && error.code === 'VERSION_UNKNOWN') return undefined;
    throw error;
  }
}
