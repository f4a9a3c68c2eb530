import type { ErrorCode, ErrorDetails } from '../../release/errors';

/** The type of a Temporal search attribute. */
export type SearchAttributeKind = 'Text' | 'Keyword' | 'Int' | 'Double' | 'Bool' | 'Datetime' | 'KeywordList';

/** What a stack is started with: the first line that its process reads. */
export interface StackOrder {
  /** Absolute path of the folder for data, logs and stack.json. */
  readonly folder: string;
  /** Remove what an earlier stack left in the folder first. */
  readonly fresh: boolean;
  /** Temporal keeps nothing on disk. */
  readonly inMemory: boolean;
  /** PostgreSQL does not wait for the disk: its data survives a killed process, not a power failure. */
  readonly fast: boolean;
  /** Remove, at the end, all that the stack made in the folder, and the folder if nothing else is in it. */
  readonly temporary: boolean;
  readonly searchAttributes: Readonly<Record<string, SearchAttributeKind>>;
}

/** How PostgreSQL is stopped: `fast` = in order, open transactions rolled back; `crash` = at once, recovery at the next start. */
export type PostgresStop = 'fast' | 'crash';

/** What the owner of a running stack can ask of it. */
export type StackCommand =
  | { readonly do: 'kill-temporal' }
  | { readonly do: 'restart-temporal' }
  | { readonly do: 'stop-postgres'; readonly how: PostgresStop }
  | { readonly do: 'start-postgres' };

/** One line from the owner to the stack's process; the end of the pipe means: stop. */
export interface StackRequest {
  readonly id: number;
  readonly command: StackCommand;
}

/** What the owner learns when the stack is ready. */
export interface StackReady {
  readonly address: string;
  readonly uiAddress: string;
  readonly namespace: string;
  readonly databaseUrl: string;
  /** Which Temporal was started, and why that one. */
  readonly temporal: string;
}

/** One line from the stack's process to its owner. */
export type StackMessage =
  | { readonly is: 'progress'; readonly line: string }
  | { readonly is: 'ready'; readonly ready: StackReady }
  | { readonly is: 'servers'; readonly pids: readonly number[] }
  | { readonly is: 'answer'; readonly id: number; readonly problem?: string }
  | { readonly is: 'failed'; readonly code: ErrorCode; readonly details: ErrorDetails };
