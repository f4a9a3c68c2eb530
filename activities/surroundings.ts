import type { Versions } from '../release/doctor';
import type { EnvironmentState, ReleaseAnswer } from '../release/environment-state';
import type { Project } from '../release/project';
import type { Recipient } from '../release/signature';
import type { Sighting } from '../release/sighting';
import type { Ledger } from './ledger/ledger';

/**
 * What the composition root (worker/) gives to every activity: its only way to the world besides its input.
 */
export interface Surroundings {
  /** The worker's environment variables: the values behind `${env:NAME}`. */
  readonly lookup: (name: string) => string | undefined;
  /** Masks every secret that `lookup` has given out, and credentials in URLs. */
  readonly redact: (text: string) => string;
  /** Reads the text of a configuration as `slipway validate` does. Throws CONFIG_INVALID with every problem. */
  readonly parseProject: (text: string, where: { readonly file: string; readonly folder: string }) => Project;
  /** Folder for repository workspaces; anything in it may vanish between two activities. */
  readonly workspaces: string;
  /** Which Temporal this worker serves: `address/namespace`. Written into fences, so that two clusters conflict. */
  readonly cluster: string;
  /** What this worker is made of. */
  readonly versions: Versions;
  /** Slipway's own record of releases. */
  readonly ledger: Ledger;
  /**
   * Whether a release is still running here; undefined = could not tell. Lets a fence whose holder is dead be taken
   * over, visibly.
   */
  readonly isReleaseOpen: (id: string, runId: string) => Promise<boolean | undefined>;
  /** When Temporal took a decision that was sent to this execution: ISO 8601; undefined = it knows of none. */
  readonly receivedAt: (
    recipient: Recipient,
    decision: { readonly kind: string; readonly id: string },
  ) => Promise<string | undefined>;
  /**
   * Asks an environment of this Temporal for a release, as a person would: the same `requestId` is the same request, so
   * it may be sent again. Fails with REQUEST_INVALID, or with NO_WORKER if there is no answer: whether it was taken is
   * not known then.
   */
  readonly requestRelease: (request: WantedRelease) => Promise<ReleaseAnswer>;
  /** The environments of this Temporal. */
  readonly environments: EnvironmentDoor;
  /**
   * Called immediately before and after every effect on the outside world, with a name such as `tag:push:before`.
   * Does nothing in production; the crash tests kill or stop the process there.
   */
  readonly reach: (point: string) => Promise<void>;
}

/** The ways of activities to the workflows of environments. Each fails with NO_WORKER where there is no answer. */
export interface EnvironmentDoor {
  /** What an environment's workflow knows; undefined = there is none. */
  state(place: Place): Promise<EnvironmentState | undefined>;
  /** What the last of its runs that has ended knew when it ended, `runId` being the one that asks; undefined = none has. */
  last(place: Place, runId: string): Promise<EnvironmentState | undefined>;
  /** Tells it what was seen, durably; it is started if it is not there. */
  tell(place: Place, sighting: Sighting): Promise<void>;
  /** The project by which it is watched; undefined = nobody watches it. */
  watched(place: Place): Promise<Project | undefined>;
  /** Has it looked at as its rules say from now on, or no more. */
  keepWatch(project: Project, environment: string): Promise<void>;
}

/** One environment of a project. */
export interface Place {
  readonly project: string;
  readonly environment: string;
}

/** A release that an activity asks an environment for. */
export interface WantedRelease {
  readonly requestId: string;
  readonly project: Project;
  readonly environment: string;
  readonly version: string;
  readonly commit: string | null;
  readonly requestedBy: string;
}

/** What one attempt at an activity has besides its input. */
export interface Attempt {
  /** Aborts when the activity is cancelled, has timed out, or its worker shuts down: child processes and requests end with it. */
  readonly signal: AbortSignal;
  /** Reports progress to Temporal's Web UI; cheap, may be called often. */
  readonly progress: (details: unknown) => void;
  /** What the last attempt had reported as progress before it ended or was killed; absent at the first. */
  readonly resume?: unknown;
}
