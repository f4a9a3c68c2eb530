import { SlipwayError, type ErrorCode, type ErrorDetails } from '../../release/errors';

/** What such a program tells its owner when it ends by a failure. */
interface Failed {
  readonly is: 'failed';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;
}

/** The end of a program that other processes depend on: it comes once, and whatever happens on the way, it comes. */
export class ProgramEnd {
  private ending: Promise<never> | undefined;

  /** `stopAll` ends what the program has started, and need be called only once. */
  constructor(
    private readonly stopAll: () => Promise<void>,
    private readonly tell: (failed: Failed) => void,
  ) {}

  get hasBegun(): boolean {
    return this.ending !== undefined;
  }

  /** Tells why, unless it ends already, and ends. */
  fail(error: unknown): Promise<never> {
    const known = error instanceof SlipwayError ? error : new SlipwayError('INTERNAL', { detail: String(error) });
    if (!this.hasBegun) this.tell({ is: 'failed', code: known.code, details: known.details });
    return this.begin(1);
  }

  /** Ends everything, then the program, with that exit code if it did not end already. */
  begin(code: number): Promise<never> {
    this.ending ??= this.stopAll()
      .catch((error: unknown) => process.stderr.write(`while ending: ${String(error)}\n`))
      .then(() => process.exit(code));
    return this.ending;
  }
}
