/** What it means when GitHub's API does not do what it was asked. */
import { SlipwayError } from '../../release/errors';

/** Why a call failed. */
export type ApiFailure =
  /** It may have been carried out, or not. */
  | { readonly kind: 'no answer'; readonly detail: string }
  | { readonly kind: 'credentials'; readonly detail: string }
  /** The credentials lack a permission. */
  | { readonly kind: 'not allowed'; readonly detail: string }
  /** The API as such is closed to us, by a rule of the organization, say. */
  | { readonly kind: 'closed'; readonly detail: string }
  | { readonly kind: 'missing'; readonly detail: string }
  | { readonly kind: 'empty'; readonly detail: string }
  /** Nothing was done; it may be asked again after that many milliseconds. */
  | { readonly kind: 'limit'; readonly detail: string; readonly wait: number }
  /** It looked at the request and said no. */
  | { readonly kind: 'refused'; readonly detail: string };

interface Failed {
  readonly name?: string;
  readonly message?: string;
  readonly status?: number;
  readonly cause?: unknown;
  readonly headers?: Headers;
  readonly errors?: readonly { readonly type?: string; readonly message?: string }[];
  readonly response?: { readonly headers?: Headers; readonly data?: { readonly errors?: Failed['errors'] } };
}

type Headers = Readonly<Record<string, string | number | undefined>>;

/** Milliseconds to wait where a limit does not say. */
const unsaidWait = 60_000;

/** Judges what a call of Octokit threw; undefined = it is no answer of GitHub, nor the lack of one. */
export function judgeFailure(error: unknown, now = Date.now()): ApiFailure | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const failed = error as Failed;
  const headers = failed.response?.headers ?? failed.headers;
  const detail = words(failed);
  if (failed.cause instanceof Error && failed.cause.name === 'Moved') return { kind: 'no answer', detail };
  const errors = failed.errors ?? failed.response?.data?.errors;
  if (failed.name === 'GraphqlResponseError' || (failed.status === undefined && errors)) {
    return judgeErrors(errors ?? [], headers ?? {}, now);
  }
  if (failed.status === undefined) return undefined;
  if (!headers) return { kind: 'no answer', detail };
  return judgeStatus(failed.status, headers, detail, now);
}

function judgeStatus(status: number, headers: Headers, detail: string, now: number): ApiFailure {
  if (status === 429 || (status === 403 && isLimit(headers, detail))) {
    return { kind: 'limit', detail, wait: waitOf(headers, now) };
  }
  if (status === 401) return { kind: 'credentials', detail };
  if (status === 403)
    return lacksPermission.test(detail) ? { kind: 'not allowed', detail } : { kind: 'closed', detail };
  if (status === 404 || status === 410) return { kind: 'missing', detail };
  if (status === 409 && /is empty/i.test(detail)) return { kind: 'empty', detail };
  if (status === 451) return { kind: 'closed', detail };
  if (status >= 500 || status === 408) return { kind: 'no answer', detail: `${status}: ${detail}` };
  return { kind: 'refused', detail };
}

function judgeErrors(errors: NonNullable<Failed['errors']>, headers: Headers, now: number): ApiFailure {
  const detail = clipped(errors.map(({ message = '' }) => message).join('; ')) || 'an error without a word';
  const types = errors.map(({ type = '' }) => type);
  const is = (type: string) => types.includes(type);
  if (is('RATE_LIMITED') || isLimit({ ...headers, 'x-ratelimit-remaining': '' }, detail)) {
    return { kind: 'limit', detail, wait: waitOf(headers, now) };
  }
  if (is('INSUFFICIENT_SCOPES')) return { kind: 'not allowed', detail };
  if (is('FORBIDDEN')) return { kind: lacksPermission.test(detail) ? 'not allowed' : 'closed', detail };
  if (is('NOT_FOUND')) return { kind: 'missing', detail };
  if (is('INTERNAL') || is('SERVICE_UNAVAILABLE') || /something went wrong|timed? ?out|internal error/i.test(detail)) {
    return { kind: 'no answer', detail };
  }
  return { kind: 'refused', detail };
}

const lacksPermission =
  /not accessible by|must have (push|admin|write)|permission|required scopes|read-only|^upgrade to github/i;

/** A 403 of a limit, not of a right. */
function isLimit(headers: Headers, detail: string): boolean {
  return (
    headers['x-ratelimit-remaining'] === '0' ||
    headers['retry-after'] !== undefined ||
    /rate limit|abuse detection/i.test(detail)
  );
}

function waitOf(headers: Headers, now: number): number {
  const after = Number(headers['retry-after']);
  if (Number.isFinite(after) && after >= 0 && headers['retry-after'] !== undefined) return after * 1_000;
  const reset = Number(headers['x-ratelimit-reset']) * 1_000;
  if (headers['x-ratelimit-remaining'] === '0' && reset > 0) return Math.max(0, reset - now) + 1_000;
  return unsaidWait;
}

function words({ message = '', cause }: Failed): string {
  const inner = cause instanceof Error && cause.message !== message ? `${message}: ${cause.message}` : message;
  // Octokit adds the address of the documentation.
  return clipped(inner.replace(/ - https:\/\/docs\.github\.com\S*/g, '')) || 'no word';
}

const clipped = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 300);

/** The error of the table for a failure; `shown` is the repository as people know it. */
export function failureError(failure: ApiFailure, shown: string): SlipwayError {
  const { detail } = failure;
  switch (failure.kind) {
    case 'no answer':
      return new SlipwayError('REMOTE_UNREACHABLE', { url: shown, detail });
    case 'credentials':
      return credentialsRefused(shown, detail);
    case 'closed':
      return new SlipwayError('GITHUB_CLOSED', { repository: shown, detail });
    case 'not allowed':
    case 'refused':
      return new SlipwayError('GITHUB_NOT_ALLOWED', { repository: shown, detail });
    case 'missing':
      return new SlipwayError('GITHUB_REPOSITORY_MISSING', { repository: shown });
    case 'empty':
      return new SlipwayError('GITHUB_REPOSITORY_EMPTY', { repository: shown });
    case 'limit': {
      const until = new Date(Date.now() + failure.wait).toISOString();
      return new SlipwayError('GITHUB_RATE_LIMITED', { repository: shown, until, detail });
    }
  }
}

export function credentialsRefused(shown: string, detail: string): SlipwayError {
  return new SlipwayError('GITHUB_CREDENTIALS_REFUSED', { repository: shown, detail });
}
