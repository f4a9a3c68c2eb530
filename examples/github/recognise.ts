/** Reads a request whole and says what it is: a call of git, of GraphQL, or of an operation of the REST interface. */
import type { IncomingMessage } from 'node:http';
import { Conformity } from './conformity';
import type { Call } from './faults';
import { gitRequest, type GitRequest } from './git-http';
import { describeQuery } from './graphql/answer';
import { Router, type Route } from './router';
import type { World } from './world';

// Compiled once for all servers of a process.
export const conformity = new Conformity();
const router = new Router(conformity);

/** What a request is. */
export type Kind =
  | { readonly type: 'git'; readonly git: GitRequest }
  | { readonly type: 'graphql' }
  | { readonly type: 'rest'; readonly route: Route | null };

/** A request, read and recognised. */
export interface Recognised {
  readonly request: IncomingMessage;
  readonly bytes: Buffer;
  /** Below the interface's root, and under the repository's present name. */
  readonly path: string;
  readonly query: string;
  readonly kind: Kind;
  readonly call: Call;
}

/** Null when the client went away before it had said everything. */
export async function recognise(request: IncomingMessage, world: World): Promise<Recognised | null> {
  const bytes = await readWhole(request);
  if (!bytes) return null;
  const [address = '', query = ''] = (request.url ?? '').split('?');
  const method = request.method ?? 'GET';
  const path = renumbered(world, address.replace(/^\/api\/v3/, ''));
  const kind = kindOf(method, address, path, query);
  const call: Call = {
    method,
    path: address,
    ...nameOf(kind, bytes),
    login: '',
    status: null,
    counted: false,
    problem: null,
  };
  return { request, bytes, path, query, kind, call };
}

export function readJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return null;
  }
}

function kindOf(method: string, address: string, path: string, query: string): Kind {
  const git = gitRequest(address, query);
  if (git) return { type: 'git', git };
  if (address === '/api/graphql' && method === 'POST') return { type: 'graphql' };
  return { type: 'rest', route: address.startsWith('/api/v3') ? router.find(method, path || '/') : null };
}

function nameOf(kind: Kind, bytes: Buffer): Pick<Call, 'operation' | 'name'> {
  switch (kind.type) {
    case 'git': {
      const { rest, service } = kind.git;
      return { operation: `git/${service}${rest.endsWith('info/refs') ? '-refs' : ''}`, name: null };
    }
    case 'graphql': {
      const { name, fields } = describeQuery(readJson(bytes));
      return { operation: `graphql/${fields}`, name };
    }
    case 'rest':
      return { operation: kind.route?.place.described.operationId ?? 'unknown', name: null };
  }
}

/** `/repositories/{id}` is the address that callers of renamed repositories are sent to. */
function renumbered({ repositories }: World, path: string): string {
  return path.replace(/^\/repositories\/(\d+)/, (all, id: string) => {
    const found = repositories.find((one) => String(one.id) === id);
    return found ? `/repos/${found.owner}/${found.name}` : all;
  });
}

async function readWhole(request: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    return null;
  }
  return Buffer.concat(chunks);
}
