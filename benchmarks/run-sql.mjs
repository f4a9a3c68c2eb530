/** Runs its standard input on API_DATABASE_URL in one transaction: for machines without psql. */
import { text } from 'node:stream/consumers';
import pg from 'pg';

const client = new pg.Client({ connectionString: process.env.API_DATABASE_URL });
await client.connect();
await client.query(await text(process.stdin));
await client.end();
