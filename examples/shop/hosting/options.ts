/** What makes the host build: the creation of a tag, whichever tag is the highest, or the move of a branch. */
export type Follow =
  /** Each new tag is built; what happens to a tag later means nothing. `tags` may end in `*`. */
  | { readonly mode: 'created'; readonly tags: string }
  /** The highest tag that exists is what runs, so that deleting it brings the one before back. */
  | { readonly mode: 'highest'; readonly tags: string }
  | { readonly mode: 'branch'; readonly branch: string };

/** How a service's builds go from now on; may be changed while the host runs. */
export interface BuildSettings {
  /** How long a build takes before its process starts. */
  readonly buildMs: number;
  /** How many builds of the service run at once; more are queued. */
  readonly concurrency: number;
  /** Builds that start now are not done before they are released (`Hosting.release`). */
  readonly held: boolean;
  /** Builds that start now fail when they are done. */
  readonly failing: boolean;
}

/** A service that the host runs. */
export interface ServiceOptions {
  readonly name: string;
  /** Its program, in the repository. */
  readonly entry: string;
  readonly follow: Follow;
  /** Given to its program, next to PORT, COMMIT, VERSION and the public addresses of all services (API_URL, …). */
  readonly env: Readonly<Record<string, string>>;
}

/** What a host is started with. */
export interface HostingOptions {
  /** Where checkouts and the host's memory go. */
  readonly folder: string;
  /** The bare repository that is followed. */
  readonly repository: string;
  readonly services: readonly ServiceOptions[];
  /** For all services; see `Hosting.set`. Default: no time at all, and as many at once as there are. */
  readonly settings?: Partial<BuildSettings>;
  /** How long after a push the host takes notice of it. With 0, whoever asks for builds is told of every push so far. */
  readonly noticeMs?: number;
}

/** How far a build has come. `superseded` was live once; `queued` and `building` are the active ones. */
export type BuildStatus = 'queued' | 'building' | 'live' | 'failed' | 'cancelled' | 'superseded';

/** One build. Times are milliseconds since 1970. */
export interface Build {
  readonly id: string;
  readonly service: string;
  /** Full name of the ref that it is of. */
  readonly ref: string;
  readonly commit: string;
  /** The version in the commit's package.json. */
  readonly version: string;
  readonly status: BuildStatus;
  readonly queuedAt: number;
  readonly endedAt?: number;
  /** Why it failed. */
  readonly problem?: string;
}

/** A time in which one build of a service was what the public saw. */
export interface LivePeriod {
  readonly service: string;
  readonly build: string;
  readonly ref: string;
  readonly commit: string;
  readonly version: string;
  readonly from: number;
}

/** Whether a build may still go live. */
export const isActive = ({ status }: Build): boolean => status === 'queued' || status === 'building';
