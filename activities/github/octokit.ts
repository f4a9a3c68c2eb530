/** Octokit as Slipway uses it: one pair of clients for each GitHub and credentials of this process. */
import { createHash } from 'node:crypto';
import type { Octokit } from '@octokit/rest';
import { credentialsRefused } from './api-failure';
import { AppTokens, type AccessToken, type AppCalls } from './app-tokens';

type RequestInterface = Octokit['request'];

/** How a client proves who it is; references resolved: never to be shown. */
export type Credentials =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'app'; readonly id: string; readonly installation?: string; readonly privateKey: string };

/** Two Octokits with the same credentials. */
export interface Client {
  /** Tries again by itself, and waits for a rate limit that is soon over: for what changes nothing. */
  readonly reading: Octokit;
  /** Sends everything once: what became of it is looked up by whoever sent it. */
  readonly writing: Octokit;
  token(): Promise<AccessToken>;
}

/** Milliseconds that one request may take. */
const requestTimeout = 30_000;

/** Seconds that a reading waits for a rate limit by itself. */
const shortWait = 30;

const clients = new Map<string, Promise<Client>>();

/** The client of this process for `repository` (`owner/name`) at `api`. Fails with GITHUB_CREDENTIALS_REFUSED. */
export function clientFor(api: string, repository: string, credentials: Credentials): Promise<Client> {
  const key = createHash('sha256')
    .update(JSON.stringify([api, repository, credentials]))
    .digest('hex');
  const found = clients.get(key);
  if (found) return found;
  const made = makeClient(api, repository, credentials);
  clients.set(key, made);
  // What failed may be right the next time.
  made.catch(() => clients.delete(key));
  return made;
}

async function makeClient(api: string, repository: string, credentials: Credentials): Promise<Client> {
  // Only here: a worker without a repository at GitHub does not load them.
  const { Octokit } = await import('@octokit/rest');
  const { retry } = await import('@octokit/plugin-retry');
  const { throttling } = await import('@octokit/plugin-throttling');
  const Patient = Octokit.plugin(retry, throttling);
  const proof = await proofOf(api, repository, credentials);
  const common = { baseUrl: api, userAgent: 'slipway', log: quiet, request: { fetch: boundedFetch }, ...proof.options };
  const waits = (after: number, _options: object, _octokit: object, count: number) => after <= shortWait && count < 2;
  const never = () => false;
  return {
    reading: new Patient({
      ...common,
      retry: { retries: 2, retryAfterBaseValue: 250, doNotRetry: [400, 401, 403, 404, 409, 410, 422, 429, 451] },
      throttle: { ...unspaced, onRateLimit: waits, onSecondaryRateLimit: waits },
    }),
    writing: new Patient({
      ...common,
      retry: { enabled: false },
      throttle: { ...unspaced, onRateLimit: never, onSecondaryRateLimit: never },
    }),
    token: proof.token,
  };
}

/** The authentication of a client, in Octokit's words. */
interface Proof {
  readonly options: Readonly<Record<string, unknown>>;
  readonly token: () => Promise<AccessToken>;
}

async function proofOf(api: string, repository: string, credentials: Credentials): Promise<Proof> {
  if (credentials.kind === 'token') {
    const { token } = credentials;
    if (token.trim() === '') throw credentialsRefused(repository, 'the token is empty');
    return { options: { auth: token }, token: async () => ({ token }) };
  }
  const { Octokit } = await import('@octokit/rest');
  const asApp = new Octokit({ baseUrl: api, userAgent: 'slipway', log: quiet, request: { fetch: boundedFetch } });
  const [owner = '', repo = ''] = repository.split('/');
  const by = (claim: string) => ({ headers: { authorization: `bearer ${claim}` } });
  const calls: AppCalls = {
    findInstallation: (claim) => asApp.rest.apps.getRepoInstallation({ owner, repo, ...by(claim) }),
    makeToken: (claim, installation) =>
      asApp.rest.apps.createInstallationAccessToken({ installation_id: installation, ...by(claim) }),
  };
  const { id, installation, privateKey } = credentials;
  const app = { id, privateKey: pem(privateKey), ...(installation !== undefined && { installation }) };
  const tokens = new AppTokens(app, calls);
  // Whether it can be done at all is told by the first token.
  await tokens.get();
  return { options: { authStrategy: byTokens, auth: { tokens } }, token: () => tokens.get() };
}

interface Endpoint {
  headers: Record<string, unknown>;
}

/** Octokit's way to be told who it is, call by call. */
function byTokens({ tokens }: { readonly tokens: AppTokens }) {
  const hook = (request: RequestInterface, route: string, parameters: Record<string, unknown> = {}) => {
    const endpoint = request.endpoint.merge(route, parameters) as unknown as Endpoint;
    return tokens.with((token) => {
      endpoint.headers['authorization'] = `token ${token}`;
      return request(endpoint as unknown as Parameters<RequestInterface>[0]);
    });
  };
  return Object.assign(() => tokens.get(), { hook });
}

/** A key in a variable often has its line ends written out. */
const pem = (key: string): string => (key.includes('\n') ? key : key.replace(/\\n/g, '\n'));

/** A redirect of a request that changes something: followed, it would become a GET that changes nothing. */
export class Moved extends Error {
  override readonly name = 'Moved';
}

const boundedFetch: typeof fetch = async (input, init = {}) => {
  const timeout = AbortSignal.timeout(requestTimeout);
  const signal = init.signal ? AbortSignal.any([init.signal, timeout]) : timeout;
  const reads = (init.method ?? 'GET') === 'GET' || init.method === 'HEAD';
  const answer = await fetch(input, { ...init, signal, redirect: reads ? 'follow' : 'manual' });
  if (reads || answer.status < 300 || answer.status >= 400) return answer;
  await answer.body?.cancel();
  throw new Moved(`it has moved to ${answer.headers.get('location') ?? 'another address'}`);
};

/**
 * The plugin would send one POST a second, be it only a question in GraphQL: a rollback would wait for its own looks.
 * GitHub asks for that pause of those who send many; a release sends some ten.
 */
const unspaced = {
  write: { key: () => ({ schedule: (_options: unknown, act: () => Promise<unknown>) => act() }) },
} as unknown as Record<string, never>;

const ignore = () => undefined;
const quiet = { debug: ignore, info: ignore, warn: ignore, error: ignore };
