import { resolveReferences } from '../../release/env-references';
import type { AskedGateRule } from '../../release/gate-rule';
import type { Command } from '../../release/command';
import { runProgram, type ProgramResult } from '../process/run-program';
import type { GateContext, GateQuestion } from './gate-kind';

/**
 * Runs a program of a gate on the worker, without a shell, in the worker's folder and environment with the release's
 * names besides. Killed with all that it started when its time is over. `limit`: bytes of its output.
 */
export function runForGate(
  { rule, release }: GateQuestion<AskedGateRule>,
  { lookup, signal }: GateContext,
  { argv, timeout }: Command,
  { input, limit }: { readonly input?: string; readonly limit: number },
): Promise<ProgramResult> {
  return runProgram({
    argv: resolveReferences(argv, lookup, `gate ${rule.name}`),
    env: {
      ...process.env,
      SLIPWAY_GATE: rule.name,
      SLIPWAY_RELEASE: release.id,
      SLIPWAY_PROJECT: release.project,
      SLIPWAY_ENVIRONMENT: release.environment,
      SLIPWAY_VERSION: release.version,
    },
    ...(input !== undefined && { input }),
    signal,
    deadline: timeout,
    limit,
  });
}

/** How it ended, with the last line of its error output, for people. */
export function endOf({ code, signal, stderr }: ProgramResult): string {
  const end = signal ? `was ended by ${signal}` : `ended with code ${code}`;
  const said = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .at(-1);
  return said === undefined ? `the program ${end}` : `the program ${end}: ${said}`;
}
