import { Agent, createServer, request as ask, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The one address under which the public sees a service, whichever process answers. */
export class PublicPort {
  private target: { readonly port: number; readonly agent: Agent } | undefined;

  private constructor(private readonly server: Server) {
    server.on('request', (incoming: IncomingMessage, answer: ServerResponse) => this.forward(incoming, answer));
  }

  /** Opens the port wanted, or any if it is 0 or taken. */
  static async open(wanted: number): Promise<PublicPort> {
    const server = createServer();
    await listen(server, wanted).catch(() => listen(server, 0));
    return new PublicPort(server);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** From now on each new request goes to this port of the machine; those under way stay where they are. */
  switchTo(port: number): void {
    const before = this.target;
    this.target = { port, agent: new Agent({ keepAlive: true, maxSockets: 64 }) };
    // Only what is idle: a request under way keeps its connection.
    for (const sockets of Object.values(before?.agent.freeSockets ?? {})) {
      for (const socket of sockets ?? []) socket.destroy();
    }
  }

  async close(): Promise<void> {
    this.target?.agent.destroy();
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private forward(incoming: IncomingMessage, answer: ServerResponse): void {
    const { target } = this;
    if (!target) return refuse(answer, 503, 'nothing is deployed');
    const { method, url, headers } = incoming;
    const outgoing = ask({ host: '127.0.0.1', port: target.port, agent: target.agent, method, path: url, headers });
    outgoing.on('response', (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
      response.on('error', () => answer.destroy());
    });
    outgoing.on('error', (problem) => {
      if (answer.headersSent) answer.destroy();
      else refuse(answer, 502, problem.message);
    });
    answer.on('close', () => outgoing.destroy());
    incoming.pipe(outgoing);
  }
}

function refuse(answer: ServerResponse, status: number, why: string): void {
  answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: why }));
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
