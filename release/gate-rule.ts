/**
 * Gates that a team adds to those that every release has. Texts of `command` and `http` may hold references
 * (`${env:NAME}`), which only an activity resolves.
 */
import type { Command } from './command';

/** What every added gate has. */
interface AnyGate {
  /** Unique in its environment. */
  readonly name: string;
  /** How long a pending answer is waited for, in milliseconds; 0 = not at all. */
  readonly wait: number;
  /** A hard gate that does not pass ends the release; a soft one holds it until a person overrides it. */
  readonly guard: 'hard' | 'soft';
  /** Which services it asks about; empty = all. */
  readonly services: readonly string[];
}

/** Check runs and commit statuses of the released commit: those of these names, or those that the trunk requires. */
export interface CiGate extends AnyGate {
  readonly kind: 'ci';
  readonly checks: readonly string[] | 'required';
}

/** Every commit since what is live came through a merged pull request that somebody approved. */
export interface ReviewGate extends AnyGate {
  readonly kind: 'review';
}

/** No open issue has the label. */
export interface IssuesGate extends AnyGate {
  readonly kind: 'issues';
  readonly label: string;
  /** `owner/name`; absent = the service's own repository. */
  readonly repository?: string;
}

/** Trunk, pointers and version tags are protected at GitHub; which of them are asked about. */
export interface ProtectionGate extends AnyGate {
  readonly kind: 'protection';
  /** Changes only by pull request, no force push, no deletion. */
  readonly trunk: boolean;
  /** The trunk requires checks as well. */
  readonly checks: boolean;
  /** Only Slipway creates, moves and deletes them. */
  readonly pointers: boolean;
  /** Nobody but Slipway moves or deletes them. */
  readonly versions: boolean;
}

/** A field of a file at the released commit is the version. */
export interface ManifestGate extends AnyGate {
  readonly kind: 'manifest';
  readonly file: string;
  /** Dotted path. */
  readonly field: string;
}

/** There are release notes: a section of a file, the message of the version's tag, or a release at GitHub. */
export interface NotesGate extends AnyGate {
  readonly kind: 'notes';
  readonly from:
    { readonly in: 'file'; readonly file: string } | { readonly in: 'tag' } | { readonly in: 'github-release' };
}

/** This commit, or one that contains it, was live and healthy in an environment that comes before. */
export interface EnvironmentGate extends AnyGate {
  readonly kind: 'environment';
  readonly environment: string;
  /** For at least so long, without a break: milliseconds. */
  readonly for: number;
}

/** A program on the worker, without a shell. */
export interface CommandGate extends AnyGate {
  readonly kind: 'command';
  readonly command: Command;
}

/** A request to a server. */
export interface HttpGate extends AnyGate {
  readonly kind: 'http';
  readonly url: string;
  /** POST sends the question as its body; GET only fills in the placeholders of the address. */
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly timeout: number;
}

/** Monitors of a Prometheus that exist and report now. */
export interface MonitoringGate extends AnyGate {
  readonly kind: 'monitoring';
  /** Its base address. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Names of alerting rules. */
  readonly alerts: readonly string[];
  /** Queries that must give a series. */
  readonly series: readonly string[];
  /** How old the newest report may be, in milliseconds. */
  readonly within: number;
  readonly timeout: number;
}

/** Where the names of a target's settings are listed; `json`: dotted path to the list, empty = the whole. */
export type SettingsSource =
  | { readonly by: 'command'; readonly command: Command; readonly json: string }
  | {
      readonly by: 'http';
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly timeout: number;
      readonly json: string;
    };

/** Settings that exist in the target; their values are never asked for. */
export interface SettingsGate extends AnyGate {
  readonly kind: 'settings';
  readonly names: readonly string[];
  readonly from: SettingsSource;
}

/** Items that people tick, one by one, before anybody is asked to approve. */
export interface ManualGate extends AnyGate {
  readonly kind: 'manual';
  readonly items: readonly string[];
  /** People and teams who may tick them; empty = anyone. */
  readonly by: readonly string[];
}

/** A gate as `environments.<name>.gates` says it. */
export type GateRule =
  | CiGate
  | ReviewGate
  | IssuesGate
  | ProtectionGate
  | ManifestGate
  | NotesGate
  | EnvironmentGate
  | CommandGate
  | HttpGate
  | MonitoringGate
  | SettingsGate
  | ManualGate;

/** One whose answer the world has; of the others people say it to the release. */
export type AskedGateRule = Exclude<GateRule, ManualGate>;

/** What was seen that a gate's word rests on. */
export interface Evidence {
  /** What it is, such as the name of a check. */
  readonly name: string;
  /** What it says, such as `success`. */
  readonly value?: string;
  /** Where people see it: an address of the web. */
  readonly link?: string;
  /** Since when it says so: ISO 8601, UTC. */
  readonly at?: string;
}

/** A pending gate: nobody has answered yet, and it is waited for. Both ISO 8601, UTC. */
export interface Pending {
  readonly since: string;
  readonly until: string;
}

/** How much evidence is kept of one gate. */
export const MAX_EVIDENCE = 20;
