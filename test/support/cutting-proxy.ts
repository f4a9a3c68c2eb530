import { connect, createServer, type Socket } from 'node:net';
import { listenAs } from './listen-as';

/**
 * A proxy before PostgreSQL that cuts one connection at its first COMMIT: `before` the server has got it, or `after`
 * the server has answered, so that the client learns of neither.
 */
export interface CuttingProxy {
  /** The server's address by way of the proxy. */
  readonly url: string;
  /** How many connections were cut. */
  readonly cuts: number;
  close(): Promise<void>;
}

/** Starts a proxy that cuts `times` connections and lets all later ones pass. */
export async function startCuttingProxy(url: string, when: 'before' | 'after', times = 1): Promise<CuttingProxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    let cutting = false;
    client.on('data', (chunk) => {
      if (cuts < times && isCommit(chunk)) {
        cuts++;
        cutting = true;
        if (when === 'before') return client.destroy();
      }
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => {
      if (cutting) client.destroy();
      else client.write(chunk);
    });
  });
  const address = await listenAs(server, url);
  return {
    url: address,
    get cuts() {
      return cuts;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

/** The message Query with the text COMMIT: type, length, text, zero. */
function isCommit(chunk: Buffer): boolean {
  return chunk[0] === 0x51 && chunk.toString('utf8', 5, chunk.length - 1) === 'COMMIT';
}
