/** Releases on a road, with and without a worker that falls on the way. */
import { footprint, lookAtWorld } from './crash-footprint';
import { roads, type Road, type Row } from './crash-points';
import { CrashStage, endOf, inPhase, type StageOptions, type Version } from './crash-stage';
import type { CrashWorker } from './crash-workers';
import type { ReleaseUnderTest } from './slipway';

type Print = Awaited<ReturnType<typeof footprint>>;

/** One road, and the stages on which it is gone again and again, by as many releases at once as ask for it. */
export class CrashRoad {
  private readonly free: CrashStage[] = [];
  private unharmed: Promise<Print> | undefined;

  /** `start` makes a stage for it; on a repository of files unless told. */
  constructor(
    private readonly road: Road,
    private readonly start: (options: StageOptions) => Promise<CrashStage> = (options) => CrashStage.start(options),
  ) {}

  /** What a release leaves on this road when nothing falls. */
  expected(): Promise<Print> {
    return (this.unharmed ??= this.onStage(async (stage) => {
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
   * What a release leaves when a worker is stopped there, another goes on to the end, and then the stopped one wakes
   * and does what it still can; with the world just before it woke, and after.
   */
  stopped({ point, nth }: Row): Promise<{ print: Print; asleep: object; awake: object }> {
    return this.onStage(async (stage) => {
      const before = await lookAtWorld(stage);
      const falling = stage.workers.fallAt(point, 'SIGSTOP', nth);
      const going = this.go(stage);
      const sleeper = await fell(point, falling, going);
      const refilled = stage.workers.refill();
      const gone = await going;
      const asleep = await lookAtWorld(stage);
      await sleeper.wakeAndRest();
      const awake = await lookAtWorld(stage);
      const print = await footprint(stage, before, gone);
      await Promise.all([sleeper.kill(), refilled]);
      return { print, asleep, awake };
    });
  }

  async stop(): Promise<void> {
    await Promise.all(this.free.splice(0).map((stage) => stage.stop()));
  }

  /** A stage on which something went wrong is not used again: what is left there would spoil what comes after. */
  private async onStage<T>(act: (stage: CrashStage) => Promise<T>): Promise<T> {
    const stage = this.free.pop() ?? (await this.newStage());
    try {
      const result = await act(stage);
      this.free.push(stage);
      return result;
    } catch (problem) {
      await stage.stop();
      throw problem;
    }
  }

  private newStage(): Promise<CrashStage> {
    const { services, followsHighestTag } = roads[this.road];
    return this.start({
      ...(services ? { services } : {}),
      ...(followsHighestTag ? { shop: { undo: 'delete' } } : {}),
    });
  }

  /** Releases a new version along the road, to its end. */
  private async go(stage: CrashStage): Promise<{ version: Version; release: ReleaseUnderTest }> {
    const { kind, outcome, stuckBuilds } = roads[this.road];
    if (stuckBuilds) stage.shop.hosting.set({ buildMs: 600_000 });
    const begun = await stage.begin(kind);
    if (stuckBuilds) {
      await inPhase(begun.release, 'going live');
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
  return Promise.race([falling, ended]);
}
