import { createServer } from 'node:http';
import { page } from './page.mjs';

const { API_URL, PORT = '0', COMMIT = 'unknown', VERSION = 'unknown' } = process.env;

const routes = {
  '/': async () => ['text/html; charset=utf-8', page(await booksOfTheApi())],
  '/health': async () => ['application/json', JSON.stringify({ status: 'ok' })],
  '/version': async () => ['application/json', JSON.stringify({ commit: COMMIT, version: VERSION })],
};

const server = createServer(async (request, response) => {
  const route = routes[new URL(request.url, 'http://shop').pathname];
  const [type, body] = route ? await route() : ['text/plain', 'there is no such page'];
  response.writeHead(route ? 200 : 404, { 'content-type': type }).end(body);
});

server.listen(Number(PORT), '127.0.0.1', () => console.log(`listening on ${server.address().port}`));

process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});

/** The shop window stays up while the api does not: it then shows no books. */
async function booksOfTheApi() {
  if (!API_URL) return [];
  try {
    const answer = await fetch(`${API_URL}/books`, { signal: AbortSignal.timeout(2000) });
    return answer.ok ? (await answer.json()).books : [];
  } catch {
    return [];
  }
}
