/** What runs of one service, as the last release left it. */
export interface LiveService {
  /** Empty = not known. */
  readonly version: string;
  /** null = not known. */
  readonly commit: string | null;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** Which release put it there. */
  readonly releaseId: string;
  /** What ran before it, and had been proven; null = nothing is known of. */
  readonly previous: { readonly version: string; readonly commit: string | null } | null;
  /** Who asked for that release. Older records lack it. */
  readonly by?: string;
  /** It came back by a rollback from this version. */
  readonly backFrom?: string;
  /** It had been moved by hand, and was put back then: ISO 8601, UTC. */
  readonly restoredAt?: string;
}
