/**
 * The plan: the immutable account of what a release will do and how each step is undone. People approve its digest.
 */
import type { Contributors } from './contributors';
import type { CommitFact, Relation } from './facts';
import type { MigrationScript } from './migration';
import type { PointerMove, PreviousTarget } from './pointer-move';
import type { RulesOrigin } from './rules-origin';
import type { ApprovalRule, Backup, Database, Environment } from './project';
import type { ReleaseKind } from './rule-words';

/** Version of the shape of plans that this code writes; it reads older ones. */
export const PLAN_VERSION = 1;

export interface Plan {
  readonly planVersion: typeof PLAN_VERSION;
  readonly project: string;
  readonly environment: string;
  readonly version: string;
  /** Absent = normal. */
  readonly kind?: ReleaseKind;
  /** In the order in which they are moved. */
  readonly services: readonly PlannedService[];
  readonly steps: readonly PlannedStep[];
  readonly approvals: readonly ApprovalRule[];
  readonly onFailure: Environment['onFailure'];
  /** What an approval must acknowledge by name, such as `no-way-back:api`. */
  readonly acknowledgements: readonly { readonly id: string; readonly text: string }[];
  /** Worth knowing, needs no word. */
  readonly notes: readonly string[];
  /** Digest of the configuration that made this plan. */
  readonly rules: string;
  /** Where that configuration came from; absent = with the request. */
  readonly rulesFrom?: RulesOrigin;
  /** sha256 in hex over everything that will be done and undone; see release/plan-digest.ts. */
  readonly digest: string;
}

/** One service's part. */
export interface PlannedService {
  readonly service: string;
  /** As configured: may hold `${env:NAME}`. */
  readonly repository: string;
  readonly commit: string;
  readonly relation: Relation;
  readonly previous: PreviousTarget | null;
  readonly commits: { readonly total: number; readonly shown: readonly CommitFact[] };
  /** Everybody who had a part in them; older plans lack it. */
  readonly contributors?: Contributors;
  readonly move: PointerMove;
  readonly database: PlannedDatabase | null;
  /** Already runs the released commit with its pointer in place: nothing is moved. */
  readonly untouched: boolean;
  /** rollback: migrations that ran, and that its commit does not have: they stay, as schema debt. Absent = none. */
  readonly ahead?: readonly string[];
}

/** A service's migrations that will run, in order, and how the state before can be restored. */
export interface PlannedDatabase {
  readonly url: string;
  readonly scripts: readonly MigrationScript[];
  readonly onRollback: Database['onRollback'];
  readonly backup: Backup;
}

/** One step, as people read it. */
export interface PlannedStep {
  /** `backup`, `migrate:<service>`, `verify`, `move:<service>`, `deployed`, `smoke`, `monitor`. */
  readonly id: string;
  readonly title: string;
  /** What it will do, a line each. */
  readonly does: readonly string[];
  /** How it is undone; empty where there is nothing to undo. */
  readonly undo: string;
  /** Commands that undo it without Slipway. */
  readonly byHand: readonly string[];
}
