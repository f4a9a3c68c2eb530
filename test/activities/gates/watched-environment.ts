import { emptyEnvironment, type EnvironmentState } from '../../../release/environment-state';
import type { SeenPeriod } from '../../../release/seen-commits';
import type { GateScene } from './stage';

export const minute = 60_000;

/** An environment in which service api was looked at until now. */
export function aWatchedEnvironment(scene: GateScene) {
  let seen: readonly SeenPeriod[] = [];
  const at = (minutesAgo: number) => new Date(Date.now() - minutesAgo * minute).toISOString();
  return {
    /** A commit was live and healthy, a look each minute. */
    runs(commit: string, from = 5, until = 0): void {
      seen = [{ commit, version: '', from: at(from), until: at(until) }];
    },
    now(looked = 0): EnvironmentState {
      const finding = { verdict: 'passed', detail: '' } as const;
      const service = { step: null, health: finding, runs: null, drift: null, seen };
      const counts = { drifted: 0, inStep: 0, unanswered: 0, unansweredSince: null, driftedSince: null };
      const watch = {
        look: 'look',
        at: at(looked),
        every: minute,
        hands: 0,
        services: { api: { ...service, ...counts } },
      };
      return { ...emptyEnvironment, watch };
    },
    commits: scene.commits,
  };
}
