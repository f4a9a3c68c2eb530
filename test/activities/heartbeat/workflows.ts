import { proxyActivities, type ActivityOptions } from '@temporalio/workflow';

/** Calls one activity, and returns what it does. */
export async function call(name: string, input: unknown, options: ActivityOptions): Promise<unknown> {
  const activities = proxyActivities<Record<string, (input: unknown) => Promise<unknown>>>(options);
  return activities[name]?.(input);
}
