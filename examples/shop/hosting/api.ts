import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { close, listen } from './listen';
import type { BuildSettings } from './options';
import type { Hosting } from './start-hosting';

/** The host's own HTTP API, as it listens. */
export interface Api {
  readonly port: number;
  readonly url: string;
  close(): Promise<void>;
}

type Route = (hosting: Hosting, query: URLSearchParams, body: string) => Promise<unknown>;

/** Method and path → answer. `ref` may be a full or a short name; `state` a build's status, or `active`. */
const routes: Readonly<Record<string, Route>> = {
  'GET /health': async () => ({ status: 'ok' }),
  'GET /builds': async (hosting, query) => {
    await hosting.noticedUnlessSlow();
    const builds = hosting.builds(Object.fromEntries(query));
    return { total: builds.length, builds };
  },
  'POST /builds/cancel': async (hosting, query) => {
    await hosting.noticedUnlessSlow();
    return { cancelled: hosting.cancel(query.get('ref') ?? '') };
  },
  'POST /builds/release': async (hosting, query) => {
    hosting.release(query.get('ref') ?? undefined);
    return { status: 'ok' };
  },
  'GET /history': async (hosting, query) => ({ history: hosting.history(query.get('service') ?? undefined) }),
  'POST /settings': async (hosting, query, body) => {
    hosting.set(JSON.parse(body) as Partial<BuildSettings>, query.get('service') ?? undefined);
    return { status: 'ok' };
  },
};

/** Opens the API on the port wanted, or on any if it is 0 or taken. */
export async function openApi(hosting: Hosting, wanted: number): Promise<Api> {
  const server = createServer((request, response) => {
    void answer(hosting, request).then(([status, body]) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  const port = await listen(server, wanted);
  return { port, url: `http://127.0.0.1:${port}`, close: () => close(server) };
}

async function answer(hosting: Hosting, request: IncomingMessage): Promise<[number, unknown]> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://host');
  const route = routes[`${request.method} ${pathname}`];
  if (!route) return [404, { error: `there is no ${request.method} ${pathname}` }];
  try {
    return [200, await route(hosting, searchParams, await text(request))];
  } catch (problem) {
    return [400, { error: (problem as Error).message }];
  }
}
