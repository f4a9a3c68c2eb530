/** What the stand-in knows besides the repositories' own contents: people, repositories, apps, the clock. */
import type { BranchProtection, Ruleset } from './rules';

/** What a person may do in every repository. */
export type Role = 'admin' | 'write' | 'read';

export interface User {
  readonly id: number;
  readonly login: string;
  readonly name: string;
  readonly emails: readonly string[];
  readonly role: Role;
  /** Public keys to log in with. */
  readonly keys: string[];
  /** Public keys to sign with. */
  readonly signingKeys: string[];
}

/** A team of an organization, in small letters. */
export interface Team {
  readonly org: string;
  readonly slug: string;
  /** Logins. */
  readonly members: string[];
  readonly invited: string[];
}

export interface PullRequest {
  readonly number: number;
  readonly title: string;
  readonly author: string;
  readonly base: string;
  readonly head: string;
  readonly state: 'open' | 'closed';
  readonly mergedAt: string | null;
  /** Login; null = nobody yet. */
  readonly mergedBy: string | null;
  readonly mergeCommit: string | null;
  /** Every commit that it brought. */
  readonly commits: readonly string[];
  /** Oldest first; what a test changes in it counts from then on. */
  readonly reviews: Review[];
}

/** A review of a pull request. */
export interface Review {
  readonly by: string;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED';
}

/** A check run of a commit; a test may change what it says. */
export interface CheckRun {
  readonly id: number;
  readonly name: string;
  readonly commit: string;
  readonly app: { readonly id: number; readonly slug: string };
  status: 'queued' | 'in_progress' | 'completed' | 'waiting' | 'requested' | 'pending';
  conclusion: 'success' | 'failure' | 'neutral' | 'cancelled' | 'skipped' | 'timed_out' | 'action_required' | null;
}

/** A status of a commit; of each context the newest counts. */
export interface CommitStatus {
  readonly id: number;
  readonly context: string;
  readonly commit: string;
  readonly state: 'success' | 'pending' | 'failure' | 'error';
}

export interface Issue {
  readonly number: number;
  readonly title: string;
  readonly labels: readonly string[];
  state: 'open' | 'closed';
  readonly isPullRequest: boolean;
}

/** A published release. */
export interface PublishedRelease {
  readonly tag: string;
  readonly body: string;
}

export interface Repository {
  readonly id: number;
  owner: string;
  name: string;
  /** The bare repository. */
  readonly folder: string;
  defaultBranch: string;
  archived: boolean;
  visibility: 'public' | 'private';
  readonly pullRequests: PullRequest[];
  /** Oldest first. */
  readonly checkRuns: CheckRun[];
  readonly statuses: CommitStatus[];
  readonly issues: Issue[];
  readonly labels: string[];
  readonly releases: PublishedRelease[];
  readonly rulesets: Ruleset[];
  readonly protections: BranchProtection[];
  readonly createdAt: string;
}

export interface App {
  readonly id: number;
  readonly slug: string;
  readonly installationId: number;
  readonly privateKey: string;
  readonly publicKey: string;
  readonly permissions: Permissions;
  /** Full names, or all. */
  readonly repositories: readonly string[] | 'all';
  /** How long its tokens live. One hour at GitHub. */
  tokenSeconds: number;
}

export type Level = 'read' | 'write';
/** Permission → level, as in `{ contents: 'write', metadata: 'read' }`. */
export type Permissions = Readonly<Record<string, Level>>;

/** Everything that the server holds in memory. */
export class World {
  readonly users: User[] = [];
  readonly repositories: Repository[] = [];
  readonly apps: App[] = [];
  readonly teams: Team[] = [];
  /** Full names that repositories had before, in lower case. */
  readonly formerNames = new Map<string, Repository>();
  /** How far the server's clock is ahead of ours. */
  skewMs = 0;
  /** The server's address, without a slash at its end. */
  url = '';
  private lastId = 1000;

  nextId(): number {
    this.lastId += 1;
    return this.lastId;
  }

  now(): number {
    return Date.now() + this.skewMs;
  }

  user(login: string): User | undefined {
    return this.users.find((user) => user.login.toLowerCase() === login.toLowerCase());
  }

  userByEmail(email: string): User | undefined {
    return this.users.find(({ emails }) => emails.some((one) => one.toLowerCase() === email.toLowerCase()));
  }

  /** A repository by its name; `former` when that is a name it once had. */
  find(owner: string, name: string): { repository: Repository; former: boolean } | undefined {
    const wanted = `${owner}/${name}`.toLowerCase();
    const repository = this.repositories.find((one) => fullName(one).toLowerCase() === wanted);
    if (repository) return { repository, former: false };
    const moved = this.formerNames.get(wanted);
    return moved && { repository: moved, former: true };
  }
}

export const fullName = ({ owner, name }: Repository): string => `${owner}/${name}`;

/** An opaque id as GraphQL hands them out. */
export const nodeId = (kind: string, ...parts: (string | number)[]): string =>
  `${kind}_${Buffer.from(parts.join('\n')).toString('base64url')}`;

/** The parts of a node id, or null if it is none. */
export function partsOfNodeId(id: string): { kind: string; parts: string[] } | null {
  const [, kind, rest] = /^([A-Za-z]+)_([A-Za-z0-9_-]+)$/.exec(id) ?? [];
  return kind && rest ? { kind, parts: Buffer.from(rest, 'base64url').toString().split('\n') } : null;
}
