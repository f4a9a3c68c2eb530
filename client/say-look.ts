import { oneLine } from '../release/plain-text';
import type { WatchResult } from '../workflows/messages';
import type { Io } from './io';

/** Says what one look at an environment has seen, a line for each service. */
export function sayLook(io: Io, environment: string, look: WatchResult): void {
  const { paint } = io.look;
  const say = (text: string) => io.say(text);
  if (look.failure) return say(`  it could not be looked at: ${look.failure.message} ${look.failure.todo}`);
  if (look.heldBy) return say(`  ${look.heldBy} holds ${environment}: nobody looks meanwhile`);
  for (const { service, runs, step, health } of look.services) {
    const now = runs ? `runs ${runs.version} (${runs.commit.slice(0, 10)})` : 'does not say what it runs';
    const said =
      step === null
        ? 'no release knows it'
        : { passed: paint.green('in step'), failed: paint.red('not in step'), unknown: paint.yellow('could not tell') }[
            step.verdict
          ];
    const why = step && step.verdict !== 'passed' ? ` (${oneLine(step.detail)})` : '';
    say(`  ${service} ${now}: ${said}${why}; ${oneLine(health.detail)}`);
  }
}
