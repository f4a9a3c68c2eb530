/** Commits that are made over REST: objects only, which no ref names yet. */
import { invalid, notFound, ok } from '../answers';
import type { RepositoryContext } from '../call-context';
import { readCommit, readObject, runGit } from '../git-objects';
import { gitCommitBody } from './commits';

interface Person {
  readonly name?: string;
  readonly email?: string;
  readonly date?: string;
}

interface Wanted {
  readonly message: string;
  readonly tree: string;
  readonly parents?: readonly string[];
  readonly author?: Person;
  readonly committer?: Person;
}

/** Makes the commit as it is described; the same input with its dates gives the same object. */
export async function createCommit(context: RepositoryContext) {
  const { world, repository, body } = context;
  const { message, tree, parents = [], author, committer = author } = body as unknown as Wanted;
  if ((await typeOf(context, tree)) !== 'tree') throw invalid('Tree SHA does not exist');
  for (const parent of parents) {
    if ((await typeOf(context, parent)) !== 'commit') {
      throw invalid('Parent SHA does not exist or is not a commit object');
    }
  }
  const text = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${signature(context, author)}`,
    `committer ${signature(context, committer)}`,
    '',
    message,
  ].join('\n');
  const { code, out, problem } = await runGit(
    repository.folder,
    ['hash-object', '-t', 'commit', '-w', '--stdin'],
    text,
  );
  if (code !== 0) throw invalid(problem);
  const made = await readCommit(repository.folder, out.toString().trim());
  if (!made) throw notFound();
  return ok(gitCommitBody(world, repository, made), 201);
}

async function typeOf({ repository }: RepositoryContext, id: string): Promise<string | undefined> {
  return /^[0-9a-f]{40}$/.test(id) ? (await readObject(repository.folder, id))?.type : undefined;
}

/** The caller and this moment, where nothing else is said. */
function signature({ world, actor }: RepositoryContext, wanted: Person = {}): string {
  const caller = world.user(actor.login);
  const name = wanted.name ?? caller?.name ?? actor.login;
  const email = wanted.email ?? caller?.emails[0] ?? `${actor.login}@users.noreply.github.com`;
  const seconds = Math.floor(Date.parse(wanted.date ?? new Date(world.now()).toISOString()) / 1000);
  return `${name} <${email}> ${seconds} +0000`;
}
