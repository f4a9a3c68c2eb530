import { randomInt } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { Client } from 'pg';
import { listenAs } from './listen-as';

/**
 * A transaction pooler as PgBouncer is one: each transaction gets the server connection that was used last and is
 * free, and gives it back at its end; the process that it names at login is made up.
 */
export interface TransactionPooler {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a pooler before the server at `url`. It lets everybody in as that url's user. */
export async function startTransactionPooler(url: string): Promise<TransactionPooler> {
  const clients: Client[] = [];
  const free: Socket[] = [];
  const sockets = new Set<Socket>();
  const connectUpstream = async (): Promise<Socket> => {
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    clients.push(client);
    const socket = client.connection.stream as Socket;
    // From here on the bytes are ours.
    socket.removeAllListeners('data');
    return socket;
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    let started = false;
    let pending = Buffer.alloc(0);
    let upstream: Socket | undefined;
    let work = Promise.resolve();
    const exchange = async (message: Buffer): Promise<void> => {
      if (message[0] === 0x58) return void socket.end(); // Terminate
      upstream ??= free.pop() ?? (await connectUpstream());
      const server = upstream;
      server.write(message);
      const simple = message[0] === 0x51; // Query
      const sync = message[0] === 0x53; // Sync
      if (!simple && !sync) return;
      const idle = await relayUntilReady(server, socket);
      if (!idle) return;
      free.push(server);
      upstream = undefined;
    };
    socket.on('data', (chunk: Buffer) => {
      pending = Buffer.concat([pending, chunk]);
      for (;;) {
        const head = started ? 1 : 0;
        if (pending.length < head + 4 || pending.length < head + pending.readInt32BE(head)) return;
        const message = pending.subarray(0, head + pending.readInt32BE(head));
        pending = pending.subarray(message.length);
        if (started) work = work.then(() => exchange(message));
        else started = greet(socket, message);
      }
    });
  });
  const address = await listenAs(server, url);
  return {
    url: address,
    async close() {
      for (const socket of sockets) socket.destroy();
      for (const client of clients) client.connection.stream.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Answers a startup message. False if it only asked for encryption, which we do not have. */
function greet(socket: Socket, message: Buffer): boolean {
  const sslRequest = 80_877_103;
  if (message.readInt32BE(4) === sslRequest) {
    socket.write('N');
    return false;
  }
  const int = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(value);
    return bytes;
  };
  const answer = (type: string, body: Buffer) => Buffer.concat([Buffer.from(type), int(body.length + 4), body]);
  const key = Buffer.concat([int(randomInt(1, 1 << 30)), int(7)]);
  socket.write(Buffer.concat([answer('R', int(0)), answer('K', key), answer('Z', Buffer.from('I'))]));
  return true;
}

/** Passes the answers on up to ReadyForQuery; whether no transaction is open then. */
function relayUntilReady(server: Socket, socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    let pending = Buffer.alloc(0);
    const onData = (chunk: Buffer) => {
      socket.write(chunk);
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 5 && pending.length >= 1 + pending.readInt32BE(1)) {
        const end = 1 + pending.readInt32BE(1);
        const [type, state] = [pending[0], pending[5]];
        pending = pending.subarray(end);
        if (type !== 0x5a) continue;
        server.off('data', onData);
        return resolve(state === 0x49);
      }
    };
    server.on('data', onData);
  });
}
