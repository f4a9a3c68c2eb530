import { setTimeout as after } from 'node:timers/promises';

/** Resolves after `ms` milliseconds, or as soon as `signal` is aborted. Never rejects. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await after(ms, undefined, signal ? { signal } : {}).catch(() => undefined);
}
