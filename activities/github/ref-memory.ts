/** Milliseconds for which an older answer than our own write may come from a copy that lags behind. */
const patience = 10_000;

/**
 * What this process has written, so that a reading that is older than that is known as such: GitHub answers from
 * copies, and may show for a moment what was before.
 */
export class RefMemory {
  private readonly written = new Map<string, { now: string | null; before: Set<string | null>; until: number }>();

  /** A write that was answered with success. */
  wrote(updates: readonly { ref: string; from: string | null; to: string | null }[], at = Date.now()): void {
    for (const { ref, from, to } of updates) {
      const before = this.written.get(ref)?.before ?? new Set();
      before.add(from);
      before.delete(to);
      this.written.set(ref, { now: to, before, until: at + patience });
    }
  }

  /** Whether what was read of `ref` is older than what was written, as far as that can be. */
  isOlder(ref: string, seen: string | null, at = Date.now()): boolean {
    const entry = this.written.get(ref);
    if (entry === undefined) return false;
    if (at >= entry.until) {
      this.written.delete(ref);
      return false;
    }
    return seen !== entry.now && entry.before.has(seen);
  }

  /** The refs that may be shown older than they are. */
  refs(): string[] {
    return [...this.written.keys()];
  }
}
