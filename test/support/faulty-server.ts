import http from 'node:http';
import https from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

/** A request as it came in. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** How one request is answered; it may cut, stall or flood. */
export type Answer = (request: SeenRequest, response: http.ServerResponse) => void;

/** A real HTTP server on a free port of this machine. */
export interface FaultyServer {
  readonly url: string;
  /** Every request so far, oldest first. */
  readonly seen: readonly SeenRequest[];
  /** From now on, requests are answered so. */
  answer(next: Answer): void;
  /** Ends the server and whatever is still connected. */
  close(): Promise<void>;
}

/** Starts a server; with `tls`, an HTTPS one with that key and certificate. */
export async function startFaultyServer(first: Answer, tls?: { key: string; cert: string }): Promise<FaultyServer> {
  let answer = first;
  const seen: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  const handle = (request: http.IncomingMessage, response: http.ServerResponse) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => (body += part));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      seen.push({ method, path: url, headers, body });
      answer({ method, path: url, headers, body }, response);
    });
  };
  const server = tls ? https.createServer(tls, handle) : http.createServer(handle);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    seen,
    answer: (next) => (answer = next),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** An address on which nothing listens. */
export async function refusingUrl(): Promise<string> {
  const server = await startFaultyServer((_, response) => response.end());
  await server.close();
  return server.url;
}

/** Answers with this status and body; an object is sent as JSON. */
export function says(status: number, body: unknown = '', headers: http.OutgoingHttpHeaders = {}): Answer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return (_, response) => response.writeHead(status, headers).end(text);
}

/** One answer after the other; the last goes on for ever. */
export function inTurn(...answers: readonly Answer[]): Answer {
  let next = 0;
  return (request, response) => answers[Math.min(next++, answers.length - 1)]?.(request, response);
}

/** Takes the request and never answers. */
export const staysSilent: Answer = () => undefined;

/** Ends the connection without a word. */
export const hangsUp: Answer = (_, response) => response.destroy();
