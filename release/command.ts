/** A program run without a shell: `argv[0]` is found on the PATH of the worker. */
export interface Command {
  readonly argv: readonly string[];
  readonly timeout: number;
}
