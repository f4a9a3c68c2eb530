/** Failures as workflows throw and read them: always typed, since a plain Error would only stall the workflow task. */
import { ActivityFailure, ApplicationFailure, TemporalFailure, TimeoutFailure } from '@temporalio/common';
import { errorReport, type ErrorCode, type ErrorDetails, type ErrorReport } from '../release/errors';
import { problemOfOrder } from '../release/release-request';
import { reportOf as reportIn } from '../release/report-of';

/** An error of the table, as a failure that no retry can help. */
export function slipwayFailure(code: ErrorCode, details: ErrorDetails): ApplicationFailure {
  const report = errorReport(code, details);
  return ApplicationFailure.create({ type: code, message: report.message, nonRetryable: true, details: [report] });
}

/**
 * The report inside a failure: the one that an activity or a step threw. Undefined for what is no failure of the
 * release but a mistake in this program: that must stall the workflow task, so that a fixed worker goes on.
 */
export function reportOf(error: unknown): ErrorReport | undefined {
  if (!(error instanceof TemporalFailure)) return undefined;
  const known = reportIn(error);
  if (known) return known;
  const cause = error instanceof ActivityFailure ? (error.cause ?? error) : error;
  const detail = cause instanceof TimeoutFailure ? `no answer in time (${cause.message})` : cause.message;
  return errorReport('INTERNAL', { detail });
}

/** Throws REQUEST_INVALID if `input` is no order for a release: whoever starts a workflow by hand can send anything. */
export function requireOrder(input: unknown, what: string): void {
  const problem = problemOfOrder(input);
  if (problem) throw slipwayFailure('REQUEST_INVALID', { what, problem });
}
