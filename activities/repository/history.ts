import type { Contributors } from '../../release/contributors';
import type { CommitFact, Relation } from '../../release/facts';
import { parseCommit } from '../../release/git-objects';
import { SHOWN, type CommitsBetween, type CommitText, type History } from './commit-history';
import { madeBetween } from './contributors';
import type { Workspace } from './workspace';

/** What the clone in a workspace says. */
export function gitHistory(workspace: Workspace): History {
  return {
    isAncestor: (ancestor, commit) =>
      workspace.known(`${ancestor} before ${commit}`, async () => {
        const { code } = await workspace.local(['merge-base', '--is-ancestor', ancestor, commit]);
        // What lies before the end of a shallow history is not known to be absent.
        return code === 0 ? true : code === 1 && !(await workspace.isShallow()) ? false : undefined;
      }),
    readCommit: (commit) =>
      workspace.known(`text of ${commit}`, async () => {
        const { code, stdout } = await workspace.local(['cat-file', 'commit', commit]);
        return code === 0 ? parseCommit(stdout) : undefined;
      }),
    findCommit: (id) => workspace.ref(`${id}^{commit}`),
    async commitsBetween(from, commit) {
      const range = from === null ? [commit] : [commit, `^${from}`];
      const found = await workspace.known(`commits ${range.join(' ')}`, () => listCommits(workspace, range));
      return found ?? { total: 0, shown: [] };
    },
    contributorsBetween: async (from, commit) => (await madeBetween(workspace, from, commit)).contributors,
    hasCommits: (ids) => workspace.has(ids),
  };
}

/** Whether `ancestor` is `commit` or lies in its history; undefined = could not tell. */
export function isAncestor(workspace: Workspace, ancestor: string, commit: string): Promise<boolean | undefined> {
  return workspace.history.isAncestor(ancestor, commit);
}

/** Full id of the one commit that `id` (at least 7 hex digits) begins or names; undefined = none here, or several. */
export async function findCommit(workspace: Workspace, id: string): Promise<string | undefined> {
  if (!/^[0-9a-f]{7,64}$/i.test(id)) return undefined;
  if (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(id) && (await readCommit(workspace, id))) return id;
  return workspace.history.findCommit(id.toLowerCase());
}

/**
 * The commit that `commit` stands for: itself, or, for a commit that Slipway made on a branch to bring another
 * commit's tree there, that other one. One that only claims so, with another tree, stands for itself.
 */
export async function standsFor(workspace: Workspace, commit: string): Promise<string> {
  const own = await readCommit(workspace, commit);
  if (own?.standsFor === undefined) return commit;
  const other = await readCommit(workspace, own.standsFor);
  return other?.tree === own.tree ? own.standsFor : commit;
}

/** How `commit` lies to what is live; `live` null = nothing is. */
export async function relationTo(workspace: Workspace, live: string | null, commit: string): Promise<Relation> {
  if (live === null) return 'first';
  const from = await standsFor(workspace, live);
  if (from === commit) return 'same';
  const newer = await isAncestor(workspace, from, commit);
  if (newer === undefined) return 'unknown';
  if (newer) return 'newer';
  return (await isAncestor(workspace, commit, from)) ? 'older' : 'diverged';
}

/** The commits in `commit` that are not in `live`. */
export async function commitsBetween(
  workspace: Workspace,
  live: string | null,
  commit: string,
): Promise<CommitsBetween> {
  return workspace.history.commitsBetween(live === null ? null : await standsFor(workspace, live), commit);
}

/** Who had a part in the commits in `commit` that are not in `live`. */
export async function contributorsBetween(
  workspace: Workspace,
  live: string | null,
  commit: string,
): Promise<Contributors> {
  return workspace.history.contributorsBetween(live === null ? null : await standsFor(workspace, live), commit);
}

/** What a commit's text says; undefined if it is not there. */
export function readCommit(workspace: Workspace, commit: string): Promise<CommitText | undefined> {
  return workspace.history.readCommit(commit);
}

async function listCommits(workspace: Workspace, range: readonly string[]) {
  const format = ['%H', '%s', '%an', '%ae', '%ct'].join('%x1f');
  // One more than is shown: only then are there more to be counted.
  const args = ['-z', `--max-count=${SHOWN + 1}`, `--format=${format}`, '--no-show-signature'];
  const log = await workspace.localOutput(['log', ...args, ...range]);
  const commits = log.stdout.split('\0').filter(Boolean).map(readLine);
  if (commits.length <= SHOWN) return { total: commits.length, shown: commits };
  const count = await workspace.localOutput(['rev-list', '--count', ...range]);
  return { total: Number(count.stdout.trim()), shown: commits.slice(0, SHOWN) };
}

function readLine(line: string): CommitFact {
  const [id = '', subject = '', author = '', email = '', seconds = '0'] = line.split('\x1f');
  return { id, subject, author, email, date: new Date(Number(seconds) * 1000).toISOString() };
}
