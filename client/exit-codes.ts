/** The table is the worker's too, which ends with the same codes. */
export { exitCodeOfError, exitCodeOfOutcome, exitCodes, type ExitCode } from '../release/exit-codes';
