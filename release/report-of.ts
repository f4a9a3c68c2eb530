import { errorReport, isErrorCode, type ErrorReport } from './errors';

/**
 * The report inside an error: that of the outermost error of the table in its chain of causes, however it came here
 * (a SlipwayError, or a failure of Temporal whose `type` is the code). undefined = the chain holds none.
 */
export function reportOf(error: unknown): ErrorReport | undefined {
  let link = error;
  for (let depth = 0; typeof link === 'object' && link !== null && depth < 20; depth++) {
    const { type, code, report, details, cause } = link as Link;
    if (isReport(report) && report.code === code) return report;
    if (isErrorCode(type)) {
      const [first] = Array.isArray(details) ? (details as unknown[]) : [];
      return isReport(first) && first.code === type ? first : errorReport(type);
    }
    link = cause;
  }
  return undefined;
}

interface Link {
  readonly type?: unknown;
  readonly code?: unknown;
  readonly report?: unknown;
  readonly details?: unknown;
  readonly cause?: unknown;
}

function isReport(value: unknown): value is ErrorReport {
  if (typeof value !== 'object' || value === null) return false;
  const { code, message, todo, details } = value as Partial<Record<keyof ErrorReport, unknown>>;
  const isWhole = typeof message === 'string' && typeof todo === 'string' && typeof details === 'object';
  return isErrorCode(code) && isWhole && details !== null;
}
