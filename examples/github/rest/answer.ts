/** Answers REST requests: finds the operation, asks whether the caller may, carries it out. */
import { Refusal, notFound, type Answer } from '../answers';
import type { Context } from '../call-context';
import { canSee, demand } from '../credentials';
import type { Route } from '../router';
import { onRepositories, onTheRest } from './operations';

/** The answer of an operation. Refusals are thrown. */
export async function answerRest({ place, params }: Route, context: Context, rest: string): Promise<Answer> {
  const { operationId } = place.described;
  const general = onTheRest[operationId];
  if (general) return general(context);
  const operation = onRepositories[operationId];
  if (!operation) throw new Error(`${operationId} is published, but the stand-in cannot carry it out`);

  const { world, actor } = context;
  const found = world.find(params['owner'] ?? '', params['repo'] ?? '');
  const [permission, level] = operation.needs;
  const byApp = permission === 'app' && actor.kind === 'app';
  if (!found || !(byApp || canSee(actor, found.repository))) throw notFound();
  const { repository, former } = found;
  if (former) return movedTo(`${world.url}/api/v3/repositories/${repository.id}${rest}`, place.method);
  if (permission !== 'app') demand(actor, repository, permission, level);
  if (level === 'write' && repository.archived) throw new Refusal(403, 'Repository was archived so is read-only.');
  const inContext = { ...context, repository };
  if (!operation.whenEmpty && (await context.refs.isEmpty(repository))) {
    throw operationId === 'repos/get-content'
      ? new Refusal(404, 'This repository is empty.')
      : new Refusal(409, 'Git Repository is empty.');
  }
  return operation.run(inContext);
}

/** GitHub keeps the method where it is not GET. */
function movedTo(url: string, method: string): Answer {
  return {
    status: method === 'get' ? 301 : 307,
    headers: { location: url },
    body: { message: 'Moved Permanently', url, documentation_url: 'https://docs.github.com/rest' },
  };
}
