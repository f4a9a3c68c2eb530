/** What a release writes into the ledger: buffered here, written in order, never waited for on the way back. */
import {
  CancellationScope,
  condition,
  isCancellation,
  ParentClosePolicy,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { ErrorReport } from '../release/errors';
import { LEDGER_RECORD_VERSION, nextWrite, writesOf, type LedgerRecord, type LedgerWrite } from '../release/ledger';
import { releaseKey } from '../release/identity';
import { reportOf, slipwayFailure } from './failure';
import { activity, recordNow } from './proxies';
import type { ReleaseRun } from './release-run';

/** Before the first change a ledger may stay away for so long, in milliseconds. */
const PATIENCE = 60_000;

export class LedgerScribe {
  private readonly unwritten: LedgerRecord[] = [];
  /** How many records there ever were, and how many of them are in the ledger. */
  private added = 0;
  private written = 0;
  private isWriting = false;
  /** Why the ledger takes nothing at the moment. */
  private away: ErrorReport | null = null;
  /** Trying again does not help: what it holds differs from what it is told. */
  private isRefused = false;
  /** The activity that tries again and again. */
  private trying: CancellationScope | null = null;
  private isClosed = false;

  constructor(private readonly run: ReleaseRun) {}

  /** Adds a record; {@link write} takes it along. */
  add(record: LedgerRecord): void {
    this.unwritten.push(record);
    this.added += 1;
  }

  /** Has written, soon, what was added; all that is added in this very moment goes in one write. Never fails. */
  write(): void {
    if (this.isWriting || this.isRefused || this.isClosed) return;
    this.isWriting = true;
    void CancellationScope.nonCancellable(async () => {
      await allElseHasReacted();
      await this.writeAll();
    });
  }

  /**
   * Returns when everything that was added is in the ledger. One that does not take it is waited for, if `needed`, for
   * a minute; then this fails with what keeps it away (LEDGER_UNREACHABLE…). Otherwise the release goes on without.
   */
  async recorded(needed: boolean): Promise<void> {
    const upTo = this.added;
    const isDone = () => this.written >= upTo;
    this.write();
    await condition(() => isDone() || this.away !== null);
    if (isDone() || !needed) return;
    const waiting = { what: 'the ledger: nothing is changed without it', send: ['reject'] };
    if (await this.run.waitFor(waiting, PATIENCE, () => isDone() || this.isRefused)) {
      if (isDone()) return;
    }
    const { code, details } = this.away ?? { code: 'LEDGER_UNREACHABLE' as const, details: { detail: 'no answer' } };
    throw slipwayFailure(code, details);
  }

  /**
   * The end of the release: what the ledger does not take within one try is handed to workflows that outlive the
   * release, and write it as soon as they can.
   */
  async close(): Promise<void> {
    this.write();
    await condition(() => this.unwritten.length === 0 || this.away !== null);
    if (this.unwritten.length === 0) return;
    this.isClosed = true;
    this.trying?.cancel();
    const { release } = this.run.state;
    const name = `ledger/${releaseKey({ id: release.id, runId: workflowInfo().runId })}`;
    this.run.note('note', `the ledger misses ${this.unwritten.length} records; ${name} writes them once it answers`);
    for (const [index, records] of writesOf(this.unwritten).entries()) {
      await startChild('ledgerBacklog', {
        workflowId: `${name}/${index + 1}`,
        args: [this.writeOf(records)],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        staticSummary: `What the ledger misses of ${release.version} → ${release.environment}`,
      });
    }
  }

  private async writeAll(): Promise<void> {
    while (this.unwritten.length > 0 && !this.isClosed && !this.isRefused) {
      const records = nextWrite(this.unwritten);
      if (await this.isTaken(records)) {
        this.unwritten.splice(0, records.length);
        this.written += records.length;
      }
    }
    this.isWriting = false;
  }

  /** Writes once at once, then as an activity of its own until it is done. False: it was refused, or the end has come. */
  private async isTaken(records: readonly LedgerRecord[]): Promise<boolean> {
    const input = this.writeOf(records);
    const summary = `Record ${records.length === 1 ? '1 entry' : `${records.length} entries`} in the ledger`;
    try {
      await recordNow(input, summary);
      return true;
    } catch (error) {
      this.goneAway(error);
    }
    this.trying = new CancellationScope();
    try {
      await this.trying.run(() => activity.recordInLedger(input, `Waiting for the ledger: ${summary.toLowerCase()}`));
    } catch (error) {
      if (isCancellation(error)) return false;
      this.isRefused = true;
      this.goneAway(error);
      return false;
    }
    this.away = null;
    this.run.note('note', 'the ledger answers again');
    return true;
  }

  private goneAway(error: unknown): void {
    const report = reportOf(error);
    if (!report) throw error;
    this.away = report.code.startsWith('LEDGER_') ? report : unreachable(report);
    const words = this.isRefused ? 'the ledger refuses what it is told' : 'waiting for the ledger';
    this.run.note('note', `${words}: ${this.away.message}`);
  }

  private writeOf(records: readonly LedgerRecord[]): LedgerWrite {
    return { version: LEDGER_RECORD_VERSION, release: this.run.state.release, records };
  }
}

/**
 * Returns when all that waited for what has just happened has gone on with it, so that what a decision leads to is
 * written with it. No time passes.
 */
async function allElseHasReacted(): Promise<void> {
  // In the first round whoever waits is woken, together with us; it has acted by the second.
  for (let round = 0; round < 2; round++) {
    let looks = 0;
    await condition(() => looks++ > 0);
  }
}

/** No answer in time is all that is known of it. */
function unreachable({ message }: ErrorReport): ErrorReport {
  return reportOf(slipwayFailure('LEDGER_UNREACHABLE', { detail: message }))!;
}
