/** The server: every request goes one way, with its faults, its limits, its log and its conformity. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { Refusal, refusalBody, type Answer } from './answers';
import type { Parts } from './call-context';
import type { Actor } from './credentials';
import { Faults, type Call, type Fault } from './faults';
import { sendGitRefusal, serveGit, type GitRequest } from './git-http';
import { sendBackendAnswer } from './git-backend';
import { answerGraphql } from './graphql/answer';
import { publishedSchema } from './graphql/schema';
import { limitWords, type Resource } from './limits';
import { conformity, readJson, recognise, type Recognised } from './recognise';
import { answerRest } from './rest/answer';
import { send } from './send';

const schema = publishedSchema();

export class GitHubServer {
  readonly calls: Call[] = [];
  readonly faults = new Faults();
  /** Answers of ours that GitHub would not give. */
  readonly defects: string[] = [];
  readonly server = createServer((request, response) => {
    const serving = this.serve(request, response).finally(() => this.serving.delete(serving));
    this.serving.add(serving);
  });
  private readonly serving = new Set<Promise<void>>();
  private readonly stopping = new AbortController();

  constructor(private readonly parts: Parts) {}

  /** Resolves when nothing is being carried out any more, not even for clients that have gone away. */
  async idle(): Promise<void> {
    while (this.serving.size > 0) await Promise.all(this.serving);
  }

  /** Ends delays, whose calls are not carried out any more. */
  stop(): void {
    this.stopping.abort();
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const recognised = await recognise(request, this.parts.world);
      if (!recognised) return;
      this.calls.push(recognised.call);
      const fault = this.faults.take(recognised.call);
      if (fault?.delayMs) await delay(fault.delayMs, null, { signal: this.stopping.signal }).catch(() => null);
      if (this.stopping.signal.aborted) return;
      if (fault?.cut === 'before') request.socket.destroy();
      else if (fault?.status !== undefined && !fault.effect) this.sendFault(recognised, response, fault);
      else if (recognised.kind.type === 'git') await this.serveGit(recognised, recognised.kind.git, response, fault);
      else await this.serveApi(recognised, response, fault);
    } catch (problem) {
      this.defects.push(`${request.method} ${request.url}: ${(problem as Error).stack}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    }
  }

  private async serveGit(recognised: Recognised, git: GitRequest, response: ServerResponse, fault: Fault | null) {
    const { request, bytes, call } = recognised;
    try {
      const actor = this.parts.credentials.actor(request.headers.authorization);
      call.login = actor.login;
      const answer = await serveGit(this.parts, git, actor, request, bytes);
      if (fault?.cut === 'after') request.socket.destroy();
      else if (fault?.status !== undefined) this.sendFault(recognised, response, fault);
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
    const resource: Resource = kind.type === 'graphql' ? 'graphql' : 'core';
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
    checkAnswer(recognised, answer);
    if (fault?.cut === 'after') request.socket.destroy();
    else if (fault?.status !== undefined) this.sendFault(recognised, response, fault);
    else send(this.parts, recognised, response, answer, { actor, resource });
  }

  private async answer(recognised: Recognised, actor: Actor, resource: Resource): Promise<Answer> {
    const { kind, bytes, call, request, path } = recognised;
    const { limits } = this.parts;
    if (limits.exhausted(actor, resource) && call.operation !== 'rate-limit/get') {
      if (resource === 'core') throw limits.exceeded(actor);
      return { status: 200, body: { errors: [{ type: 'RATE_LIMITED', message: limitWords(actor) }] } };
    }
    const body = readJson(bytes);
    const context = {
      ...this.parts,
      actor,
      params: {},
      query: new URLSearchParams(recognised.query),
      body: (body ?? {}) as Record<string, unknown>,
      accept: request.headers.accept ?? '',
    };
    if (kind.type === 'graphql') {
      if (actor.kind === 'anonymous') throw new Refusal(401, 'This endpoint requires you to be authenticated.');
      return answerGraphql(schema, context);
    }
    if (kind.type !== 'rest' || !kind.route) {
      call.problem = 'not in the published extract';
      throw new Refusal(404, 'Not Found');
    }
    const { place, params } = kind.route;
    call.problem = conformity.request(place, context.query, bytes.length > 0 ? body : undefined);
    if (call.problem && place.method !== 'get') throw new Refusal(422, `Invalid request.\n\n${call.problem}`);
    const rest = path.split('/').slice(4);
    const below = `${rest.length > 0 ? '/' : ''}${rest.join('/')}${recognised.query ? `?${recognised.query}` : ''}`;
    return answerRest(kind.route, { ...context, params }, below);
  }

  private sendFault(recognised: Recognised, response: ServerResponse, fault: Fault): void {
    const { status = 500, message = status >= 500 ? 'Server Error' : 'Refused', headers = {} } = fault;
    const answer = { status, headers, body: refusalBody(status, message) };
    send(this.parts, recognised, response, answer, { actor: null, resource: 'core' });
  }
}

/** Fails if GitHub would not answer so. */
function checkAnswer({ kind, call }: Recognised, { status, body }: Answer): void {
  if (kind.type !== 'rest' || !kind.route || Buffer.isBuffer(body)) return;
  const problem = conformity.response(kind.route.place, status, body);
  if (!problem) return;
  throw new Error(`the answer ${status} of ${call.operation} is not as published: ${problem}\n${JSON.stringify(body)}`);
}
