/** Git over HTTP: the same credentials, visibility, rules and faults as the interfaces. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, basename } from 'node:path';
import type { Parts } from './call-context';
import { Refusal } from './answers';
import { canSee, demand, type Actor } from './credentials';
import { runBackend, sendBackendAnswer, type BackendAnswer } from './git-backend';
import { pushCommands, replaceReasons } from './pkt-lines';
import { rulesOfPush } from './push-rules';
import { fullName } from './world';

export interface GitRequest {
  readonly owner: string;
  readonly name: string;
  /** What follows the repository, with a slash. */
  readonly rest: string;
  readonly query: string;
  readonly service: 'upload-pack' | 'receive-pack';
}

/** The git request that an address is, or null. */
export function gitRequest(path: string, query: string): GitRequest | null {
  const [, owner, name, rest] =
    /^\/([^/]+)\/([^/]+?)(?:\.git)?(\/(?:info\/refs|git-upload-pack|git-receive-pack))$/.exec(path) ?? [];
  if (!owner || !name || !rest) return null;
  const service = rest.includes('receive-pack') || query.includes('git-receive-pack') ? 'receive-pack' : 'upload-pack';
  return { owner, name, rest, query, service };
}

/** Carries a git request out and returns what is to be answered. Refuses as GitHub's git servers do. */
export async function serveGit(
  { world, refs }: Parts,
  git: GitRequest,
  actor: Actor,
  request: IncomingMessage,
  body: Buffer,
): Promise<BackendAnswer> {
  const found = world.find(git.owner, git.name);
  const seen = found && canSee(actor, found.repository);
  if (!found || !seen) {
    if (actor.kind === 'anonymous') throw new Refusal(401, 'Repository not found.', askForLogin);
    throw new Refusal(404, 'Repository not found.');
  }
  const { repository, former } = found;
  if (former) {
    const location = `${world.url}/${fullName(repository)}.git${git.rest}${git.query ? `?${git.query}` : ''}`;
    return { status: 301, headers: { location }, body: Buffer.alloc(0) };
  }
  const pushes = git.service === 'receive-pack';
  if (pushes) {
    if (actor.kind === 'anonymous') throw new Refusal(401, 'Authentication required.', askForLogin);
    if (repository.archived) throw new Refusal(403, 'This repository was archived so it is read-only.');
  }
  try {
    demand(actor, repository, 'contents', pushes ? 'write' : 'read');
  } catch {
    throw new Refusal(403, `Permission to ${fullName(repository)}.git denied to ${actor.login}.`);
  }
  const backend = {
    root: dirname(repository.folder),
    path: `/${basename(repository.folder)}${git.rest}`,
    query: git.query,
    request,
    body,
    user: actor.login,
  };
  if (!git.rest.endsWith('git-receive-pack')) return runBackend(backend);
  const { env, reasons } = rulesOfPush(repository, actor, pushCommands(body));
  return refs.write(repository, async () => {
    const answer = await runBackend({ ...backend, env });
    return { ...answer, body: replaceReasons(answer.body, reasons) };
  });
}

/** Refusals as git's clients show them. */
export function sendGitRefusal(response: ServerResponse, { status, message, headers }: Refusal): void {
  sendBackendAnswer(response, {
    status,
    headers: { 'content-type': 'text/plain', ...headers },
    body: Buffer.from(message),
  });
}

export const askForLogin = { 'www-authenticate': 'Basic realm="GitHub"' };
