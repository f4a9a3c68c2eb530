/** Failures as workflows throw and read them: always typed, since a plain Error would only stall the workflow task. */
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/common';
import { errorReport, isErrorCode, type ErrorCode, type ErrorDetails, type ErrorReport } from '../release/errors';

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
  if (error instanceof ActivityFailure) return reportOf(error.cause) ?? internal(error);
  if (error instanceof TimeoutFailure)
    return errorReport('INTERNAL', { detail: `no answer in time (${error.message})` });
  if (!(error instanceof ApplicationFailure)) return undefined;
  const report = error.details?.[0] as ErrorReport | undefined;
  if (isErrorCode(error.type) && report?.code === error.type) return report;
  return internal(error);
}

const internal = (error: Error): ErrorReport => errorReport('INTERNAL', { detail: error.message });
