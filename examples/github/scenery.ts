/** What tests put into the stand-in: people, repositories, tokens, apps, pull requests, rules. */
import { generateKeyPairSync } from 'node:crypto';
import { Credentials } from './credentials';
import { installPushHook } from './push-rules';
import type { BranchProtection, Ruleset } from './rules';
import {
  World,
  fullName,
  type App,
  type CheckRun,
  type CommitStatus,
  type Issue,
  type Permissions,
  type PullRequest,
  type Repository,
  type Team,
  type User,
} from './world';

export class Scenery {
  readonly world = new World();
  readonly credentials = new Credentials(this.world);

  addUser(user: { login: string; name?: string; emails?: readonly string[]; role?: User['role'] }): User {
    const { login, name = login, emails = [], role = 'write' } = user;
    const made = { id: this.world.nextId(), login, name, emails, role, keys: [], signingKeys: [] };
    this.world.users.push(made);
    return made;
  }

  /** A team of an organization; who is in it may be changed in what is returned. */
  addTeam({ org, slug, members = [], invited = [] }: Pick<Team, 'org' | 'slug'> & Partial<Team>): Team {
    const made = { org: org.toLowerCase(), slug: slug.toLowerCase(), members: [...members], invited: [...invited] };
    this.world.teams.push(made);
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
      checkRuns: [],
      statuses: [],
      issues: [],
      labels: [],
      releases: [],
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

  /** A fine-grained token, which can always read metadata, or a classic one if it has scopes. Returns its text. */
  addToken(options: {
    login: string;
    permissions?: Permissions;
    scopes?: readonly string[];
    repositories?: readonly string[] | 'all';
    expiresAt?: Date;
  }): string {
    const { login, permissions = {}, scopes, repositories = 'all', expiresAt } = options;
    const token = this.credentials.add({
      kind: scopes ? 'classic' : 'fine-grained',
      login,
      permissions,
      scopes: scopes ?? [],
      repositories,
      expiresAt: expiresAt?.getTime() ?? null,
    });
    return token.text;
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

  /** Notes that a pull request brought commits. It is merged unless told otherwise. */
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
      mergedBy: pull.author,
      mergeCommit: pull.commits.at(-1) ?? null,
      reviews: [],
      ...pull,
    };
    repository.pullRequests.push(made);
    return made;
  }

  /** Notes that a check ran, or runs: it passed unless told otherwise. */
  addCheckRun(repository: Repository, run: Partial<CheckRun> & Pick<CheckRun, 'name' | 'commit'>): CheckRun {
    const id = this.world.nextId();
    const status = run.status ?? 'completed';
    const conclusion = status === 'completed' ? 'success' : null;
    const made: CheckRun = { id, app: { id: 15368, slug: 'github-actions' }, conclusion, ...run, status };
    repository.checkRuns.push(made);
    return made;
  }

  addStatus(repository: Repository, status: Omit<CommitStatus, 'id'>): void {
    repository.statuses.push({ id: this.world.nextId(), ...status });
  }

  /** An open issue; its labels are made where they are not there. */
  addIssue(repository: Repository, issue: Partial<Issue> & Pick<Issue, 'title'>): Issue {
    const number = 100 + repository.issues.length + 1;
    const made: Issue = { number, labels: [], state: 'open', isPullRequest: false, ...issue };
    repository.labels.push(...made.labels.filter((label) => !repository.labels.includes(label)));
    repository.issues.push(made);
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
}

/** What GitHub protects when nothing is ticked. */
const ordinaryProtection: Omit<BranchProtection, 'pattern'> = {
  allowsForcePushes: false,
  allowsDeletions: false,
  blocksCreations: false,
  pushers: null,
  requiredApprovals: null,
  requiredChecks: [],
  signatures: false,
  enforceAdmins: true,
};
