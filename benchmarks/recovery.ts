/** SIGKILL of the worker to its step running again, at every kind of step of one release, with another worker by. */
import { existsSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { approveBySignal } from './approval';
import { Crew } from './crew';
import { eventually } from './eventually';
import { Gate } from './gate';
import { lastWorker, runningActivity } from './history';
import { ofTimes, type Effort, type Measure } from './measure';
import type { MeasuredShop } from './measured-shop';
import type { Stage } from './stage';
import { summarise } from './statistics';

const kinds = {
  survey: 'survey',
  idle: 'idle wait: approved at once, next step',
  later: 'idle wait: approved a second later, next step',
  migrate: 'migration: its activity',
  sql: 'migration: its SQL again in the database',
  watch: 'wait with checks',
  move: 'pointer move, its push under way',
  awaitLive: 'wait until live',
} as const;

type Kind = keyof typeof kinds;

export async function measureRecovery(stage: Stage, { crashes }: Effort): Promise<Measure[]> {
  const gate = await Gate.open();
  const shop = await stage.openShop('crashed', {
    env: { GATE_URL: gate.url },
    configure: (form) => {
      (form.services['api']!['smoke'] as object[]).push({ http: '${env:GATE_URL}', name: 'gate' });
      Object.assign(form.environments['production']!['verify'] as object, { wait: '1m' });
    },
  });
  const times = new Map<Kind, number[]>();
  const take = (kind: Kind, time: number) => times.set(kind, [...(times.get(kind) ?? []), time]);
  try {
    const crew = new Crew(stage, shop);
    for (let n = 0; n < crashes; n++) await crashEverywhere({ stage, shop, crew, gate, take }, n % 2 === 1);
  } finally {
    await gate.close();
  }
  await stage.clear();
  return [...times].map(([kind, all]) => ofTimes(`SIGKILL → ${kinds[kind]}`, summarise(all), 3_000));
}

interface Scene {
  readonly stage: Stage;
  readonly shop: MeasuredShop;
  readonly crew: Crew;
  readonly gate: Gate;
  readonly take: (kind: Kind, time: number) => void;
}

/** One release that loses its worker at each of its steps. */
async function crashEverywhere(scene: Scene, isLate: boolean): Promise<void> {
  const id = await crashInSurvey(scene);
  await crashWhileIdle(scene, id, isLate);
  await crashInMigration(scene, id);
  await crashInWatch(scene, id);
  await crashInMove(scene, id);
  await crashUntilLive(scene, id);
  const { outcome } = await scene.shop.result(id);
  if (outcome !== 'finished') throw new Error(`${id} was ${outcome}`);
}

async function crashInSurvey({ shop, crew, gate, take }: Scene): Promise<string> {
  const version = await shop.addVersion({ slow: 4 });
  await crew.complete();
  gate.shut();
  const id = await shop.request(version);
  take('survey', await crew.killAt(id, 'surveyRelease'));
  gate.lift();
  return id;
}

/** It waits for approval. If `isLate`, the server has the time to see that the worker is gone. */
async function crashWhileIdle({ stage, shop, crew, take }: Scene, id: string, isLate: boolean): Promise<void> {
  const digest = await shop.awaitingApproval(id);
  await crew.complete();
  crew.kill(await lastWorker(stage.client, id));
  if (isLate) await sleep(1_000);
  take(isLate ? 'later' : 'idle', await approveBySignal(stage.client, id, digest));
  // Another one stands by before the migration is far.
  await crew.complete();
}

async function crashInMigration({ shop, crew, take }: Scene, id: string): Promise<void> {
  const backend = await eventually('the migration to run', () => slowBackend(shop));
  const again = eventually('the migration to run again', () => slowBackend(shop, backend));
  take('migrate', await crew.killAt(id, 'applyMigrations'));
  await again;
  take('sql', Date.now() - crew.killedAt);
}

async function crashInWatch({ stage, crew, take }: Scene, id: string): Promise<void> {
  await eventually('the verify wait', () => runningActivity(stage.client, id, 'watchChecks'));
  await crew.complete();
  take('watch', await crew.killAt(id, 'watchChecks'));
  await crew.complete();
}

/** The hosting builds nothing from now on. */
async function crashInMove({ shop, crew, take }: Scene, id: string): Promise<void> {
  const hold = shop.holdPushes();
  shop.hosting.set({ held: true });
  await shop.skipWait(id);
  await eventually('the push', () => existsSync(join(dirname(hold), 'holding')) || undefined);
  take('move', await crew.killAt(id, 'movePointer'));
  rmSync(hold);
}

/** The hosting builds again at the end of it. */
async function crashUntilLive({ stage, shop, crew, take }: Scene, id: string): Promise<void> {
  await eventually('the wait until live', () => runningActivity(stage.client, id, 'awaitLive'));
  await crew.complete();
  take('awaitLive', await crew.killAt(id, 'awaitLive'));
  shop.hosting.set({ held: false });
  shop.hosting.release();
}

/** The server process that runs the slow migration now, other than `except`. */
async function slowBackend({ shop }: MeasuredShop, except = 0): Promise<number | undefined> {
  const query = `select pid from pg_stat_activity
    where datname = current_database() and pid not in ($1, pg_backend_pid()) and wait_event = 'PgSleep'`;
  const [row] = await shop.query(query, [except]);
  return row?.pid as number | undefined;
}
