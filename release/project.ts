/**
 * What a team has described in `slipway.yaml`, after parsing: the types that the rest of the house works with.
 *
 * Every string that a user may write a reference into (`${env:NAME}`) still holds that reference here: only an
 * activity resolves it, on the worker that uses it, so that no secret ever reaches a workflow's history.
 * All lengths of time are whole milliseconds.
 */

import type { ApprovalOccasion, ApprovalPlace, Excludable, QueuePolicy } from './rule-words';
import type { GateRule } from './gate-rule';
import type { May } from './acts';
import type { Person, Team } from './people';
import type { CalendarRules } from './calendar/rules';
import type { Command } from './command';

/** One `slipway.yaml`: what is released together. */
export interface Project {
  /** Version of the file format. */
  readonly version: 1;
  readonly name: string;
  readonly versions: VersionSource;
  /** Where the rules come from; absent = from whoever asks for a release. */
  readonly rules?: RulesPlace;
  /** By name. */
  readonly services: Readonly<Record<string, Service>>;
  /** By name. */
  readonly environments: Readonly<Record<string, Environment>>;
  /** What starts releases by itself. */
  readonly triggers: readonly TagTrigger[];
  /** Who is who, by name; empty = a name stands for itself. Older projects lack it. */
  readonly people?: Readonly<Record<string, Person>>;
  /** By name. Older projects lack it. */
  readonly teams?: Readonly<Record<string, Team>>;
}

/** An annotated tag of this pattern (with `{version}`) asks for a release of that version. */
export interface TagTrigger {
  readonly kind: 'tag';
  readonly pattern: string;
  readonly environment: string;
  /** At least one; all of one repository, which is the one that is looked at. */
  readonly services: readonly string[];
  /** How often it is looked at. */
  readonly every: number;
}

/** Where a service's code lives. `url` is anything that git can push to; relative paths were made absolute. */
export interface Repository {
  readonly url: string;
  readonly trunk: string;
  /** The remote is at GitHub, and may be asked and changed by its API. */
  readonly github?: GitHubAccess;
}

/** How GitHub's API is used for a repository: with a token, or as a GitHub App; exactly one of them is there. */
export interface GitHubAccess {
  readonly token?: string;
  readonly app?: GitHubApp;
  /** Base address of the REST API, as of a GitHub Enterprise Server; without it the repository's address says. */
  readonly api?: string;
  /** `owner/name`; without it the repository's address says. */
  readonly repository?: string;
}

/** A GitHub App; without an installation the one of the repository is looked up. */
export interface GitHubApp {
  readonly id: string;
  readonly installation?: string;
  /** The key itself, in PEM; line ends may be written as `\n`. */
  readonly privateKey: string;
}

/**
 * How a version is turned into a commit: by an annotated or light tag on it, by the trunk commit that first gave a
 * manifest's field that value, or not at all (the version is a commit id). `{version}` stands for the version.
 */
export type VersionSource =
  | { readonly kind: 'tag'; readonly pattern: string }
  | { readonly kind: 'manifest'; readonly file: string; readonly field: string }
  | { readonly kind: 'commit' };

/** A deployable unit: repository, pointer, checks, maybe a database, and a stated way back. */
export interface Service {
  readonly name: string;
  readonly repository: Repository;
  /** Services whose pointers must have moved before this one's does. */
  readonly after: readonly string[];
  readonly database?: Database;
  readonly pointer: Pointer;
  readonly live: LiveProbe;
  readonly smoke: readonly Check[];
}

/** A service's database. */
export interface Database {
  readonly url: string;
  /** Folder of `NAME.up.sql` / `NAME.down.sql` pairs in the service's repository. */
  readonly migrations: string;
  /**
   * What a rollback does with migrations that finished: `keep` leaves the additive schema and records it as schema
   * debt; `dropIfEmpty` runs the rollback scripts if nothing that they drop holds data.
   */
  readonly onRollback: 'keep' | 'dropIfEmpty';
  readonly backup: Backup;
  readonly limits: MigrationLimits;
}

/** Limits of one migration transaction, and of the wait for its locks. */
export interface MigrationLimits {
  /** How long a statement waits for a lock before it gives way and tries again. */
  readonly lockTimeout: number;
  /** How long one statement may run. */
  readonly statementTimeout: number;
  /** How long the whole migration keeps trying to get its locks. */
  readonly lockPatience: number;
}

/** How the state before a migration can be restored. */
export type Backup =
  | { readonly kind: 'none'; readonly reason: string }
  /** A command that makes a backup and prints its id as the last line of its output. */
  | { readonly kind: 'command'; readonly command: Command };

/** The file whose newest version on a branch holds the rules, whatever stands in anybody's own copy. */
export interface RulesPlace {
  readonly repository: Repository;
  readonly branch: string;
  /** From the repository's root. */
  readonly file: string;
  /** Absolute; from here the relative paths of the file count. */
  readonly folder: string;
}

/** The mutable thing that decides what an environment runs. */
export type Pointer = TagPointer | BranchPointer;

/** A release is the creation of an annotated tag. */
export interface TagPointer {
  readonly kind: 'tag';
  /** Name of the tag, with `{version}`. */
  readonly name: string;
  readonly undo: TagUndoPolicy;
  /** What makes the host build the version that runs once more; absent = a tag `…-redeploy.{n}` on the same commit. */
  readonly redeploy?: { readonly by: 'new-tag'; readonly name: string } | RedeployCommand;
  readonly builds: Builds;
}

/**
 * How a tag release is undone. `new-tag`: an annotated tag `name` (with `{previous}` and `{n}`) on the previous
 * commit. `delete`: for a deployer that follows the highest tag. `command`: a program that brings the previous
 * version back. `none`: forward-only.
 */
export type TagUndoPolicy =
  | { readonly by: 'new-tag'; readonly name: string; readonly deleteBadTag: boolean }
  | { readonly by: 'delete' }
  | { readonly by: 'command'; readonly command: Command; readonly deleteBadTag: boolean }
  | { readonly by: 'none' };

/** A program that has the host build what runs once more. */
export interface RedeployCommand {
  readonly by: 'command';
  readonly command: Command;
}

/** A release is the fast-forward of a branch. */
export interface BranchPointer {
  readonly kind: 'branch';
  readonly name: string;
  readonly undo: BranchUndoPolicy;
  /** What makes the host build the version that runs once more; absent = nothing does. */
  readonly redeploy?: RedeployCommand;
  readonly builds: Builds;
}

/**
 * How a branch release is undone. `force`: back to the exact old commit, with an exact lease. `revert`: a new commit
 * on top with the old commit's tree, where the remote forbids force. `command`, `none`: as for tags.
 */
export type BranchUndoPolicy =
  | { readonly by: 'force' }
  | { readonly by: 'revert' }
  | { readonly by: 'command'; readonly command: Command }
  | { readonly by: 'none' };

/** What a pointer's move starts at the host, and how it is watched and stopped before an undo. */
export interface Builds {
  /** A reading whose JSON value (a number, or a list's length) is how many builds are active; `{ref}`, `{commit}`. */
  readonly active?: { readonly url: string; readonly json: string; readonly headers: Readonly<Record<string, string>> };
  /** A request that cancels them. */
  readonly cancel?: {
    readonly url: string;
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
  };
  /** How long nothing may stir before a host counts as quiet. */
  readonly settle: number;
  /** How long quiet is waited for. */
  readonly patience: number;
}

/** How we see what is really live. */
export interface LiveProbe {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Dotted path of the value in the JSON answer; empty = the whole body as text. */
  readonly json: string;
  /** What the value is: a commit id (at least 7 hex digits) or a version. */
  readonly is: 'commit' | 'version';
  /** How many equal readings in a row count as live. */
  readonly readings: number;
  readonly interval: number;
  readonly timeout: number;
  /** How long a moved pointer may take to be seen live. */
  readonly patience: number;
}

/** A check of a running service. More kinds will come; each is told by `kind`. */
export type Check = HttpCheck;

/** A request and what its answer must be. */
export interface HttpCheck {
  readonly kind: 'http';
  /** For people; unique in its list. */
  readonly name: string;
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly status: number;
  /** Text that the body must hold. */
  readonly contains?: string;
  /** Dotted path → value that the JSON body must have there. */
  readonly json: Readonly<Record<string, string | number | boolean | null>>;
  /** The answer must be complete in this time, or the check has failed. */
  readonly within?: number;
  /** How long an answer is waited for at all; none in this time = could not tell. */
  readonly timeout: number;
  /** How many redirects are followed; 0 = the redirect itself is the answer. */
  readonly redirects: number;
  /** A check passes as soon as one try of this many does. */
  readonly tries: number;
  readonly interval: number;
}

/** Where services run, with its own rules. */
export interface Environment {
  readonly name: string;
  readonly approvals: readonly ApprovalRule[];
  /** Who may do what, besides approving. Older environments lack it. */
  readonly may?: May;
  /** Whether words to the environment (freezes, stops, adoptions, the order of the queue) and overrides must be signed; absent = optional. */
  readonly signed?: 'required' | 'optional';
  readonly verify: { readonly wait: number; readonly interval: number; readonly checks: readonly Check[] };
  readonly monitor: { readonly window: number; readonly interval: number };
  /** How long its checks go on after a release has finished, without the lock; absent = not at all. */
  readonly soak?: SoakRule;
  /** What happens to a release that is asked for while others are under way. */
  readonly queue: QueuePolicy;
  /** After a failure: roll back by itself, or stop, report and let a person decide. */
  readonly onFailure: 'rollback' | 'report';
  /** How long a pause may last before the release is rolled back. */
  readonly pauseLimit: number;
  /** How long an emergency stop holds a release that has changed something. Older environments lack it. */
  readonly stopLimit?: number;
  /** How long a release waits for the environment's lock before it gives up. */
  readonly lockPatience: number;
  /** May run on the embedded stack; otherwise a missing Temporal address is an error. */
  readonly embedded: boolean;
  /** When it may be changed; absent = at all times. */
  readonly calendar?: CalendarRules;
  /** What a panic rollback asks for; absent = nothing. */
  readonly rollback?: { readonly approvals: 'required' | 'none' };
  /** The shorter way of a hotfix; what is absent is as for every release. */
  readonly hotfix?: HotfixRules;
  /** Gates besides those that every release has. Older projects lack it. */
  readonly gates?: readonly GateRule[];
  /** How often it is looked whether what runs is what the last release left; null, or absent = never. */
  readonly drift?: { readonly every: number } | null;
  /** Deployed by somebody else: what runs is only looked at, and no release goes there. */
  readonly observed?: boolean;
}

/** How an environment has its releases soak; milliseconds. */
export interface SoakRule {
  readonly for: number;
  /** Between two rounds of the checks. */
  readonly interval: number;
  /** Until people are reminded of a breach for the first time; then twice as long each time, at most a day. */
  readonly remind: number;
}

/** The shorter way of a hotfix. */
export interface HotfixRules {
  /** Names of the environment's gates that it must pass. */
  readonly gates?: readonly string[];
  /** Names of the environment's approvals that it needs. */
  readonly approvals?: readonly string[];
  /** Its verify wait. */
  readonly verify?: number;
  /** Its monitoring window. */
  readonly monitor?: number;
}

/** Who must say yes. */
export interface ApprovalRule {
  readonly name: string;
  /** People and teams, as written; empty = anyone. */
  readonly approvers: readonly string[];
  /** The same, with every team as its people and every person under their one name; absent = as written. */
  readonly members?: readonly string[];
  /** Whether only signed approvals count; absent = optional. */
  readonly signed?: 'required' | 'optional';
  /** How many different people. */
  readonly required: number;
  /** How long it is waited for them: then the release ends, or rolls back what it has changed. */
  readonly timeout: number;
  /** Where the release asks; absent = before migrating. */
  readonly at?: ApprovalPlace;
  /** Which releases need it; absent = all. */
  readonly when?: ApprovalOccasion;
  /** Who may not approve, since they had a part in what is released; absent = nobody. */
  readonly not?: readonly Excludable[];
  /** Whether `not` and `required` can be overridden by a person with a reason; absent = hard, they cannot. */
  readonly guard?: 'hard' | 'soft';
  /** Whether the request is an approval, if its author qualifies; absent = no. */
  readonly requestCounts?: boolean;
  /** Whether an approval must say something; absent = optional. */
  readonly comment?: 'required' | 'optional';
  /** What must be ticked before an approval counts; absent = nothing. */
  readonly checklist?: readonly string[];
  /** Milliseconds after which, again and again, those are named who have not decided; absent = never. */
  readonly remind?: number;
}
