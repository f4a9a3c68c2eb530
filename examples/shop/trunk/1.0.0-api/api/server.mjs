import { createServer } from 'node:http';
import pg from 'pg';
import { columns, listBooks } from './books.mjs';

const { DATABASE_URL, PORT = '0', COMMIT = 'unknown', VERSION = 'unknown' } = process.env;
const database = new pg.Pool({
  connectionString: DATABASE_URL,
  max: 4,
  idleTimeoutMillis: 1000,
  connectionTimeoutMillis: 5000,
});
// A database that restarts closes idle connections; the next request opens a new one.
database.on('error', (problem) => console.error(`database: ${problem.message}`));

await refuseToStartWithoutItsColumns();

const routes = {
  '/health': async () => ({ status: 'ok' }),
  '/version': async () => ({ commit: COMMIT, version: VERSION }),
  '/books': async () => ({ books: await listBooks(database) }),
};

const server = createServer(async (request, response) => {
  const route = routes[new URL(request.url, 'http://shop').pathname];
  const [status, body] = route
    ? await route().then(
        (answer) => [200, answer],
        (problem) => [500, { error: problem.message }],
      )
    : [404, { error: 'there is no such page' }];
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
});

server.listen(Number(PORT), '127.0.0.1', () => console.log(`listening on ${server.address().port}`));

process.on('SIGTERM', () => {
  server.close(() => database.end().finally(() => process.exit(0)));
  server.closeIdleConnections();
});

async function refuseToStartWithoutItsColumns() {
  const { rows } = await database.query(
    `select table_name || '.' || column_name as name from information_schema.columns where table_schema = 'public'`,
  );
  const there = new Set(rows.map((row) => row.name));
  const missing = columns.filter((name) => !there.has(name));
  if (missing.length === 0) return;
  console.error(`the database lacks ${missing.join(', ')}: run the migrations first`);
  process.exit(1);
}
