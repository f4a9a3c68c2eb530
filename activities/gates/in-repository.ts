import { resolveReferences } from '../../release/env-references';
import type { AskedGateRule } from '../../release/gate-rule';
import { GitHubRepository } from '../github/repository';
import { readFile } from '../repository/read-files';
import type { Workspace } from '../repository/workspace';
import { withWorkspace } from '../repository/open-workspace';
import type { GateContext, GateQuestion } from './gate-kind';

/** Runs `action` in a workspace that has the released commit. Throws REMOTE_UNREACHABLE or REMOTE_DENIED. */
export function inRepository<T>(
  question: GateQuestion<AskedGateRule>,
  context: GateContext,
  action: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const [{ commit, repository }] = question.services;
  return withHistory(question, context, async (workspace) => {
    if (!(await workspace.has([commit]))) await workspace.fetch([repository.trunk]);
    return action(workspace);
  });
}

/** As `inRepository`, but nothing is fetched: for what a host tells of commits. */
export function withHistory<T>(
  { services: [{ service, repository }], versions }: GateQuestion<AskedGateRule>,
  { lookup, workspaces, signal }: GateContext,
  action: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const url = resolveReferences(repository.url, lookup, `service ${service}, repository.url`);
  const github = GitHubRepository.of(repository, lookup, signal);
  // The survey's own, as a rule: nothing is fetched again.
  const depth = versions.kind === 'manifest' ? 'trees' : 'history';
  return withWorkspace({ parent: workspaces, url, depth, signal, github }, action);
}

/** A file of a commit, without a byte order mark; its path is meant from the root, also where it begins with `./`. */
export async function readAtCommit(workspace: Workspace, commit: string, file: string): Promise<Buffer | undefined> {
  const content = await readFile(workspace, commit, file.replace(/^(\.?\/)+/, ''));
  return content?.subarray(0, 3).equals(mark) ? content.subarray(3) : content;
}

const mark = Buffer.from([0xef, 0xbb, 0xbf]);
