import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { runBackend, sendBackendAnswer } from '../../examples/github/git-backend';

/** What the server does with the next request that pushes. */
export type PushFault =
  /** Carries it out, then cuts the connection instead of answering. */
  | 'cut after'
  /** Nothing happens but this answer. (A connection that is only cut is opened again by the client.) */
  | { readonly status: number };

/** A git server over HTTP: git's own `http-backend` for the repositories of one folder. */
export class GitHttpServer {
  /** Applied to that many pushes, one after the other. */
  readonly faults: PushFault[] = [];
  /** Statuses with which the next requests are answered that only ask what a push would meet. */
  readonly refusals: number[] = [];
  /** User and password that are asked for. */
  login: { user: string; password: string } | undefined;
  /** How many requests are being carried out, also of clients that have gone away. */
  busy = 0;
  private readonly server: Server;

  private constructor(private readonly folder: string) {
    this.server = createServer((request, response) => this.serve(request, response));
  }

  static async start(folder: string): Promise<GitHttpServer> {
    const server = new GitHttpServer(folder);
    await new Promise<void>((resolve) => server.server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  url(repository: string, login?: string): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://${login === undefined ? '' : `${login}@`}127.0.0.1:${port}/${repository}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    if (!this.isWelcome(request)) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end('no');
      return;
    }
    const asks = (request.url ?? '').endsWith('/info/refs?service=git-receive-pack');
    const refusal = asks ? this.refusals.shift() : undefined;
    if (refusal !== undefined) return void response.writeHead(refusal).end();
    const pushes = request.method === 'POST' && (request.url ?? '').endsWith('/git-receive-pack');
    const fault = pushes ? this.faults.shift() : undefined;
    if (typeof fault === 'object') {
      response.writeHead(fault.status).end();
    } else {
      void this.runBackend(request, response, fault === 'cut after');
    }
  }

  private isWelcome(request: IncomingMessage): boolean {
    if (!this.login) return true;
    const sent = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
    return sent === `${this.login.user}:${this.login.password}`;
  }

  private async runBackend(request: IncomingMessage, response: ServerResponse, cut: boolean): Promise<void> {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    this.busy += 1;
    const answer = await runBackend({ root: this.folder, path, query, request, user: 'tester' });
    this.busy -= 1;
    if (cut) request.socket.destroy();
    else sendBackendAnswer(response, answer);
  }
}
