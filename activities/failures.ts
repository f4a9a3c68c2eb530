import { inspect } from 'node:util';
import { CompleteAsyncError } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { SlipwayError, errorReport, errorTable, type ErrorReport } from '../release/errors';

type Redact = (text: string) => string;

/**
 * The one mapping from what an activity throws to what Temporal records. Returns what is to be thrown: a failure whose
 * type is the error's code, with its report as the details, retried only if the table says that this can help. A
 * cancellation stays one. Causes are left out, since nobody has masked them.
 */
export function toApplicationFailure(error: unknown, redact: Redact): Error {
  if (error instanceof CancelledFailure || error instanceof CompleteAsyncError) return error;
  if (isAbort(error)) return new CancelledFailure('the activity was stopped');
  if (error instanceof ApplicationFailure) return masked(error, redact);
  const report = maskedReport(reportFor(error), redact);
  const failure = ApplicationFailure.create({
    message: report.message,
    type: report.code,
    nonRetryable: !errorTable[report.code].retryable,
    details: [report],
  });
  return withStack(failure, error, redact);
}

/** Whether something was thrown because a signal aborted it. */
export function isAbort(error: unknown): boolean {
  return errorLike(error)?.name === 'AbortError';
}

function reportFor(error: unknown): ErrorReport {
  if (error instanceof SlipwayError) return error.report;
  const code = databaseCode(error);
  const known = errorLike(error);
  const detail = known ? `${known.name}: ${known.message}` : asText(error);
  if (code === undefined) return errorReport('INTERNAL', { detail });
  // An activity of the database port names the service itself; this is what slipped through.
  const details = { service: 'this release', detail: `${detail} (SQLSTATE ${code})` };
  if (/^08|^57P0|^53300/.test(code)) return errorReport('DATABASE_UNREACHABLE', details);
  if (/^28|^3D000|^42501/.test(code)) return errorReport('DATABASE_DENIED', details);
  return errorReport('INTERNAL', details);
}

/** By its looks: errors also come from other realms, and DOMException is no Error everywhere. */
function errorLike(error: unknown): { readonly name: string; readonly message: string } | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { name, message } = error as { readonly name?: unknown; readonly message?: unknown };
  return typeof name === 'string' && typeof message === 'string' ? { name, message } : undefined;
}

function asText(thrown: unknown): string {
  return typeof thrown === 'string' ? thrown : inspect(thrown, { depth: 3, breakLength: Infinity });
}

/** The SQLSTATE of an error of pg's server: five characters, next to a severity. */
function databaseCode(error: unknown): string | undefined {
  if (!errorLike(error)) return undefined;
  const { code, severity } = error as { readonly code?: unknown; readonly severity?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) && typeof severity === 'string' ? code : undefined;
}

function maskedReport({ code, message, todo, details }: ErrorReport, redact: Redact): ErrorReport {
  const safe = Object.entries(details).map(([name, value]) => [
    name,
    typeof value === 'string' ? redact(value) : value,
  ]);
  return {
    code,
    message: redact(message),
    todo: redact(todo),
    details: Object.fromEntries(safe) as ErrorReport['details'],
  };
}

/** Changed in place, so that it keeps whatever else its thrower has set. */
function masked(failure: ApplicationFailure, redact: Redact): ApplicationFailure {
  const details = mapStrings(failure.details ?? [], redact);
  return withStack(
    Object.assign(failure, { message: redact(failure.message), details, cause: undefined }),
    failure,
    redact,
  );
}

function withStack(failure: ApplicationFailure, error: unknown, redact: Redact): ApplicationFailure {
  if (error instanceof Error && error.stack) failure.stack = redact(error.stack);
  return failure;
}

function mapStrings(value: unknown, change: Redact): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, change)]));
}
