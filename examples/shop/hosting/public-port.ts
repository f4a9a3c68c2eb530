import { createServer, request as ask, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { close, listen } from './listen';

/** A process that answers, and how many requests it is answering. */
interface Target {
  readonly port: number;
  underWay: number;
  /** Called when the last request of a target that is no longer asked is done. */
  onIdle?: () => void;
}

/** The one address under which the public sees a service, whichever process answers. */
export class PublicPort {
  private target: Target | undefined;

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {
    server.on('request', (incoming: IncomingMessage, answer: ServerResponse) => this.forward(incoming, answer));
  }

  /** Opens the port wanted, or any if it is 0 or taken. */
  static async open(wanted: number): Promise<PublicPort> {
    const server = createServer();
    return new PublicPort(server, await listen(server, wanted));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /**
   * From now on each new request goes to this port of the machine. Resolves when those that went to the one before
   * are answered: only then may its process end, or a request that it has not yet accepted would be lost.
   */
  switchTo(port: number): Promise<void> {
    const before = this.target;
    this.target = { port, underWay: 0 };
    return new Promise((resolve) => {
      if (before && before.underWay > 0) before.onIdle = resolve;
      else resolve();
    });
  }

  close(): Promise<void> {
    return close(this.server);
  }

  private forward(incoming: IncomingMessage, answer: ServerResponse): void {
    const { target } = this;
    if (!target) return refuse(answer, 503, 'nothing is deployed');
    target.underWay += 1;
    const { method, url, headers } = incoming;
    const to = { host: '127.0.0.1', port: target.port, agent: false } as const;
    // Whether a connection is kept is between its two ends.
    const outgoing = ask({ ...to, method, path: url, headers: { ...headers, connection: 'close' } });
    outgoing.on('response', (response) => {
      delete response.headers.connection;
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
      response.on('error', () => answer.destroy());
    });
    outgoing.on('error', (problem) => {
      if (answer.headersSent) answer.destroy();
      else refuse(answer, 502, problem.message);
    });
    answer.on('close', () => {
      outgoing.destroy();
      target.underWay -= 1;
      if (target.underWay === 0) target.onIdle?.();
    });
    incoming.pipe(outgoing);
  }
}

function refuse(answer: ServerResponse, status: number, why: string): void {
  answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: why }));
}
