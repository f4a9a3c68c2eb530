import { exitCodeOfError, exitCodeOfOutcome } from '../../client/exit-codes';
import { errorTable, type ErrorCode } from '../../release/errors';

describe('Exit codes', () => {
  it('are 0 only for a release that is live', () => {
    expect(exitCodeOfOutcome('finished')).toBe(0);
    for (const outcome of ['rolled back', 'stopped', 'cancelled', 'abandoned'] as const)
      expect(exitCodeOfOutcome(outcome)).toBe(1);
    expect(exitCodeOfOutcome('rejected')).toBe(3);
  });

  it('tell apart what was asked wrongly, what was refused, and what could not be told', () => {
    const codes = (
      [
        'CONFIG_INVALID',
        'ENVIRONMENT_UNKNOWN',
        'DECISION_REFUSED',
        'POINTER_CONFLICT',
        'NO_WORKER',
        'INTERNAL',
      ] as const
    ).map(exitCodeOfError);
    expect(codes).toEqual([2, 2, 3, 3, 4, 70]);
  });

  it('are never 0 for an error', () => {
    for (const code of Object.keys(errorTable) as ErrorCode[]) expect(exitCodeOfError(code)).toBeGreaterThan(0);
  });
});
