import type { Finding } from '../../release/facts';
import type { Evidence, AskedGateRule } from '../../release/gate-rule';
import type { ReleaseRef } from '../../release/identity';
import type { BranchPointer, Repository, TagPointer, VersionSource } from '../../release/project';
import type { Surroundings } from '../surroundings';

/** A service as gates ask about it. */
export interface GateService {
  readonly service: string;
  readonly repository: Repository;
  readonly pointer: TagPointer | BranchPointer;
  readonly commit: string;
  /** What is live; null = nothing, or it could not be told. */
  readonly live: { readonly commit: string; readonly version: string } | null;
}

/** What one look answers: of the same gate, one for each subject. */
export interface GateQuestion<R extends AskedGateRule = AskedGateRule> {
  /** `<name>`, or `<name>:<service>,<service>` where it has several subjects. */
  readonly id: string;
  readonly rule: R;
  readonly release: ReleaseRef;
  readonly versions: VersionSource;
  /** At least one; alike in whatever the kind asks about. */
  readonly services: readonly [GateService, ...GateService[]];
}

/** What was seen. */
export interface GateLook extends Finding {
  readonly evidence?: readonly Evidence[];
  /**
   * It may be answered later: it is asked again while its patience lasts. `over` is what counts when that is over;
   * without it that is the look itself. `after`: milliseconds in which it is no use to ask.
   */
  readonly pending?: { readonly over?: Finding; readonly after?: number };
}

/** What a look has of the world. */
export interface GateContext extends Pick<Surroundings, 'lookup' | 'redact' | 'workspaces' | 'environments'> {
  readonly signal: AbortSignal;
}

/** The port that every kind of gate implements; the kinds are listed in kinds.ts. */
export interface GateKind<R extends AskedGateRule = AskedGateRule> {
  readonly kind: R['kind'];
  /** Services for which this is equal are one subject: they are asked about once. */
  subject(service: GateService, rule: R): string;
  /**
   * Looks once, and changes nothing. The world's no is `failed`; no answer is `unknown`. Throws the errors of the table
   * where there is no answer either, GateUnanswered, and the signal's reason when that aborts.
   */
  look(question: GateQuestion<R>, context: GateContext): Promise<GateLook>;
}

/** Thrown where a look ends without an answer. */
export class GateUnanswered extends Error {
  constructor(readonly look: GateLook) {
    super(look.detail);
  }
}
