/** Work that may take long beside the main loop: one after the other, keeping nobody there waiting. */
export class Lane {
  private under = 0;
  private last: Promise<void> = Promise.resolve();

  /** Whether nothing is under way: what a run that ends would lose. */
  get isIdle(): boolean {
    return this.under === 0;
  }

  /** Begins `work` when all that was added before is done. What it throws stalls the workflow's task, and is not lost. */
  add(work: () => Promise<void>): void {
    this.under += 1;
    this.last = this.last.then(work).then(() => {
      this.under -= 1;
    });
  }
}
