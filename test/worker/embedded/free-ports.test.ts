import { createServer, type AddressInfo } from 'node:net';
import { freePorts } from '../../../worker/embedded/free-ports';

describe('free ports', () => {
  it('are different, below those that systems give to outgoing connections, and can be listened on', async () => {
    const ports = await freePorts(20);
    expect(new Set(ports).size).toBe(20);
    for (const port of ports) {
      expect(port).toBeLessThan(32_768);
      const server = createServer();
      await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
      expect((server.address() as AddressInfo).port).toBe(port);
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
