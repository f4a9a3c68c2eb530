/** Sends answers of the interfaces with the headers of GitHub, and counts them against the limit. */
import { createHash, randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { Answer } from './answers';
import type { Parts } from './call-context';
import type { Actor, Token } from './credentials';
import type { Resource } from './limits';
import type { Recognised } from './recognise';

/** Who is answered, if that is known, and which of the limits it counts for. */
export interface Receiver {
  readonly actor: Actor | null;
  readonly resource: Resource;
}

/** Sends an answer, or 304 if the caller has it already. */
export function send(
  { world, limits }: Parts,
  { request, call }: Recognised,
  response: ServerResponse,
  answer: Answer,
  { actor, resource }: Receiver,
): void {
  const bytes = bytesOf(answer.body);
  const cacheable = (request.method === 'GET' || request.method === 'HEAD') && answer.status === 200;
  const etag = `W/"${createHash('sha256').update(bytes).digest('hex')}"`;
  const known = cacheable && request.headers['if-none-match'] === etag;
  call.status = known ? 304 : answer.status;
  if (actor && !known && call.operation !== 'rate-limit/get' && !limits.exhausted(actor, resource)) {
    call.counted = true;
    limits.count(actor, resource);
  }
  response.writeHead(call.status, {
    date: new Date(world.now()).toUTCString(),
    server: 'github.com',
    'content-type': 'application/json; charset=utf-8',
    'x-github-request-id': randomBytes(8).toString('hex').toUpperCase(),
    'x-github-enterprise-version': '3.19.0',
    ...(cacheable ? { etag, 'cache-control': 'private, max-age=60, s-maxage=60' } : {}),
    ...(actor ? limits.headers(actor, resource) : {}),
    ...(actor?.token ? tokenHeaders(actor.token) : {}),
    ...answer.headers,
  });
  response.end(known || request.method === 'HEAD' ? undefined : bytes);
}

function tokenHeaders({ kind, scopes, expiresAt }: Token): Record<string, string> {
  if (kind === 'installation') return {};
  return {
    ...(kind === 'classic' ? { 'x-oauth-scopes': scopes.join(', '), 'x-accepted-oauth-scopes': 'repo' } : {}),
    ...(expiresAt === null ? {} : { 'github-authentication-token-expiration': expiry(expiresAt) }),
  };
}

/** As GitHub writes it: `2026-02-03 04:05:06 UTC`. */
const expiry = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

function bytesOf(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  return body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body));
}
