import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from './eventually';
import { runningActivity } from './history';
import type { MeasuredShop } from './measured-shop';
import type { Stage } from './stage';
import type { WorkerProcess } from './worker-process';

/** How many workers there are: one that works and one that stands by. */
const SIZE = 2;

/** Heartbeats come each 400 ms: a kill may fall anywhere between two. */
const BEAT = 400;

/** The workers of one shop, which are killed one after the other. */
export class Crew {
  /** When the last one was killed: milliseconds since 1970. */
  killedAt = NaN;
  private workers: WorkerProcess[] = [];

  constructor(
    private readonly stage: Stage,
    private readonly shop: MeasuredShop,
  ) {}

  /** Hires as many as are missing; resolves when all of them poll. */
  async complete(): Promise<void> {
    this.workers = this.workers.filter(({ isRunning }) => isRunning);
    while (this.workers.length < SIZE) this.workers.push(await this.stage.hire(this.shop));
  }

  /**
   * Kills the worker in the middle of that activity, at any time of its heartbeat. Returns the milliseconds until
   * another worker has started it again.
   */
  async killAt(id: string, type: string): Promise<number> {
    const { client } = this.stage;
    await eventually(`${id} to be at ${type}`, () => runningActivity(client, id, type));
    await sleep(Math.random() * BEAT);
    const running = await runningActivity(client, id, type);
    if (!running) throw new Error(`${type} was over before its worker could be killed`);
    this.kill(running.worker);
    const again = await eventually(`${type} to start again`, async () => {
      const found = await runningActivity(client, id, type);
      return found && found.attempt > running.attempt ? found : undefined;
    });
    return again.at - this.killedAt;
  }

  /** Kills the worker of that identity. */
  kill(identity: string): void {
    const worker = this.workers.find((each) => each.identity === identity);
    if (!worker) throw new Error(`${identity} is none of ours`);
    this.killedAt = worker.kill();
  }
}
