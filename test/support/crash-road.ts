/** Releases on a road, with and without a worker that falls on the way. */
import { eventually } from './eventually';
import { footprint, lookAtWorld } from './crash-footprint';
import { roads, type Road, type Row } from './crash-points';
import { CrashStage, endOf, type Version } from './crash-stage';
import type { CrashWorker } from './crash-workers';
import type { ReleaseUnderTest } from './slipway';

type Print = Awaited<ReturnType<typeof footprint>>;

/** One road, and a stage on which it is gone again and again. */
export class CrashRoad {
  private stage: CrashStage | undefined;
  private unharmed: Print | undefined;

  constructor(private readonly road: Road) {}

  /** What a release leaves on this road when nothing falls. */
  async expected(): Promise<Print> {
    return (this.unharmed ??= await this.onStage(async (stage) => {
      const before = await lookAtWorld(stage);
      return footprint(stage, before, await this.go(stage));
    }));
  }

  /** What a release leaves when a worker is killed there and another goes on. */
  killed({ point, nth }: Row): Promise<Print> {
    return this.onStage(async (stage) => {
      const before = await lookAtWorld(stage);
      const falling = stage.workers.fallAt(point, 'SIGKILL', nth);
      const going = this.go(stage);
      await fell(point, falling, going);
      const refilled = stage.workers.refill();
      const print = await footprint(stage, before, await going);
      await refilled;
      return print;
    });
  }

  /**
   * What a release leaves when a worker is stopped there until another has gone on to the end; first as it is at the
   * end, then as it is when the stopped one has woken and has nothing left to do.
   */
  stopped({ point, nth }: Row): Promise<{ print: Print; asleep: object; awake: object }> {
    return this.onStage(async (stage) => {
      const before = await lookAtWorld(stage);
      const falling = stage.workers.fallAt(point, 'SIGSTOP', nth);
      const going = this.go(stage);
      const sleeper = await fell(point, falling, going);
      const refilled = stage.workers.refill();
      const print = await footprint(stage, before, await going);
      const asleep = await lookAtWorld(stage);
      await sleeper.wakeAndRest();
      const awake = await lookAtWorld(stage);
      await Promise.all([sleeper.kill(), refilled]);
      return { print, asleep, awake };
    });
  }

  async stop(): Promise<void> {
    await this.stage?.stop();
    this.stage = undefined;
  }

  /** A stage on which something went wrong is not used again: what is left there would spoil what comes after. */
  private async onStage<T>(act: (stage: CrashStage) => Promise<T>): Promise<T> {
    const { services, followsHighestTag } = roads[this.road];
    this.stage ??= await CrashStage.start({
      ...(services ? { services } : {}),
      ...(followsHighestTag ? { shop: { undo: 'delete' } } : {}),
    });
    try {
      return await act(this.stage);
    } catch (problem) {
      await this.stop();
      throw problem;
    }
  }

  /** Releases a new version along the road, to its end. */
  private async go(stage: CrashStage): Promise<{ version: Version; release: ReleaseUnderTest }> {
    const { kind, outcome, stuckBuilds } = roads[this.road];
    if (stuckBuilds) stage.shop.hosting.set({ buildMs: 600_000 });
    const begun = await stage.begin(kind);
    if (stuckBuilds) {
      await eventually('both builds', () =>
        stage.shop.hosting.builds({ state: 'active' }).length === 2 ? true : undefined,
      );
      stage.shop.hosting.set({ buildMs: 0 });
      await begun.release.decide('rollback', { by: 'grace', comment: 'not this one' });
    }
    await endOf(begun, outcome);
    return begun;
  }
}

/** The worker that fell; fails if the release ended first. */
async function fell(point: string, falling: Promise<CrashWorker>, going: Promise<unknown>): Promise<CrashWorker> {
  const ended = going.then(() => {
    throw new Error(`the release ended and never reached ${point}`);
  });
  return Promise.race([falling, ended as Promise<never>]);
}
