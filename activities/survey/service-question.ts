import type { ReleaseRef } from '../../release/identity';
import type { Service, VersionSource } from '../../release/project';
import type { ServiceGoal } from '../../release/release-kind';
import type { ReleaseKind } from '../../release/rule-words';

/** What is asked of one service before a release. */
export interface ServiceQuestion {
  readonly release: ReleaseRef;
  readonly service: Service;
  readonly versions: VersionSource;
  /** A commit given by hand; null = the version says. */
  readonly commit: string | null;
  readonly kind?: ReleaseKind | undefined;
  /** rollback, redeploy: what is left, and what is to run. */
  readonly goal?: ServiceGoal | undefined;
}
