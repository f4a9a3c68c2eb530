/** What an environment remembers: the holder of its lock, who waits, what runs. No effects. */
import {
  holdsAfter,
  inOrderOf,
  liveAfter,
  movedTo,
  type Adoption,
  placed,
  type EnvironmentState,
  type LockRequest,
  type QueuedRelease,
  type ReleaseEnd,
  type TargetService,
} from '../release/environment-state';
import { clip } from '../release/clip';
import { watchAfter, withoutDrift } from '../release/drift';
import { driftWords } from '../release/render-drift';
import type { Sighting } from '../release/sighting';
import { debtAfter, debtWithout, type SchemaDebt } from '../release/schema-debt';
import { mayPassDrift } from '../release/pass-drift';
import { changedNothing } from '../release/phase';
import { recoveredRelease, recoveryWorkflowId } from '../release/identity';
import { EnvironmentMemory } from './environment-memory';

export class EnvironmentRecord extends EnvironmentMemory {
  /** The release of a version that is under way, if there is one. */
  activeReleaseOf(version: string): string | undefined {
    return this.state.queue.find((one) => one.version === version)?.releaseId;
  }

  find(releaseId: string): QueuedRelease | undefined {
    return this.state.queue.find((one) => one.releaseId === releaseId);
  }

  /** Whether a release that is under way, or was lost, puts back what the last one left. */
  isRestore(releaseId: string): boolean {
    const { lost } = this.state;
    return (this.find(releaseId) ?? (lost?.releaseId === releaseId ? lost : undefined))?.restores === true;
  }

  nextNumber(version: string): number {
    const n = (this.state.numbers[version] ?? 0) + 1;
    this.change({ numbers: { ...this.state.numbers, [version]: n } });
    return n;
  }

  started(
    { releaseId, runId }: { readonly releaseId: string; readonly runId: string },
    version: string,
    by: string,
    more: Pick<QueuedRelease, 'kind' | 'leaves' | 'endWaits' | 'restores'> = {},
  ): void {
    const release = { releaseId, runId, version, by, at: now(), ...more };
    this.change({ queue: placed(this.state.queue, release) });
    this.log(`${releaseId} was started for ${by}${more.kind ? `: a ${more.kind}` : ''}`);
  }

  /** Adds a request for the lock. Returns for whom it waits, or undefined if it is next. */
  enqueue(asked: LockRequest): string | undefined {
    const { holder, waiting } = this.state;
    const request = this.ofItsKind(asked);
    const isKnown = [holder, ...waiting].some((known) => known?.runId === request.runId);
    const isReplaced = this.find(request.releaseId)?.replacedBy !== undefined;
    if (!isKnown && !isReplaced) this.change({ waiting: inOrderOf(this.state.queue, [...waiting, request]) });
    if (holder && holder.runId !== request.runId) return holder.releaseId;
    return this.mayHold(request) ? undefined : this.whatKeepsOut();
  }

  /** The next that may hold, if nobody does; from now on it does. What has drifted is handed to nobody new. */
  takeNext(): { request: LockRequest; note: string } | undefined {
    const request = this.state.waiting.find((one) => this.mayHold(one));
    if (this.state.holder || !request) return undefined;
    const waiting = this.state.waiting.filter((one) => one !== request);
    this.change({ holder: request, waiting, hands: this.hands + 1 });
    this.log(`${request.releaseId} holds the environment`);
    const { takeOver: note = '', ...rest } = this.state;
    this.state = rest;
    return { request, note };
  }

  /** Some kinds are let in where others are kept out: what it was started as counts, not what is said in its name. */
  private ofItsKind(asked: LockRequest): LockRequest {
    const started = this.find(asked.releaseId);
    if (!started || started.kind === asked.kind) return asked;
    const { kind, ...request } = asked;
    void kind;
    return started.kind ? { ...request, kind: started.kind } : request;
  }

  /**
   * A lost release keeps all out but its recovery; drift and an emergency stop keep releases out, and let in what puts
   * things right.
   */
  private mayHold(request: LockRequest): boolean {
    const { lost } = this.state;
    if (lost) return request.releaseId === recoveryWorkflowId(lost.releaseId);
    return mayPassDrift(request) || (this.stops.stops.length === 0 && driftWords(this.state.watch) === undefined);
  }

  private whatKeepsOut(): string | undefined {
    const { lost, watch } = this.state;
    if (lost) return `${lost.releaseId}, which stopped running: what it has changed comes first`;
    return this.stops.stops.length > 0 ? 'an emergency stop' : driftWords(watch);
  }

  /**
   * A release gives the lock back, or its place in the queue; `ended`: it will not ask again. With a run id only that run
   * does: a recovery that is begun again has the same id.
   */
  letGo(releaseId: string, ended: boolean, runId?: string): void {
    const isIt = (request: LockRequest | null) =>
      request?.releaseId === releaseId && (runId === undefined || request.runId === runId);
    if (isIt(this.state.holder)) {
      this.change({ holder: null });
      this.log(`${releaseId} let the environment go`);
    }
    this.change({ waiting: this.state.waiting.filter((request) => !isIt(request)) });
    if (!ended) return;
    const targets = Object.fromEntries(Object.entries(this.state.targets).filter(([id]) => id !== releaseId));
    this.change({ queue: this.state.queue.filter((one) => one.releaseId !== releaseId), targets });
  }

  /**
   * What counts of what is said in a release's name when it ends; undefined = nothing. Only who holds the environment can
   * have changed something: what others have seen is old news, and anybody can send it. One that was begun anew knows
   * no holder, and nothing better.
   */
  believed(id: string, runId: string | undefined, end: ReleaseEnd): ReleaseEnd | undefined {
    const { holder, lost, live } = this.state;
    // That it stopped running may be seen before its last word is read.
    const isHolder = [holder, lost].some(
      (one) => one?.releaseId === id && (runId === undefined || one.runId === runId),
    );
    if (isHolder || Object.keys(live).length === 0) return end;
    if (!changedNothing(end) && end.outcome !== 'cancelled') return undefined;
    const { outcome, why, by, kind } = end;
    return { outcome, why, live: [], ...(by !== undefined && { by }), ...(kind && { kind }) };
  }

  /** A release says how it ended: what is live and on hold follows from it. */
  ended(releaseId: string, version: string, end: ReleaseEnd): void {
    const { live, holds, watch } = this.state;
    const at = now();
    const isRestored = end.restores && end.outcome === 'finished' && watch;
    this.change({
      live: liveAfter(live, { releaseId, at }, end),
      holds: holdsAfter(holds, { releaseId, version, at }, end),
      ...(end.schemaDebt && { schemaDebt: debtAfter(this.debts, { releaseId, at }, end.schemaDebt) }),
      ...(end.project && { project: end.project }),
      ...(isRestored && {
        watch: withoutDrift(
          watch,
          end.live.map(({ service }) => service),
        ),
      }),
    });
    this.log(`${releaseId} ended: ${end.outcome}${end.why ? ` (${clip(end.why, 200)})` : ''}`);
  }

  /** Puts a release at the beginning or the end of the queue. Returns whether it stands in it. */
  move(releaseId: string, place: 'first' | 'last'): boolean {
    if (!this.find(releaseId)) return false;
    const queue = movedTo(this.state.queue, releaseId, place);
    this.change({ queue, waiting: inOrderOf(queue, this.state.waiting) });
    return true;
  }

  /** Notes what a release would bring. Returns what the others would that might have to give way, or make it give way. */
  aim(releaseId: string, services: readonly TargetService[]): Readonly<Record<string, readonly TargetService[]>> {
    const { targets, queue, holder } = this.state;
    this.change({ targets: { ...targets, [releaseId]: services } });
    const others = queue.filter((one) => one.releaseId !== releaseId && one.releaseId !== holder?.releaseId);
    const rivals = others.filter((one) => !one.replacedBy && targets[one.releaseId]);
    return Object.fromEntries(rivals.map((one) => [one.releaseId, targets[one.releaseId]!]));
  }

  /** A release was replaced by another: it gives up its place, and is never handed the lock. */
  replace(releaseId: string, by: string): void {
    const queue = this.state.queue.map((one) => (one.releaseId === releaseId ? { ...one, replacedBy: by } : one));
    this.change({ queue, waiting: this.state.waiting.filter((one) => one.releaseId !== releaseId) });
    this.log(`${releaseId} was replaced by ${by}`);
  }

  /**
   * A release or recovery stopped running. If it had not let go it loses the lock, and nobody else gets it until it is
   * known what it had changed.
   */
  stoppedRunning(id: string, runId: string): void {
    const { holder, lost } = this.state;
    const isHolder = holder?.runId === runId;
    const isRestore = this.isRestore(id);
    const releaseId = recoveredRelease(id);
    if (isHolder) this.letGo(id, true, runId);
    if (releaseId !== id) {
      const isItsRecovery = lost?.recovery?.releaseId === id && ['', runId].includes(lost.recovery.runId);
      if (isHolder || isItsRecovery)
        this.askAboutLost(releaseId, `its recovery ${id} stopped running before it was done`);
    } else if (isHolder) {
      const lost = { releaseId, runId, at: now(), recovery: null, asks: '' };
      this.change({ lost: { ...lost, ...(isRestore && { restores: true }) } });
      this.log(`${releaseId} lost the environment: it stopped running without letting go`);
    }
  }

  /** What puts back what a lost release has changed has begun. */
  recovers(releaseId: string, recovery: { readonly releaseId: string; readonly runId: string }): void {
    const { lost } = this.state;
    if (lost?.releaseId !== releaseId) return;
    this.change({ lost: { ...lost, recovery } });
    this.log(`${recovery.releaseId} puts back what ${releaseId} has changed`);
  }

  /** Nobody is let in until a person has decided on a lost release. */
  askAboutLost(releaseId: string, asks: string): void {
    const { lost } = this.state;
    const known = lost?.releaseId === releaseId ? lost : { releaseId, runId: '', at: now() };
    this.change({ lost: { ...known, recovery: null, asks } });
    this.log(`A PERSON MUST DECIDE on ${releaseId}: ${asks}`);
  }

  /** Others are let in again; `how` it came out is told to the next. */
  settled(releaseId: string, how: string): void {
    if (this.state.lost?.releaseId !== releaseId) return;
    const takeOver = `${releaseId} lost the environment: it stopped running without letting go. ${how}`;
    this.change({ lost: null, takeOver });
    this.log(`${releaseId} is settled: ${how}`);
  }

  private get debts(): readonly SchemaDebt[] {
    return this.state.schemaDebt ?? [];
  }

  private get hands(): number {
    return this.state.hands ?? 0;
  }

  /** A look at what runs; one from before the environment changed hands, or while it is held, counts no more. */
  sighted(sighting: Sighting): void {
    if (this.state.holder || sighting.hands !== this.hands) return;
    const { watch, said } = watchAfter(this.state.watch, sighting);
    this.change({ watch });
    for (const words of said) this.log(words);
    for (const { service, usedSchema = [] } of sighting.services) {
      const left = debtWithout(this.debts, service, usedSchema);
      if (left.length === this.debts.length) continue;
      this.change({ schemaDebt: left });
      this.log(`schema debt of ${service} is used now: ${usedSchema.join(', ')}`);
    }
  }

  /** What runs is taken for what is meant to run: nothing has drifted then. */
  adopt(live: EnvironmentState['live'], adoption: Adoption): void {
    const { watch } = this.state;
    this.change({ live, adopted: adoption, hands: this.hands + 1, ...(watch && { watch: withoutDrift(watch) }) });
    this.log(`${adoption.by} adopted what runs: ${clip(adoption.reason, 200)}`);
  }
}

const now = (): string => new Date().toISOString();
