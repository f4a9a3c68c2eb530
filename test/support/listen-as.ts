import type { AddressInfo, Server } from 'node:net';

/** Lets `server` listen on a free port of this machine; returns `url` with that in place of its host and port. */
export async function listenAs(server: Server, url: string): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = new URL(url);
  address.hostname = '127.0.0.1';
  address.port = String((server.address() as AddressInfo).port);
  return address.toString();
}
