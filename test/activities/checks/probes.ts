import { setMaxListeners } from 'node:events';
import type { Check, HttpCheck, LiveProbe } from '../../../release/project';
import type { Attempt, Surroundings } from '../../../activities/surroundings';
import { someSurroundings } from '../../support/attempts';

/** A check of `url` that asks once and expects 200, changed by `more`. */
export function aCheck(url: string, more: Partial<HttpCheck> = {}): Check {
  const usual = { method: 'GET', headers: {}, status: 200, json: {}, timeout: 10_000, redirects: 0 };
  return { kind: 'http', name: 'health', url, ...usual, tries: 1, interval: 1, ...more };
}

/** A probe of the field `version` that asks without pause. */
export function aProbe(url: string, more: Partial<LiveProbe> = {}): LiveProbe {
  const usual = { headers: {}, json: 'version', is: 'version', readings: 3 } as const;
  return { url, ...usual, interval: 1, timeout: 10_000, patience: 30_000, ...more };
}

/** Surroundings with these variables; what they hold is masked. */
export function surroundingsWith(variables: Readonly<Record<string, string>> = {}): Surroundings {
  return someSurroundings(variables);
}

/** An attempt that can be stopped, and that keeps what it has reported. */
export interface StoppableAttempt extends Attempt {
  readonly reported: unknown[];
  stop(reason: Error): void;
}

/** A first attempt, or one that goes on with what an earlier one had reported. */
export function anAttempt(
  resume?: unknown,
  onProgress: (details: unknown) => void = () => undefined,
): StoppableAttempt {
  const people = new AbortController();
  setMaxListeners(0, people.signal);
  const reported: unknown[] = [];
  const progress = (details: unknown) => {
    // As Temporal keeps it: a copy that went through JSON.
    reported.push(JSON.parse(JSON.stringify(details)));
    onProgress(details);
  };
  const stop = (reason: Error) => people.abort(reason);
  return { signal: people.signal, progress, reported, stop, ...(resume === undefined ? {} : { resume }) };
}
