/** Serves a bare repository over HTTP by git's own `http-backend`, run as CGI. */
import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';

/** One request to the backend. */
export interface BackendRequest {
  /** The folder below which `path` names a repository, and what is wanted of it. */
  readonly root: string;
  readonly path: string;
  readonly query: string;
  readonly request: IncomingMessage;
  /** The request's body, where somebody has read it already. */
  readonly body?: Readable | Buffer;
  readonly user: string;
  /** More of the environment, which hooks see. */
  readonly env?: Readonly<Record<string, string>>;
}

/** What the backend answered. */
export interface BackendAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Runs the backend to its end, whether or not the client still waits. */
export function runBackend({ root, path, query, request, body, user, env }: BackendRequest): Promise<BackendAnswer> {
  return new Promise((resolve, reject) => {
    const backend = spawn('git', ['http-backend'], {
      env: {
        PATH: process.env['PATH'],
        ...env,
        GIT_PROJECT_ROOT: root,
        GIT_HTTP_EXPORT_ALL: '1',
        PATH_INFO: decodeURIComponent(path),
        QUERY_STRING: query,
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        HTTP_GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
        REMOTE_USER: user,
        REMOTE_ADDR: '127.0.0.1',
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    // A client may go away in the middle: the backend goes on with what it has.
    backend.stdin.on('error', () => undefined);
    if (Buffer.isBuffer(body)) backend.stdin.end(body);
    else (body ?? request).pipe(backend.stdin);
    const chunks: Buffer[] = [];
    backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    backend.on('error', reject);
    backend.on('close', () => resolve(parseCgi(Buffer.concat(chunks))));
  });
}

export function sendBackendAnswer(response: ServerResponse, { status, headers, body }: BackendAnswer): void {
  response.writeHead(status, { ...headers }).end(body);
}

/** A CGI answer: headers, an empty line, the body. */
function parseCgi(bytes: Buffer): BackendAnswer {
  const end = bytes.indexOf('\r\n\r\n');
  const lines = bytes.subarray(0, end).toString().split('\r\n');
  const headers: Record<string, string> = {};
  let status = 200;
  for (const line of lines) {
    const [name = '', value = ''] = line.split(': ');
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else if (name) headers[name] = value;
  }
  return { status, headers, body: bytes.subarray(end + 4) };
}
