import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

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
    const pushes = request.method === 'POST' && (request.url ?? '').endsWith('/git-receive-pack');
    const fault = pushes ? this.faults.shift() : undefined;
    if (typeof fault === 'object') {
      response.writeHead(fault.status).end();
    } else {
      this.runBackend(request, response, fault === 'cut after');
    }
  }

  private isWelcome(request: IncomingMessage): boolean {
    if (!this.login) return true;
    const sent = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64').toString();
    return sent === `${this.login.user}:${this.login.password}`;
  }

  private runBackend(request: IncomingMessage, response: ServerResponse, cut: boolean): void {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const backend = spawn('git', ['http-backend'], {
      env: {
        PATH: process.env['PATH'],
        GIT_PROJECT_ROOT: this.folder,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: decodeURIComponent(path),
        QUERY_STRING: query,
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        HTTP_GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        REMOTE_USER: 'tester',
        REMOTE_ADDR: '127.0.0.1',
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.busy += 1;
    request.pipe(backend.stdin);
    // A client may go away in the middle: the backend goes on with what it has.
    backend.stdin.on('error', () => undefined);
    const chunks: Buffer[] = [];
    backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    backend.on('close', () => {
      this.busy -= 1;
      if (cut) request.socket.destroy();
      else answer(response, Buffer.concat(chunks));
    });
  }
}

/** Turns a CGI answer (headers, an empty line, the body) into ours. */
function answer(response: ServerResponse, bytes: Buffer): void {
  const end = bytes.indexOf('\r\n\r\n');
  const lines = bytes.subarray(0, end).toString().split('\r\n');
  let status = 200;
  for (const line of lines) {
    const [name = '', value = ''] = line.split(': ');
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else if (name) response.setHeader(name, value);
  }
  response.writeHead(status).end(bytes.subarray(end + 4));
}
