/** The way back: in reverse order, to the end, whatever happens; a person decides where it cannot go on. */
import { CancellationScope, sleep } from '@temporalio/workflow';
import type { Decision } from '../release/decision';
import type { ErrorReport } from '../release/errors';
import type { Outcome } from '../release/phase';
import type { LiveIdentity } from '../release/pointer-move';
import type { ReleaseResult } from '../release/state';
import { smokeChecks } from '../release/step-checks';
import { compensationOrder, schemaUndo, type UndoRecord } from '../release/undo';
import { REPORTED_FAILURE } from './decision-acts';
import { whileWayBackStopped } from './emergency-stop';
import { fencesOf } from './environment-lock';
import { reportOf } from './failure';
import { migrateInput, requireLive } from './forward-steps';
import { activity } from './proxies';
import { end, letGo } from './release-end';
import type { ReleaseRun } from './release-run';
import { watch, type Watch } from './watch';

type PointerRecord = Extract<UndoRecord, { kind: 'pointer' }>;
type MigrationsRecord = Extract<UndoRecord, { kind: 'migrations' }>;

/** Undoes everything that was registered, proves it, lets the environment go. Cannot be cancelled. */
export function goBack(run: ReleaseRun, failure: ErrorReport): Promise<ReleaseResult> {
  return CancellationScope.nonCancellable(async () => {
    run.state.failure = failure;
    run.state.paused = null;
    run.note('failure', failure.message);
    const back = new WayBack(run);
    if (run.state.undoRecords.length > 0) await back.go(failure);
    const outcome = back.outcome(failure);
    await letGo(run, outcome, back.schemaDebt);
    return end(run, outcome, failure, { schemaDebt: back.schemaDebt, drift: back.drift });
  });
}

/** How a release that nobody runs any more is closed. */
interface Closing {
  readonly failure: ErrorReport;
  readonly outcome: Outcome;
  readonly drift: readonly string[];
}

/** Undoes nothing: keeps late attempts out and lets the environment go. Cannot be cancelled. */
export function leaveAsItIs(run: ReleaseRun, { failure, outcome, drift }: Closing): Promise<ReleaseResult> {
  return CancellationScope.nonCancellable(async () => {
    run.state.failure = failure;
    run.note('failure', failure.message);
    if (run.state.undoRecords.length > 0) await new WayBack(run).keepOut();
    await letGo(run, outcome);
    return end(run, outcome, failure, { drift });
  });
}

/** Thrown where a person says "abandon": the rest is left as it is. */
class Abandoned extends Error {}

class WayBack {
  readonly schemaDebt: string[] = [];
  readonly drift: string[] = [];
  private readonly restored = new Map<string, LiveIdentity>();
  private abandoned = false;

  constructor(private readonly run: ReleaseRun) {}

  outcome(failure: ErrorReport): Outcome {
    if (this.abandoned) return 'abandoned';
    if (failure.code === 'CANCELLED') return 'cancelled';
    if (this.run.state.undoRecords.length > 0) return 'rolled back';
    return failure.code === 'REJECTED' ? 'rejected' : 'stopped';
  }

  async go(failure: ErrorReport): Promise<void> {
    const { pointers, schema } = compensationOrder(this.run.state.undoRecords);
    try {
      await this.askWhereOnlyReported(failure);
      this.run.enter('rolling back');
      await this.persist('fence', 'Stop late attempts', () => this.raiseFences());
      for (const record of pointers) await this.undoPointer(record as PointerRecord);
      await this.prove();
      for (const record of schema) await this.undoMigrations(record as MigrationsRecord);
    } catch (error) {
      if (!(error instanceof Abandoned)) throw error;
      this.leaveTheRest();
    }
  }

  /** Nothing of the release may act from here on, unless a person says that it does not matter. */
  async keepOut(): Promise<void> {
    this.run.enter('rolling back');
    try {
      await this.persist('fence', 'Stop late attempts', () => this.raiseFences());
    } catch (error) {
      if (!(error instanceof Abandoned)) throw error;
    }
  }

  /** `onFailure: report`: a failure waits for a person's word; a person's own word needs none. */
  private async askWhereOnlyReported(failure: ErrorReport): Promise<void> {
    const isPersonsWord = ['REJECTED', 'ROLLBACK_REQUESTED', 'CANCELLED', 'APPROVAL_LATE'].includes(failure.code);
    if (this.run.environment.onFailure !== 'report' || isPersonsWord) return;
    for (;;) {
      const decision = await this.run.needAttention(REPORTED_FAILURE, failure);
      if (decision.kind !== 'resolve') return;
      if (decision.action === 'abandon') throw new Abandoned();
      this.run.note('note', 'after a reported failure only `rollback` and `resolve abandon` decide');
    }
  }

  private async raiseFences(): Promise<string> {
    const { run } = this;
    const databases = run.state.undoRecords
      .filter(({ kind }) => kind === 'migrations')
      .map(({ service }) => ({ service, url: run.service(service).database?.url ?? '' }));
    await activity.raiseFences(
      { ...fencesOf(run), databases },
      `Roll back: ${run.state.failure?.message ?? 'nothing of this release may act late'}`,
    );
    return 'nothing of this release can act late';
  }

  private async undoPointer({ step, service, move }: PointerRecord): Promise<void> {
    const { run } = this;
    const input = { release: run.state.release, service: run.service(service), move };
    const to = move.previous ? ` to ${move.previous.version}` : '';
    const decision = await this.persist(`undo:${step}`, `Put ${service} back`, async () => {
      await whileWayBackStopped(run);
      const { how, identity } = await activity.undoPointer(input, `Put ${service} back${to}`);
      if (identity) this.restored.set(service, identity);
      const isBack = how !== 'never-moved';
      const detail = isBack ? `${identity?.version ?? 'as it was'} again` : '';
      run.report({ step, service, how: isBack ? 'undone' : 'nothing to undo', detail });
      return isBack ? `put back: ${detail}` : 'it had not moved';
    });
    if (!decision) return;
    // What a person put back is proven as well as what we did.
    if (decision.action === 'done' && move.previous) {
      this.restored.set(service, { commit: move.previous.commit, version: move.previous.version });
    }
    this.reportPersonsWord(step, service, decision);
  }

  /** The proof: the old version is live, passes its own checks, keeps passing them, and is still live after a settle time. */
  private async prove(): Promise<void> {
    const { run } = this;
    const services = run.plan.services.filter(({ previous }) => previous !== null);
    const checks = smokeChecks(run.input.project, services);
    const isMoved = this.restored.size > 0;
    if (!isMoved && checks.length === 0) return;
    run.enter('proving');
    run.skipAsked = false;
    const { window, interval } = run.environment.monitor;
    await this.persist('prove', 'Prove that the old version is live', async () => {
      if (isMoved) await this.seeLive('Until the probes see the old version live');
      const summary = 'The old version passes its smoke checks';
      await watch(run, { checks, window: 0, interval, summary });
      if (!isMoved) return 'the running version passes its checks';
      if (window > 0) await this.keepWatching({ checks, window, interval, summary: 'The old version keeps passing' });
      const settle = Math.max(
        ...[...this.restored.keys()].map((service) => run.service(service).pointer.builds.settle),
      );
      if (settle > window) await sleep(settle - window, { summary: 'Settle time' });
      if (Math.max(settle, window) > 0) await this.seeLive('Still live after the settle time');
      return 'the old version is live and passes its checks';
    });
    run.enter('rolling back');
  }

  /** The monitoring window again, for the old version; a person may end it early, since the first round has passed. */
  private async keepWatching(input: Watch): Promise<void> {
    const { run } = this;
    const until = new Date(Date.now() + input.window).toISOString();
    run.state.waitingFor = { what: 'the old version, watched as the new one would be', until, send: ['skipWait'] };
    run.show();
    try {
      await watch(run, { ...input, stop: () => run.skipAsked });
    } finally {
      run.state.waitingFor = null;
    }
  }

  private async seeLive(summary: string): Promise<void> {
    const services = [...this.restored].map(([service, expected]) => ({
      service,
      probe: this.run.service(service).live,
      expected,
    }));
    requireLive(this.run, await activity.awaitLive({ services }, summary));
  }

  private async undoMigrations({ step, service }: MigrationsRecord): Promise<void> {
    const { run } = this;
    const planned = run.plan.services.find((candidate) => candidate.service === service)!;
    const names = planned.database?.scripts.map(({ name }) => name) ?? [];
    const keep = () => {
      this.schemaDebt.push(...names.map((name) => `${service}: ${name}`));
    };
    if (schemaUndo(planned.database?.onRollback ?? 'keep', run.migrated.has(service)) === 'keep') {
      keep();
      run.report({ step, service, how: 'kept', detail: `schema debt: ${names.join(', ')}` });
      return;
    }
    const decision = await this.persist(`undo:${step}`, `Roll back the schema of ${service}`, async () => {
      await whileWayBackStopped(run);
      const done = await activity.undoMigrations(
        migrateInput(run, planned),
        `Roll back the schema of ${service}: ${names.join(', ')}`,
      );
      const reverted = done.filter(({ how }) => how !== 'never').map(({ name }) => name);
      const detail = reverted.length > 0 ? `rolled back ${reverted.join(', ')}` : 'no migration had run';
      run.report({ step, service, how: reverted.length > 0 ? 'undone' : 'nothing to undo', detail });
      return detail;
    });
    if (!decision) return;
    if (decision.action === 'skip') keep();
    this.reportPersonsWord(step, service, decision);
  }

  /** Tries until it is done, or a person says otherwise. Returns that decision, or nothing if it was done. */
  private async persist(id: string, title: string, work: () => Promise<string>): Promise<Decision | undefined> {
    for (;;) {
      try {
        await this.run.step(id, title, work);
        return undefined;
      } catch (error) {
        const report = reportOf(error);
        if (!report) throw error;
        const decision = await this.run.needAttention(id, report);
        if (decision.action === 'abandon') throw new Abandoned();
        if (decision.action !== 'retry') return decision;
      }
    }
  }

  private reportPersonsWord(step: string, service: string, { action, by, comment }: Decision): void {
    const how = action === 'done' ? 'by hand' : 'skipped';
    this.run.report({ step, service, how, detail: `${by}: ${comment}` });
    if (how === 'skipped' && step.startsWith('move:'))
      this.drift.push(`${service}: its pointer stays as the release left it`);
  }

  /** Nothing more is undone: everything that was registered and not put back differs from what was found. */
  private leaveTheRest(): void {
    this.abandoned = true;
    const { undoRecords, undone } = this.run.state;
    for (const { step, service, kind } of [...undoRecords].reverse()) {
      if (undone.some((report) => report.step === step)) continue;
      this.drift.push(
        `${service}: ${kind === 'pointer' ? 'its pointer stays' : 'its schema stays'} as the release left it`,
      );
      this.run.report({ step, service, how: 'abandoned', detail: 'left as it is' });
    }
  }
}
