/** The server: every request goes one way, with its faults, its limits, its log and its conformity. */
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Refusal, refusalBody, type Answer } from './answers';
import type { Parts } from './call-context';
import { Conformity } from './conformity';
import type { Actor } from './credentials';
import { Faults, type Call, type Fault } from './faults';
import { gitRequest, sendGitRefusal, serveGit, type GitRequest } from './git-http';
import { sendBackendAnswer } from './git-backend';
import { answerGraphql, describeQuery } from './graphql/answer';
import { publishedSchema } from './graphql/schema';
import { limitExceeded, limitWords, type Resource } from './limits';
import { answerRest } from './rest/answer';
import { Router, type Route } from './router';

// Compiled once for all servers of a process.
const conformity = new Conformity();
const router = new Router(conformity);
const schema = publishedSchema();

/** A request, read whole and recognised. */
interface Recognised {
  readonly request: IncomingMessage;
  readonly bytes: Buffer;
  readonly path: string;
  readonly query: string;
  readonly kind: { git: GitRequest } | { graphql: true } | { route: Route | null };
  readonly call: Call;
}

export class GitHubServer {
  readonly calls: Call[] = [];
  readonly faults = new Faults();
  /** Answers of ours that GitHub would not give. */
  readonly defects: string[] = [];
  readonly server = createServer((request, response) => void this.serve(request, response));

  constructor(private readonly parts: Parts) {}

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const recognised = await this.recognise(request);
      this.calls.push(recognised.call);
      const fault = this.faults.take(recognised.call);
      if (fault?.delayMs) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
      if (fault?.cut === 'before') request.socket.destroy();
      else if (fault?.status !== undefined && !fault.effect) this.send(recognised, response, faultAnswer(fault));
      else if ('git' in recognised.kind) await this.serveGit(recognised, recognised.kind.git, response, fault);
      else await this.serveApi(recognised, response, fault);
    } catch (problem) {
      this.defects.push(`${request.method} ${request.url}: ${(problem as Error).stack}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    }
  }

  private async recognise(request: IncomingMessage): Promise<Recognised> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const bytes = Buffer.concat(chunks);
    const [address = '', query = ''] = (request.url ?? '').split('?');
    const method = request.method ?? 'GET';
    const call: Call = {
      method,
      path: address,
      operation: 'unknown',
      name: null,
      login: '',
      status: null,
      counted: false,
      problem: null,
    };
    const git = gitRequest(address, query);
    if (git) {
      const operation = `git/${git.rest.endsWith('info/refs') ? `${git.service}-refs` : git.service}`;
      return { request, bytes, path: address, query, kind: { git }, call: { ...call, operation } };
    }
    const path = this.renumbered(address.replace(/^\/api\/v3/, ''));
    if (address === '/api/graphql' && method === 'POST') {
      const { name, fields } = describeQuery(readJson(bytes));
      return {
        request,
        bytes,
        path,
        query,
        kind: { graphql: true },
        call: { ...call, operation: `graphql/${fields}`, name },
      };
    }
    const route = address.startsWith('/api/v3') ? router.find(method, path || '/') : null;
    const operation = route?.place.described.operationId ?? 'unknown';
    return { request, bytes, path, query, kind: { route }, call: { ...call, operation } };
  }

  /** `/repositories/{id}` is the address that renamed repositories are sent to. */
  private renumbered(path: string): string {
    return path.replace(/^\/repositories\/(\d+)/, (all, id: string) => {
      const found = this.parts.world.repositories.find((one) => String(one.id) === id);
      return found ? `/repos/${found.owner}/${found.name}` : all;
    });
  }

  private async serveGit(recognised: Recognised, git: GitRequest, response: ServerResponse, fault: Fault | null) {
    const { request, bytes, call } = recognised;
    try {
      const actor = this.parts.credentials.actor(request.headers.authorization);
      call.login = actor.login;
      const answer = await serveGit(this.parts, git, actor, request, bytes);
      if (fault?.cut === 'after') request.socket.destroy();
      else if (fault?.status !== undefined) this.send(recognised, response, faultAnswer(fault));
      else {
        call.status = answer.status;
        sendBackendAnswer(response, answer);
      }
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      call.status = problem.status;
      sendGitRefusal(response, problem);
    }
  }

  private async serveApi(recognised: Recognised, response: ServerResponse, fault: Fault | null): Promise<void> {
    const { request, kind, call } = recognised;
    const resource: Resource = 'graphql' in kind ? 'graphql' : 'core';
    let actor: Actor | null = null;
    let answer: Answer;
    try {
      actor = this.parts.credentials.actor(request.headers.authorization);
      call.login = actor.login;
      answer = await this.answer(recognised, actor, resource);
    } catch (problem) {
      if (!(problem instanceof Refusal)) throw problem;
      answer = problem.answer();
    }
    this.checkAnswer(recognised, answer);
    if (fault?.cut === 'after') {
      request.socket.destroy();
      return;
    }
    if (fault?.status !== undefined) answer = faultAnswer(fault);
    this.send(recognised, response, answer, actor, resource);
  }

  private async answer(recognised: Recognised, actor: Actor, resource: Resource): Promise<Answer> {
    const { kind, bytes, query, path, call, request } = recognised;
    const { limits } = this.parts;
    if (limits.exhausted(actor, resource) && call.operation !== 'rate-limit/get') {
      if (resource === 'core') throw limitExceeded(actor);
      return { status: 200, body: { errors: [{ type: 'RATE_LIMITED', message: limitWords(actor) }] } };
    }
    const body = readJson(bytes);
    const accept = request.headers.accept ?? '';
    const common = {
      ...this.parts,
      actor,
      query: new URLSearchParams(query),
      body: (body ?? {}) as Record<string, unknown>,
      accept,
    };
    if ('graphql' in kind) {
      if (actor.kind === 'anonymous') throw new Refusal(401, 'This endpoint requires you to be authenticated.');
      return answerGraphql(schema, { ...common, params: {} });
    }
    if (!('route' in kind) || !kind.route) {
      call.problem = 'not in the published extract';
      throw new Refusal(404, 'Not Found');
    }
    const { route } = kind;
    call.problem = conformity.request(route.place, common.query, bytes.length > 0 ? (body ?? null) : undefined);
    if (call.problem && bytes.length > 0) throw new Refusal(422, `Invalid request.\n\n${call.problem}`);
    const rest = path.split('/').slice(4).join('/');
    return answerRest(
      route,
      { ...common, params: route.params },
      `${rest ? `/${rest}` : ''}${query ? `?${query}` : ''}`,
    );
  }

  private checkAnswer({ kind, call }: Recognised, { status, body }: Answer): void {
    if (!('route' in kind) || !kind.route || Buffer.isBuffer(body)) return;
    const problem = conformity.response(kind.route.place, status, body);
    if (problem)
      throw new Error(
        `the answer ${status} of ${call.operation} is not as published: ${problem}\n${JSON.stringify(body)}`,
      );
  }

  private send(
    recognised: Recognised,
    response: ServerResponse,
    answer: Answer,
    actor: Actor | null = null,
    resource: Resource = 'core',
  ) {
    const { request, call } = recognised;
    const { world, limits } = this.parts;
    const bytes = Buffer.isBuffer(answer.body)
      ? answer.body
      : answer.body === undefined
        ? Buffer.alloc(0)
        : Buffer.from(JSON.stringify(answer.body));
    const reads = request.method === 'GET' || request.method === 'HEAD';
    const etag = `W/"${createHash('sha256').update(bytes).digest('hex')}"`;
    const known = reads && answer.status === 200 && request.headers['if-none-match'] === etag;
    call.status = known ? 304 : answer.status;
    call.counted =
      actor !== null &&
      !known &&
      call.operation !== 'rate-limit/get' &&
      !(answer.status === 403 && limits.exhausted(actor, resource));
    if (call.counted && actor) limits.count(actor, resource);
    const { token = null } = actor ?? {};
    response.writeHead(call.status, {
      date: new Date(world.now()).toUTCString(),
      server: 'github.com',
      'content-type': 'application/json; charset=utf-8',
      'x-github-request-id': randomBytes(8).toString('hex').toUpperCase(),
      'x-github-enterprise-version': '3.19.0',
      ...(reads && answer.status === 200 ? { etag, 'cache-control': 'private, max-age=60, s-maxage=60' } : {}),
      ...(actor ? limits.headers(actor, resource) : {}),
      ...(token?.kind === 'classic'
        ? { 'x-oauth-scopes': token.scopes.join(', '), 'x-accepted-oauth-scopes': 'repo' }
        : {}),
      ...(token?.expiresAt && token.kind !== 'installation'
        ? { 'github-authentication-token-expiration': expiry(token.expiresAt) }
        : {}),
      ...answer.headers,
    });
    response.end(known || request.method === 'HEAD' ? undefined : bytes);
  }
}

/** As GitHub writes it: `2026-02-03 04:05:06 UTC`. */
const expiry = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

function faultAnswer({ status = 500, message, headers = {} }: Fault): Answer {
  return { status, headers, body: refusalBody(status, message ?? (status >= 500 ? 'Server Error' : 'Fault')) };
}

function readJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return null;
  }
}
