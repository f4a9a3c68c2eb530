import { SlipwayError } from '../release/errors';

/** A way from the top of the file to a value: names of keys and numbers of list items. */
export type Path = readonly (string | number)[];

/** Something wrong (or, as a warning, doubtful) with the file, before it is known where that stands. */
export interface Finding {
  readonly path: Path;
  /** Whether the key itself is meant, or its value. */
  readonly at: 'key' | 'value';
  /** What is wrong: a sentence whose subject is the field, without a full stop. */
  readonly message: string;
  /** What to write instead: whole sentences. */
  readonly hint: string;
  /** Other places of the file that it is about: their lines are named. */
  readonly others?: readonly Path[];
}

/** A finding at its place in the file. */
export interface Problem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units. */
  readonly column: number;
  /** The field, as `services.api.smoke[0].status`; empty = the file as a whole. */
  readonly field: string;
  readonly message: string;
  readonly hint: string;
}

/** CONFIG_INVALID with its problems as data, for `--json`. */
export class ConfigInvalidError extends SlipwayError {
  constructor(
    readonly file: string,
    readonly problems: readonly Problem[],
  ) {
    super('CONFIG_INVALID', {
      file,
      count: problems.length === 1 ? '1 problem' : `${problems.length} problems`,
      problems: problems.map((problem) => `  ${formatProblem(problem)}`).join('\n'),
    });
  }
}

/** A problem or warning in one line: `slipway.yaml:4:9 services.api.after[0]: there is no service "db". Write …` */
export function formatProblem({ file, line, column, field, message, hint }: Problem): string {
  const subject = field === '' ? '' : ` ${field}:`;
  return `${file}:${line}:${column}${subject} ${message}.${hint === '' ? '' : ` ${hint}`}`;
}

/** A path as people write it: `services.api.smoke[0].json."a.b"`. */
export function fieldOf(path: Path): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      const name = /^[\w-]+$/.test(part) ? part : JSON.stringify(part);
      return index === 0 ? name : `.${name}`;
    })
    .join('');
}
