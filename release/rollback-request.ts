import type { Project } from './project';

/** What is asked of an environment; the signal `rollback` of its workflow. */
export interface RollbackRequest {
  /** The same id is the same request, however often it arrives. */
  readonly requestId: string;
  /** The version that is live for whoever asks. */
  readonly leaves: string;
  /** Absent = what ran before it. */
  readonly to?: string;
  readonly by: string;
  readonly reason?: string;
  /** The rules, as a client knows them; absent = those of the last release that finished. */
  readonly project?: Project;
}
