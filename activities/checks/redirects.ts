/** One request of a chain of redirects. */
export interface HttpStep {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** Headers that tell nothing about who asks: all that goes along to another origin. */
const harmless = new Set(['accept', 'accept-language', 'content-type', 'user-agent']);

/**
 * The request that a redirect asks for, or undefined if the answer is none (or names no address of the web).
 * 303, and 301 and 302 after a POST, become a GET without body, as in browsers. Across origins only harmless headers
 * go along: a header of any name may hold a secret.
 */
export function followRedirect(step: HttpStep, status: number, location: string | undefined): HttpStep | undefined {
  if (location === undefined || ![301, 302, 303, 307, 308].includes(status)) return undefined;
  if (!URL.canParse(location, step.url)) return undefined;
  const url = new URL(location, step.url);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  const kept = keepHeaders(step.headers, url.origin === new URL(step.url).origin);
  if (!becomesGet(step.method, status)) return { ...step, url: url.href, headers: kept };
  const headers = Object.fromEntries(Object.entries(kept).filter(([name]) => !/^content-/i.test(name)));
  return { url: url.href, method: 'GET', headers };
}

function becomesGet(method: string, status: number): boolean {
  if (status === 303) return method !== 'GET' && method !== 'HEAD';
  return (status === 301 || status === 302) && method === 'POST';
}

function keepHeaders(headers: HttpStep['headers'], sameOrigin: boolean): HttpStep['headers'] {
  if (sameOrigin) return headers;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => harmless.has(name.toLowerCase())));
}
