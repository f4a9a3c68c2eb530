/** What `slipway dev` and the program that runs its stack and workers (worker/embedded/dev.ts) say to each other. */
import type { ErrorCode, ErrorDetails } from '../release/errors';

/** The first line that the program reads. The end of its standard input means: stop. */
export interface DevOrder {
  /** Absolute path of the folder for the stack's data. */
  readonly folder: string;
  /** Remove what an earlier stack left there first. */
  readonly fresh: boolean;
  /** Whose workers to run; null = none. */
  readonly project: string | null;
  readonly environments: readonly string[];
}

/** A line that the program writes. */
export type DevMessage =
  | { readonly is: 'progress'; readonly line: string }
  | { readonly is: 'stack'; readonly address: string; readonly uiAddress: string; readonly temporal: string }
  | { readonly is: 'worker'; readonly environment: string; readonly state: 'ready' | 'ended'; readonly detail: string }
  | { readonly is: 'failed'; readonly code: ErrorCode; readonly details: ErrorDetails };
