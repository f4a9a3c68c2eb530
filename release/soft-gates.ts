/** Soft gates that do not pass: a release passes over one only by a person's word. */
import type { GateReport } from './gate';
import type { Override } from './override';

/** The name under which a soft gate is overridden. */
export const guardOfGate = ({ id }: Pick<GateReport, 'id'>): string => `gate:${id}`;

/** Whether a soft gate holds a release at all. The calendar does not: it is waited for. */
export function holdsRelease({ id, hard, told }: GateReport): boolean {
  return !hard && !told && id !== 'calendar';
}

/** The soft gates that do not pass, and that nobody has overridden. */
export function gatesToOverride(gates: readonly GateReport[], overrides: readonly Override[] = []): GateReport[] {
  return gates.filter(
    (gate) =>
      holdsRelease(gate) &&
      gate.verdict !== 'passed' &&
      !gate.pending &&
      !overrides.some(({ guard }) => guard === guardOfGate(gate)),
  );
}
