import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Builds } from '../../../release/project';
import { codeOf, Mover, pointers, Shop } from './harness';

/** A deployer's API: how many builds are active, and a way to cancel them. */
class Host {
  active: unknown = 0;
  status = 200;
  cancelStatus = 202;
  readonly requests: string[] = [];
  onAsked: (count: number) => void = () => undefined;
  private asked = 0;
  private readonly server: Server = createServer((request, response) => {
    this.requests.push(`${request.method} ${request.url} ${request.headers.authorization ?? ''}`.trim());
    if (request.method === 'POST') {
      if (this.cancelStatus < 300) this.active = 0;
      response.writeHead(this.cancelStatus).end();
      return;
    }
    this.onAsked((this.asked += 1));
    response.writeHead(this.status).end(JSON.stringify({ builds: { active: this.active } }));
  });

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  get cancels(): number {
    return this.requests.filter((request) => request.startsWith('POST')).length;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

describe('before a pointer is put back, what its move started', () => {
  let shop: Shop;
  let host: Host;
  beforeEach(async () => {
    shop = await Shop.open();
    host = new Host();
    await host.start();
  });
  afterEach(async () => {
    await host.stop();
    await shop.close();
  });

  const active = () => ({ url: host.url('/builds?ref={ref}&commit={commit}'), json: 'builds.active', headers: {} });
  const cancel = () => {
    return { url: host.url('/cancel/{ref}'), method: 'POST', headers: { authorization: 'Bearer ${env:HOST_TOKEN}' } };
  };
  const builds = (changes: Partial<Builds> = {}): Builds => ({
    active: active(),
    cancel: cancel(),
    settle: 60,
    patience: 20_000,
    ...changes,
  });

  async function movedWith(changes?: Partial<Builds>) {
    const variables = { HOST_TOKEN: 'secret-token' };
    const mover = new Mover(shop, { ...pointers.tag, builds: builds(changes) }, undefined, { variables });
    const plan = await mover.plan();
    await mover.take();
    await mover.move(plan);
    await mover.raise();
    return { mover, plan };
  }

  const putBack = () => shop.remote.ref('refs/tags/v1.0.0-rollback.1') !== null;

  it('is cancelled, once, with references and placeholders filled', async () => {
    const { mover, plan } = await movedWith();
    host.active = 2;
    expect((await mover.undo(plan)).how).toBe('restored');
    expect(host.requests[0]).toBe(`GET /builds?ref=v1.1.0&commit=${shop.commits.second}`);
    expect(host.requests.filter((request) => request.startsWith('POST'))).toEqual([
      'POST /cancel/v1.1.0 Bearer secret-token',
    ]);
  });

  it('is awaited until nothing is active, where it cannot be cancelled', async () => {
    const mover = new Mover(shop, { ...pointers.tag, builds: { active: active(), settle: 60, patience: 20_000 } });
    const plan = await mover.plan();
    await mover.take();
    await mover.move(plan);
    await mover.raise();
    host.active = [{ id: 1 }];
    host.onAsked = (count) => {
      expect(putBack()).toBe(false);
      if (count === 4) host.active = [];
    };
    await mover.undo(plan);
    expect(host.requests.length).toBeGreaterThan(4);
    expect(putBack()).toBe(true);
  });

  it('is not cancelled where nothing is active', async () => {
    const { mover, plan } = await movedWith();
    await mover.undo(plan);
    expect(host.cancels).toBe(0);
  });

  it('is cancelled again when more comes up before it has been quiet for the settle time', async () => {
    const { mover, plan } = await movedWith({ settle: 1_000 });
    host.active = 1;
    host.onAsked = (count) => {
      if (count === 3) host.active = 1;
      if (count < 4) expect(putBack()).toBe(false);
    };
    await mover.undo(plan);
    expect(host.cancels).toBe(2);
  });

  it('is cancelled again when one build takes the place of another', async () => {
    const { mover, plan } = await movedWith();
    host.active = 1;
    // The first cancel ends the first build, and a second one begins before anybody looks.
    host.onAsked = (count) => {
      if (count === 2) host.active = 1;
    };
    await mover.undo(plan);
    expect(host.cancels).toBe(2);
    expect(putBack()).toBe(true);
  });

  it('keeps the pointer where it is when it does not come to rest', async () => {
    const { mover, plan } = await movedWith({ patience: 300 });
    host.cancelStatus = 200;
    host.onAsked = () => (host.active = 3);
    await expect(mover.undo(plan)).rejects.toMatchObject({
      code: 'NOT_QUIET',
      message: expect.stringContaining('3 builds active') as unknown,
    });
    expect(putBack()).toBe(false);
  });

  it.each([
    ['answers with an error', () => (host.status = 500), 'status 500'],
    ['does not say how many', () => (host.active = 'many'), 'does not say'],
    [
      'refuses to cancel',
      () => {
        host.active = 1;
        host.cancelStatus = 403;
      },
      'status 403',
    ],
  ])('is not taken for quiet when the host %s', async (_, change, words) => {
    const { mover, plan } = await movedWith({ patience: 300 });
    change();
    await expect(mover.undo(plan)).rejects.toMatchObject({
      code: 'NOT_QUIET',
      message: expect.stringContaining(words) as unknown,
    });
    expect(putBack()).toBe(false);
  });

  it('is cancelled once and given the settle time where the host cannot be asked', async () => {
    const others = { cancel: cancel(), settle: 60, patience: 20_000 };
    const mover = new Mover(shop, { ...pointers.branch, builds: others }, undefined, {
      variables: { HOST_TOKEN: 'x' },
    });
    const plan = await mover.plan();
    await mover.take();
    await mover.move(plan);
    await mover.raise();
    await mover.undo(plan);
    expect(host.requests).toEqual(['POST /cancel/production Bearer x']);
    expect(shop.remote.ref('refs/heads/production')).toBe(shop.commits.first);
  });

  it('leaves the builds of the rollback alone when the undo is asked for again', async () => {
    const { mover, plan } = await movedWith();
    await mover.undo(plan);
    host.active = 1;
    expect((await mover.undo(plan)).how).toBe('already');
    expect(host.cancels).toBe(0);
  });

  it('needs the variables of its requests', async () => {
    const mover = new Mover(shop, { ...pointers.tag, builds: builds() });
    const plan = await mover.plan();
    await mover.take();
    await mover.move(plan);
    await mover.raise();
    expect(await codeOf(mover.undo(plan))).toBe('ENV_REFERENCE_UNDEFINED');
  });
});
