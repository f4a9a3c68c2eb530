import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An address that answers, or lets everybody wait: whoever asks it can be held there. */
export class Gate {
  private isShut = false;
  private waiting: ServerResponse[] = [];

  private constructor(
    readonly url: string,
    readonly close: () => Promise<void>,
  ) {}

  static async open(): Promise<Gate> {
    const server = createServer((_, response) => gate.take(response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const close = () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    const gate = new Gate(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, close);
    return gate;
  }

  shut(): void {
    this.isShut = true;
  }

  /** Answers all that wait, and at once from now on. */
  lift(): void {
    this.isShut = false;
    for (const response of this.waiting.splice(0)) response.end('open');
  }

  private take(response: ServerResponse): void {
    if (this.isShut) this.waiting.push(response);
    else response.end('open');
  }
}
