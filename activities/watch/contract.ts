/** What those are asked and answer who look at what an environment runs: data that goes through Temporal's history. */
import type { FoundService } from '../../release/adoption';
import type { Project } from '../../release/project';
import type { ServiceSight } from '../../release/sighting';

/** One look at what an environment runs. */
export interface WatchEnvironmentInput {
  /** Only the environment that is looked at is in it. */
  readonly project: Project;
  readonly environment: string;
  /** Names this look, so that it counts once. */
  readonly look: string;
}

/** What an environment runs is looked at for a person who takes it for what is meant to run there. */
export interface AdoptInput {
  readonly place: { readonly project: string; readonly environment: string };
  /** null = that by which the environment is watched. */
  readonly project: Project | null;
  readonly by: string;
  /** That they may is known; else the rules of the project say. */
  readonly isJudged: boolean;
}

export interface RecordAdoptionInput {
  readonly place: AdoptInput['place'];
  readonly found: readonly FoundService[];
  readonly by: string;
  readonly reason: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

export interface WatchReport {
  /** Whether the environment's workflow was told. */
  readonly isTold: boolean;
  /** The release that holds it, if one does: then nobody looks. */
  readonly heldBy: string | null;
  readonly services: readonly ServiceSight[];
}
