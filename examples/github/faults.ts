/** Faults that are wanted of single calls, and the log of all calls. */

/** One call as it went. */
export interface Call {
  readonly method: string;
  readonly path: string;
  /** An operation of the REST description (`git/create-tag`), `graphql/` and its root fields (`graphql/updateRefs`), or `git/upload-pack`. */
  readonly operation: string;
  /** The name of a GraphQL operation, if it has one. */
  readonly name: string | null;
  /** Who called: a login, an app's slug, or empty. */
  login: string;
  /** Null: the connection was cut. */
  status: number | null;
  /** Whether it was counted against the rate limit. */
  counted: boolean;
  /** What GitHub does not describe in the request. */
  problem: string | null;
}

/** What happens to a call instead of, or besides, what should. */
export interface Fault {
  /** Operation or GraphQL operation name; a pattern is held against `METHOD path` and the operation. */
  readonly on: string | RegExp | ((call: Call) => boolean);
  /** How many calls it strikes, 1 unless told. */
  readonly times?: number;
  /** How many matching calls it lets pass before. */
  readonly skip?: number;
  /** Waits before anything else. */
  readonly delayMs?: number;
  /** Destroys the connection: before the call is carried out, or after it, in place of the answer. */
  readonly cut?: 'before' | 'after';
  /** Answers with this status. */
  readonly status?: number;
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** With a status: whether the call is carried out first. */
  readonly effect?: boolean;
}

/** The faults that wait for their calls. */
export class Faults {
  private waiting: { fault: Fault; skip: number; left: number }[] = [];

  add(fault: Fault): void {
    this.waiting.push({ fault, skip: fault.skip ?? 0, left: fault.times ?? 1 });
  }

  clear(): void {
    this.waiting = [];
  }

  /** How many strikes are still to come. */
  get left(): number {
    return this.waiting.reduce((sum, { left }) => sum + left, 0);
  }

  /** The fault that strikes this call, which is counted as struck. */
  take(call: Call): Fault | null {
    for (const entry of this.waiting) {
      if (entry.left === 0 || !strikes(entry.fault, call)) continue;
      if (entry.skip > 0) {
        entry.skip -= 1;
        continue;
      }
      entry.left -= 1;
      return entry.fault;
    }
    return null;
  }
}

/** The secondary rate limit, as GitHub announces it. */
export function secondaryLimit(on: Fault['on'], retryAfter: number, times = 1, status: 403 | 429 = 403): Fault {
  return {
    on,
    times,
    status,
    headers: { 'retry-after': String(retryAfter) },
    message:
      'You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to GitHub Support for help, please include the request ID.',
  };
}

function strikes({ on }: Fault, call: Call): boolean {
  if (typeof on === 'function') return on(call);
  if (typeof on === 'string') return on === call.operation || on === call.name;
  return on.test(`${call.method} ${call.path}`) || on.test(call.operation);
}
