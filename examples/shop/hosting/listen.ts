import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Opens a server on the port wanted, or on any if it is 0 or taken. Returns the port. */
export async function listen(server: Server, wanted: number): Promise<number> {
  await listenOn(server, wanted).catch(() => listenOn(server, 0));
  return (server.address() as AddressInfo).port;
}

/** Closes a server, with the connections that it has. */
export async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

function listenOn(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
