/** One repository at GitHub, as this process talks to it. */
import type { Octokit } from '@octokit/rest';
import { resolveReferences } from '../../release/env-references';
import { SlipwayError } from '../../release/errors';
import { maskUrl } from '../../release/git-answers';
import { gitHubAddress, type GitHubAddress } from '../../release/github-address';
import type { GitHubAccess, Repository } from '../../release/project';
import type { Surroundings } from '../surroundings';
import { isAbort } from '../failures';
import { failureError, judgeFailure, type ApiFailure } from './api-failure';
import { clientFor, type Client, type Credentials } from './octokit';
import type { Draft } from './objects';
import { RefMemory } from './ref-memory';

/** What is known of a repository from earlier calls of this process. */
interface Memory {
  /** `owner/name` as GitHub calls it now, once it has said. */
  canonical?: string;
  /** Its id in GraphQL. */
  id?: string;
  readonly refs: RefMemory;
}

const memories = new Map<string, Memory>();

/** A repository at GitHub with credentials for it. */
export class GitHubRepository {
  /** Objects that are to be made, by their ids. */
  readonly drafts = new Map<string, Draft>();
  /** Why the API may not be used at all, once it has said so; git does the same then. */
  closed: string | undefined;

  private constructor(
    readonly address: GitHubAddress,
    private readonly credentials: Credentials,
    private readonly signal: AbortSignal,
    readonly memory: Memory,
  ) {}

  /**
   * The repository that a configuration means; undefined = it has no access to GitHub's API. Throws
   * ENV_REFERENCE_UNDEFINED and GITHUB_REPOSITORY_UNNAMED. Nothing is asked yet.
   */
  static of(repository: Repository, lookup: Surroundings['lookup'], signal: AbortSignal): GitHubRepository | undefined {
    if (!repository.github) return undefined;
    const url = resolveReferences(repository.url, lookup, 'repository.url');
    const access = resolveReferences(repository.github, lookup, 'repository.github');
    const address = gitHubAddress(url, access);
    if (!address) throw new SlipwayError('GITHUB_REPOSITORY_UNNAMED', { url: maskUrl(url) });
    const key = `${address.api} ${address.owner}/${address.name}`.toLowerCase();
    const memory = memories.get(key) ?? { refs: new RefMemory() };
    memories.set(key, memory);
    return new GitHubRepository(address, credentialsOf(access), signal, memory);
  }

  /** Whether git reaches it at `url` on the very host whose API this is: only there do its credentials go. */
  isAt(url: string): boolean {
    return /^https?:/i.test(url) && gitHubAddress(url, {})?.api === this.address.api;
  }

  /** `owner/name` as configured. */
  get configured(): string {
    return `${this.address.owner}/${this.address.name}`;
  }

  /** `owner/name` as GitHub calls it, as far as it has said. */
  get name(): string {
    return this.memory.canonical ?? this.configured;
  }

  /** For people. */
  get shown(): string {
    const host = new URL(this.address.api).host;
    return host === 'api.github.com' ? this.name : `${this.name} (${host})`;
  }

  /** The parameters of REST calls, under the name that GitHub has for it now. */
  get parameters(): { owner: string; repo: string; request: { signal: AbortSignal } } {
    const [owner = '', repo = ''] = this.name.split('/');
    return { owner, repo, request: { signal: this.signal } };
  }

  /** Calls that change nothing; tried again within limits. Throws the error of the table. */
  async read<T>(call: (octokit: Octokit) => Promise<T>): Promise<T> {
    const outcome = await this.ask(({ reading }) => call(reading));
    if ('failure' in outcome) throw failureError(outcome.failure, this.shown);
    return outcome.value;
  }

  /** As `read`, but a failure is a result. */
  ask<T>(call: (client: Client) => Promise<T>): Promise<{ value: T } | { failure: ApiFailure }> {
    return this.orFailure(this.client().then(call));
  }

  /** A call that changes something, sent once. */
  write<T>(call: (octokit: Octokit) => Promise<T>): Promise<{ value: T } | { failure: ApiFailure }> {
    return this.ask(({ writing }) => call(writing));
  }

  /** The value of an `Authorization` header for git over HTTP. */
  async authorization(): Promise<string> {
    const outcome = await this.ask((client) => client.token());
    if ('failure' in outcome) throw failureError(outcome.failure, this.shown);
    return `Basic ${Buffer.from(`x-access-token:${outcome.value.token}`).toString('base64')}`;
  }

  private client(): Promise<Client> {
    return clientFor(this.address.api, this.configured, this.credentials);
  }

  private async orFailure<T>(call: Promise<T>): Promise<{ value: T } | { failure: ApiFailure }> {
    try {
      return { value: await abortable(call, this.signal) };
    } catch (error) {
      if (this.signal.aborted) throw this.signal.reason;
      if (error instanceof SlipwayError) throw error;
      const failure = isAbort(error)
        ? { kind: 'no answer' as const, detail: 'no answer in time' }
        : judgeFailure(error);
      if (!failure) throw this.credentials.kind === 'app' ? keyProblem(this.shown) : error;
      return { failure };
    }
  }
}

/** A plugin may be waiting for a limit to end, which no signal ends. */
function abortable<T>(call: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    call.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** What is thrown besides answers comes from the signing of the App's claim; what it says could quote the key. */
function keyProblem(shown: string): SlipwayError {
  return failureError({ kind: 'credentials', detail: 'the private key of the App cannot be used' }, shown);
}

function credentialsOf({ token, app }: GitHubAccess): Credentials {
  if (app) return { kind: 'app', ...app };
  return { kind: 'token', token: (token ?? '').trim() };
}
