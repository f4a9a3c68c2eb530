import { type Contributor, type Contributors, allContributors } from '../../release/contributors';
import type { Workspace } from './workspace';

/** Commits of which it is read who made them; more than that are released at once only for the first time. */
const READ = 5_000;

/** People that are told of one service: what is more would fill the history of the release. */
const TOLD = 500;

/** Commits with those who made them: what a clone says. */
export interface MadeCommits {
  /** Newest first. */
  readonly ids: readonly string[];
  readonly contributors: Contributors;
}

/** Who made the commits in `commit` that are not in `from` (null = all of them). */
export async function madeBetween(workspace: Workspace, from: string | null, commit: string): Promise<MadeCommits> {
  const range = from === null ? [commit] : [commit, `^${from}`];
  const trailers = '%(trailers:key=Co-authored-by,valueonly=true,unfold=true,separator=%x1e)';
  const format = ['%H', '%an', '%ae', trailers].join('%x1f');
  const args = ['-z', `--max-count=${READ + 1}`, `--format=${format}`, '--no-show-signature'];
  const log = await workspace.localOutput(['log', ...args, ...range]);
  const commits = log.stdout.split('\0').filter(Boolean);
  const gaps = commits.length > READ ? [`only the newest ${READ} commits were read`] : [];
  if (await workspace.isShallow()) gaps.push('the history is shallow');
  const people = commits.slice(0, READ).flatMap(makersOf);
  return {
    ids: commits.slice(0, READ).map((line) => line.split('\x1f', 1)[0] ?? ''),
    contributors: bounded(allContributors([{ people, gaps }])),
  };
}

/** As many as may be told, with a word on the others. */
export function bounded({ people, gaps }: Contributors): Contributors {
  if (people.length <= TOLD) return { people, gaps };
  return { people: people.slice(0, TOLD), gaps: [...gaps, `only ${TOLD} of ${people.length} people are told`] };
}

function makersOf(line: string): Contributor[] {
  const [, name = '', email = '', trailers = ''] = line.split('\x1f');
  return [
    { part: 'author', name, email, login: '' },
    ...trailers.split('\x1e').flatMap((trailer) => coAuthor(trailer.trim())),
  ];
}

function coAuthor(trailer: string): Contributor[] {
  if (trailer === '') return [];
  const [, name = trailer, email = ''] = /^(.*?)\s*<([^<>]*)>\s*$/.exec(trailer) ?? [];
  return [{ part: 'co-author', name, email, login: '' }];
}
