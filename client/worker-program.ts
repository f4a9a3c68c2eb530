import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SlipwayError } from '../release/errors';

/**
 * Path of a compiled program of worker/, which the command line runs but never imports. Fails with INTERNAL if this copy
 * of Slipway is not whole.
 */
export function workerProgram(...path: readonly string[]): string {
  const program = join(__dirname, '..', 'worker', ...path);
  if (!existsSync(program))
    throw new SlipwayError('INTERNAL', { detail: `${program} is missing; run \`npm run build\`` });
  return program;
}

/**
 * `env` for a worker on another Temporal than the one that `env` names: nothing of its address, keys and profiles stays.
 */
export function envForTemporal(
  env: NodeJS.ProcessEnv,
  place: { readonly address: string; readonly namespace: string },
): NodeJS.ProcessEnv {
  const rest = Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_'));
  return { ...Object.fromEntries(rest), TEMPORAL_ADDRESS: place.address, TEMPORAL_NAMESPACE: place.namespace };
}
