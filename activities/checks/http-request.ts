import http from 'node:http';
import https from 'node:https';
import { followRedirect, type HttpStep } from './redirects';
import { readBody } from './read-body';
import { describeTransportError } from './transport-errors';

/** One request, and how long and how far it may go. */
export interface HttpRequest extends HttpStep {
  /** Milliseconds for everything together: redirects, and the whole body. */
  readonly timeout: number;
  /** How many redirects are followed; the one after them is itself the answer. */
  readonly redirects: number;
  readonly signal: AbortSignal;
  /** How many bytes of the decoded body are read; 1 MiB unless told. */
  readonly maxBytes?: number;
}

/** What a server said. */
export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case; one that came several times is joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Milliseconds from the first request to the last byte that was read. */
  readonly latency: number;
  /** The body was longer than what was read. */
  readonly truncated: boolean;
}

/** An answer, or in a few words why there was none. The words hold nothing of the request: no address, no secret. */
export type HttpOutcome = { readonly answer: HttpAnswer } | { readonly noAnswer: string };

const defaultMaxBytes = 1024 * 1024;

/** Whether a server with this status may say something else soon: it failed (5xx), was in a hurry (408), or busy (429). */
export const mayAnswerLater = (status: number): boolean => status >= 500 || status === 429 || status === 408;

/** Milliseconds that a timer of node can hold; a longer one would go off at once. */
const longestTimer = 2 ** 31 - 1;

/**
 * Sends a request and reads its answer. Whatever keeps a whole answer from coming (no connection, no such name, an
 * untrusted certificate, time, a body that breaks off) is `noAnswer`; it throws only the signal's reason, when that
 * aborts. A login in the address (`https://user:password@host/`) is sent as Basic authorization.
 *
 * Not built on fetch: where the connection is not to be kept alive, node's fetch takes a chunked body that breaks off
 * for a whole one, and a check would pass on half an answer.
 */
export async function httpRequest(request: HttpRequest): Promise<HttpOutcome> {
  request.signal.throwIfAborted();
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), Math.min(request.timeout, longestTimer));
  try {
    return { answer: await exchange(request, AbortSignal.any([request.signal, deadline.signal])) };
  } catch (error) {
    request.signal.throwIfAborted();
    if (deadline.signal.aborted) return { noAnswer: `no complete answer within ${request.timeout} ms` };
    return { noAnswer: describeTransportError(error) };
  } finally {
    clearTimeout(timer);
  }
}

async function exchange(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
  const started = performance.now();
  let step: HttpStep = request;
  for (let followed = 0; ; followed++) {
    const response = await send(step, signal);
    const status = response.statusCode ?? 0;
    const next = followed < request.redirects ? followRedirect(step, status, response.headers.location) : undefined;
    if (next === undefined) {
      const body = await readBody(response, request.maxBytes ?? defaultMaxBytes);
      return { status, headers: joined(response.headers), ...body, latency: Math.round(performance.now() - started) };
    }
    response.destroy();
    step = next;
  }
}

function send(step: HttpStep, signal: AbortSignal): Promise<http.IncomingMessage> {
  const url = new URL(step.url);
  const { request } = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    // Without an agent every request has a connection of its own: one that is kept alive can stay bound to an
    // instance that a release has just replaced, and would hide the new one.
    const sent = request(url, { agent: false, method: step.method, headers: headersOf(step), signal }, resolve);
    sent.on('error', reject).end(step.body);
  });
}

function headersOf({ headers, body }: HttpStep): Record<string, string> {
  // Secrets that were read from files end in a line break.
  const trimmed = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value.trim()]);
  // Said always, since node frames the body of a GET or DELETE only if its length is given.
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const usual = { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'slipway' };
  return { ...usual, ...(Object.fromEntries(trimmed) as Record<string, string>), ...length };
}

function joined(headers: http.IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]));
}
