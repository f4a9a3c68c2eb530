/** What the stand-in answers with: plain answers, and refusals with the words that GitHub uses. */

/** An answer before it goes over the wire. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Ends a call with an answer that says no. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly headers: Readonly<Record<string, string>> = {},
    readonly more: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }

  answer(): Answer {
    return { status: this.status, headers: this.headers, body: refusalBody(this.status, this.message, this.more) };
  }
}

export function refusalBody(status: number, message: string, more: Readonly<Record<string, unknown>> = {}): unknown {
  return { message, ...more, documentation_url: 'https://docs.github.com/rest', status: String(status) };
}

export const ok = (body: unknown, status = 200): Answer => ({ status, body });
export const notFound = () => new Refusal(404, 'Not Found');
export const invalid = (message: string, more?: Record<string, unknown>) => new Refusal(422, message, {}, more);
