import type { Finding, Path } from '../problems';
import type { Draft } from './draft';

/** Says something about a path; `at` = the key is meant instead of its value; `others`: other places that it is about. */
type Say = (path: Path, message: string, hint: string, at?: Finding['at'], others?: Finding['others']) => void;

/** Where a rule says what it found. */
export interface Report {
  /** The file may not be used. */
  readonly problem: Say;
  /** The file may be used, but somebody should look at it. */
  readonly warning: Say;
}

/** One thing that must hold between the fields of a file. */
export type Rule = (draft: Draft, report: Report) => void;
