/**
 * A GitHub for tests, the demo and benchmarks: a stateful server on this machine, backed by real bare repositories, whose
 * requests and answers are held against what GitHub publishes of its interfaces.
 */
import { generateKeyPairSync } from 'node:crypto';
import { close, listen } from '../shop/hosting/listen';
import { Credentials } from './credentials';
import type { Call, Fault } from './faults';
import { Limits } from './limits';
import { installPushHook } from './push-rules';
import { RefStore, type Lag } from './refs';
import type { BranchProtection, Ruleset } from './rules';
import { GitHubServer } from './server';
import { World, fullName, type App, type Permissions, type PullRequest, type Repository, type User } from './world';

/** Starts the server on a port of its own, or on the one wanted if it is free. */
export async function startGitHub({ port = 0 }: { port?: number } = {}): Promise<GitHub> {
  const github = new GitHub();
  await github.open(port);
  return github;
}

export class GitHub {
  readonly world = new World();
  readonly refs = new RefStore();
  readonly limits = new Limits(this.world);
  readonly credentials = new Credentials(this.world);
  private readonly server = new GitHubServer(this);

  /** Where the server is: `url/api/v3`, `url/api/graphql`, `url/OWNER/NAME.git`. */
  get url(): string {
    return this.world.url;
  }

  get restUrl(): string {
    return `${this.url}/api/v3`;
  }

  /** Every call, oldest first. */
  get calls(): readonly Call[] {
    return this.server.calls;
  }

  /** Answers of the stand-in that GitHub would not give; `stop` fails with them. */
  get defects(): readonly string[] {
    return this.server.defects;
  }

  get faults() {
    return this.server.faults;
  }

  /** Lets a fault strike; see `Fault`. */
  fault(fault: Fault): void {
    this.server.faults.add(fault);
  }

  /** How far the server's clock is ahead. */
  set skewMs(ms: number) {
    this.world.skewMs = ms;
  }

  /** How long reads go on to see what was before a write. */
  set lag(lag: Lag) {
    this.refs.lag = lag;
  }

  /** Address of a repository for git, with a token as its password if given. */
  gitUrl(repository: Repository, token?: string): string {
    const base = token ? this.url.replace('://', `://x-access-token:${token}@`) : this.url;
    return `${base}/${fullName(repository)}.git`;
  }

  addUser(user: { login: string; name?: string; emails?: readonly string[]; role?: User['role'] }): User {
    const { login, name = login, emails = [], role = 'write' } = user;
    const made = { id: this.world.nextId(), login, name, emails, role };
    this.world.users.push(made);
    return made;
  }

  /** Takes a bare repository over as it is. */
  async addRepository(options: {
    owner: string;
    name: string;
    folder: string;
    defaultBranch?: string;
    archived?: boolean;
    visibility?: Repository['visibility'];
  }): Promise<Repository> {
    const repository: Repository = {
      id: this.world.nextId(),
      defaultBranch: 'main',
      archived: false,
      visibility: 'private',
      createdAt: '2020-01-01T00:00:00Z',
      pullRequests: [],
      rulesets: [],
      protections: [],
      ...options,
    };
    await installPushHook(repository);
    this.world.repositories.push(repository);
    return repository;
  }

  /** Gives a repository another name; the old one leads to it. */
  rename(repository: Repository, name: string): void {
    this.world.formerNames.set(fullName(repository).toLowerCase(), repository);
    repository.name = name;
  }

  /** A fine-grained token, with read access to metadata, or a classic one if it has scopes. Returns its text. */
  addToken(options: {
    login: string;
    permissions?: Permissions;
    scopes?: readonly string[];
    repositories?: readonly string[] | 'all';
    expiresAt?: Date;
  }): string {
    const { login, permissions = {}, scopes, repositories = 'all', expiresAt } = options;
    const kind = scopes ? 'classic' : 'fine-grained';
    const token = {
      kind,
      login,
      permissions,
      scopes: scopes ?? [],
      repositories,
      expiresAt: expiresAt?.getTime() ?? null,
    } as const;
    return this.credentials.add(token).text;
  }

  revokeToken(text: string): void {
    this.credentials.revoke(text);
  }

  /** An app with one installation. */
  addApp(options: {
    slug: string;
    permissions: Permissions;
    repositories?: App['repositories'];
    tokenSeconds?: number;
  }): App {
    const { slug, permissions, repositories = 'all', tokenSeconds = 3600 } = options;
    const { privateKey, publicKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const [id, installationId] = [this.world.nextId(), this.world.nextId()];
    const app = { id, slug, installationId, privateKey, publicKey, permissions, repositories, tokenSeconds };
    this.world.apps.push(app);
    return app;
  }

  /** Note that a pull request brought commits. It is merged unless told otherwise. */
  addPullRequest(
    repository: Repository,
    pull: Partial<PullRequest> & Pick<PullRequest, 'title' | 'author' | 'commits'>,
  ): PullRequest {
    const made: PullRequest = {
      number: repository.pullRequests.length + 1,
      base: repository.defaultBranch,
      head: 'feature',
      state: 'closed',
      mergedAt: '2024-01-01T00:00:00Z',
      mergeCommit: pull.commits.at(-1) ?? null,
      ...pull,
    };
    repository.pullRequests.push(made);
    return made;
  }

  addRuleset(
    repository: Repository,
    ruleset: Partial<Ruleset> & Pick<Ruleset, 'target' | 'include' | 'rules'>,
  ): Ruleset {
    const id = this.world.nextId();
    const made: Ruleset = { id, name: `ruleset ${id}`, enforcement: 'active', exclude: [], bypass: [], ...ruleset };
    repository.rulesets.push(made);
    return made;
  }

  protectBranch(repository: Repository, pattern: string, protection: Partial<BranchProtection> = {}): BranchProtection {
    const made = { ...ordinaryProtection, ...protection, pattern };
    repository.protections.push(made);
    return made;
  }

  async open(port: number): Promise<void> {
    this.world.url = `http://127.0.0.1:${await listen(this.server.server, port)}`;
  }

  /** Closes the server. Fails if it ever gave an answer that GitHub would not give. */
  async stop(): Promise<void> {
    await close(this.server.server);
    if (this.defects.length > 0) throw new Error(`the GitHub stand-in is wrong:\n${this.defects.join('\n')}`);
  }
}

/** What GitHub protects when nothing is ticked. */
const ordinaryProtection: Omit<BranchProtection, 'pattern'> = {
  allowsForcePushes: false,
  allowsDeletions: false,
  blocksCreations: false,
  pushers: null,
  requiredApprovals: null,
  requiredChecks: [],
  linearHistory: false,
  signatures: false,
  enforceAdmins: true,
};
