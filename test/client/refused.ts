import { errorTable, type ErrorReport } from '../../release/errors';
import { exitCodeOfError } from '../../release/exit-codes';
import { slipway, type RunOptions } from './run-slipway';

/** Runs the command for machines: the one document that it writes is the error, and the exit code that of the table. */
export async function refused(args: readonly string[], options: RunOptions): Promise<ErrorReport> {
  const { code, out, err } = await slipway([...args, '--json'], options);
  expect({ err, lines: out.trimEnd().split('\n').length }).toEqual({ err: '', lines: 1 });
  const { error, ...rest } = JSON.parse(out) as { error: ErrorReport };
  expect(rest).toEqual({});
  expect(Object.hasOwn(errorTable, error.code)).toBe(true);
  expect(code).toBe(exitCodeOfError(error.code));
  return error;
}

/** The same, and for people: they are told the same, on standard error. */
export async function refusedAloud(args: readonly string[], options: RunOptions): Promise<ErrorReport> {
  const [error, told] = await Promise.all([refused(args, options), slipway(args, options)]);
  const { code, message, todo } = error;
  expect(told).toEqual({ code: exitCodeOfError(code), out: '', err: `${message}\n${todo}\n` });
  return error;
}
