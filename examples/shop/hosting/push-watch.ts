import { closeSync, fstatSync, openSync, readSync, watch, type FSWatcher } from 'node:fs';
import { parseRefUpdates, pushesLog, type RefUpdate } from '../remote';

/** Called once for each ref update, in order; `offset` is where in the log the next one begins. */
export type OnUpdate = (update: RefUpdate, offset: number) => Promise<void>;

/** Follows the log that a remote's hook writes, from an offset that its reader remembers. */
export class PushWatch {
  private watcher: FSWatcher | undefined;
  private reading = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly repository: string,
    private offset: number,
    private readonly onUpdate: OnUpdate,
  ) {}

  /** Begins to follow, with what was written since the offset. */
  start(): void {
    this.watcher = watch(pushesLog(this.repository), () => this.catchUpUnasked());
    this.catchUpUnasked();
  }

  /** Resolves when everything that is in the log now was handled. Fails as the handler does. */
  catchUp(): Promise<void> {
    const next = this.reading.then(() => this.read());
    this.reading = next.catch(() => undefined);
    return next;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.watcher?.close();
    await this.reading;
  }

  private async read(): Promise<void> {
    const problems: unknown[] = [];
    for (const line of this.linesSince(this.offset)) {
      if (this.stopped) return;
      this.offset += Buffer.byteLength(line);
      const [update] = parseRefUpdates(line);
      // One update that cannot be handled must not stop those after it.
      if (update) await this.onUpdate(update, this.offset).catch((problem: unknown) => problems.push(problem));
    }
    if (problems.length > 0) throw problems[0];
  }

  private catchUpUnasked(): void {
    this.catchUp().catch((problem: unknown) => process.stderr.write(`hosting: ${(problem as Error).message}\n`));
  }

  /** Whole lines only: the hook may be in the middle of one. */
  private linesSince(offset: number): string[] {
    const file = openSync(pushesLog(this.repository), 'r');
    try {
      const rest = Buffer.alloc(Math.max(0, fstatSync(file).size - offset));
      const length = readSync(file, rest, 0, rest.length, offset);
      return (
        rest
          .subarray(0, length)
          .toString()
          .match(/[^\n]*\n/g) ?? []
      );
    } finally {
      closeSync(file);
    }
  }
}

/** Where a log that was never read ends now. */
export function endOfLog(repository: string): number {
  const file = openSync(pushesLog(repository), 'r');
  try {
    return fstatSync(file).size;
  } finally {
    closeSync(file);
  }
}
