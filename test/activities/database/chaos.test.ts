import { applyMigrations } from '../../../activities/database/apply-migrations';
import { undoMigrations } from '../../../activities/database/undo-migrations';
import { anAttempt, someSurroundings } from '../../support/attempts';
import { killMigrationProcesses, startMigrationProcess } from '../../support/migration-process';
import { anApplyOrder, anUndoOrder, countedMigrations } from '../../support/migration-orders';
import { createTestDatabase } from '../../support/test-database';

const rounds = 10;
const points = ['migrate-begin', 'migrate-sql', 'migrate-commit'].flatMap((point) => [
  `${point}:before`,
  `${point}:after`,
]);

/** The same choices for the same seed, so that a round that fails can be run again. */
function choices(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

afterEach(killMigrationProcesses);

test.each(Array.from({ length: rounds }, (_, round) => [round + 1]))(
  'chaos, seed %i: two workers at a time are killed and stopped anywhere; nothing is lost, doubled or left half done',
  async (seed) => {
    const choose = choices(seed);
    const scripts = countedMigrations(6);
    const database = await createTestDatabase();
    await database.query('CREATE TABLE effects (name text)');
    const stopped: ReturnType<typeof startMigrationProcess>[] = [];
    for (let attempt = 0; attempt < 3; attempt++) {
      const workers = [0, 1].map(() => {
        // Few are stopped: each costs the time after which the server ends its session.
        const signal = seed % 5 === 0 && stopped.length === 0 ? 'SIGSTOP' : 'SIGKILL';
        const at = { point: points[choose(points.length)]!, nth: 1 + choose(3), signal } as const;
        const worker = startMigrationProcess({ act: 'apply', order: anApplyOrder(scripts), url: database.url, at });
        if (signal === 'SIGSTOP') stopped.push(worker);
        return worker;
      });
      await Promise.all(workers.map((worker) => Promise.race([worker.end, worker.reached.catch(() => undefined)])));
    }
    const surroundings = someSurroundings({ API_DATABASE_URL: database.url });
    const expected = scripts.map(({ name }) => ({ name }));
    const undone = seed % 2 === 0;
    if (undone) await undoMigrations(anUndoOrder(scripts), surroundings, anAttempt());
    else await applyMigrations(anApplyOrder(scripts), surroundings, anAttempt());
    for (const worker of stopped) {
      worker.signal('SIGCONT');
      await worker.end;
    }
    const left = await database.query(`SELECT tablename FROM pg_tables WHERE tablename ~ '^t[0-9]'`);
    const applied = await database.query(`SELECT name FROM slipway.migration WHERE state = 'applied' ORDER BY name`);
    const effects = await database.query('SELECT name FROM effects ORDER BY name');
    const half = await database.query(`SELECT name FROM slipway.migration WHERE state NOT IN ('applied', 'reverted')`);
    expect(half).toEqual([]);
    expect(applied).toEqual(undone ? [] : expected);
    expect(left).toHaveLength(undone ? 0 : scripts.length);
    if (undone) {
      // Rows of `effects` stay, as the rollback scripts only drop: still none may stand there twice.
      const reverted = await database.query(`SELECT name FROM slipway.migration ORDER BY name`);
      expect(effects).toEqual(reverted);
    } else expect(effects).toEqual(expected);
    await database.drop();
  },
);
