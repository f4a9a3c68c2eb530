/**
 * Collects a stream's bytes up to `limit`: the first half and the last half are kept, since errors stand at either
 * end. `bytes()` is what was kept, with a line in between that says how much is missing.
 */
export class BoundedOutput {
  private readonly head: Buffer[] = [];
  private headSize = 0;
  private tail: Buffer[] = [];
  private tailSize = 0;
  private dropped = 0;

  constructor(private readonly limit: number) {}

  get truncated(): boolean {
    return this.dropped > 0;
  }

  add(chunk: Buffer): void {
    const room = Math.max(0, Math.ceil(this.limit / 2) - this.headSize);
    const first = chunk.subarray(0, room);
    if (first.length > 0) this.head.push(first);
    this.headSize += first.length;
    const rest = chunk.subarray(room);
    if (rest.length === 0) return;
    this.tail.push(rest);
    this.tailSize += rest.length;
    this.trim();
  }

  bytes(): Buffer {
    if (this.dropped === 0) return Buffer.concat([...this.head, ...this.tail]);
    return Buffer.concat([...this.head, Buffer.from(`\n… ${this.dropped} bytes left out …\n`), ...this.tail]);
  }

  private trim(): void {
    let excess = this.tailSize - Math.floor(this.limit / 2);
    while (excess > 0) {
      const first = this.tail[0];
      if (!first) return;
      const cut = Math.min(excess, first.length);
      if (cut === first.length) this.tail.shift();
      else this.tail[0] = first.subarray(cut);
      this.tailSize -= cut;
      this.dropped += cut;
      excess -= cut;
    }
  }
}
