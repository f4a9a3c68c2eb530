import type { Worker } from '@temporalio/worker';
import { createServer, type Server } from 'node:http';
import { SlipwayError } from '../release/errors';

/**
 * Answers `GET /healthz` with 200 while the worker polls and 503 otherwise, as JSON with its state. Returns the server
 * once it listens; fails with USAGE if the port is taken.
 */
export async function serveHealth(worker: Worker, port: number, taskQueue: string): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url !== '/healthz') {
      response.writeHead(404).end();
      return;
    }
    const state = worker.getState();
    response.writeHead(state === 'RUNNING' ? 200 : 503, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ state, taskQueue, ...worker.getStatus() }));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(portTaken(port, error)));
    server.listen(port, resolve);
  });
  return server;
}

function portTaken(port: number, cause: Error): SlipwayError {
  const detail = `the health endpoint cannot listen on port ${port} (${cause.message})`;
  return new SlipwayError('USAGE', { detail, help: 'slipway worker --help' }, { cause });
}
