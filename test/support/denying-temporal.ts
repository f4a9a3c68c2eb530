import { createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';

/** A Temporal frontend that knows nobody: it answers every call with this gRPC status. */
export async function startDenyingTemporal(status: number, words: string) {
  const server = createServer().on('stream', (stream) =>
    stream.respond(
      { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': String(status), 'grpc-message': words },
      { endStream: true },
    ),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => void server.close(),
  };
}
