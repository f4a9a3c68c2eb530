/** The steps of the way forward, in the order of the path of a release (docs/architecture.md). */
import type { LiveResult } from '../release/check-result';
import { formatDuration } from '../release/durations';
import { planChanges } from '../release/plan-digest';
import { describeMove } from '../release/build-plan';
import { smokeChecks, verifyChecks } from '../release/step-checks';
import { undoOfMigrations, undoOfMove } from '../release/undo';
import type { MigrateInput, Survey } from '../activities/contract';
import type { PlannedService } from '../release/plan';
import { awaitApprovalHeld, isClear, voidWhatWasSaid } from './approvals';
import { beforeChange } from './before-change';
import { calendarQuestion, hasCalendar } from './calendar-wait';
import { noteTicks } from './checklists';
import { slipwayFailure } from './failure';
import { isHeldByGates, keepSoftWords, requireOpen } from './gates';
import { activity } from './proxies';
import type { ReleaseRun } from './release-run';
import { watch, type Watch } from './watch';

/** Steps 1 to 3: what is there, are the gates open, what would be done. */
export async function look(run: ReleaseRun): Promise<void> {
  take(run, await survey(run, 'Resolve the version, ask the gates, make the plan'));
  // Nobody is asked to approve what could not be begun.
  await run.ledger.recorded(true);
}

/** Step 5: hours may have passed. Returns false if the plan is no longer the approved one, or a gate is pending again. */
export async function lookAgain(run: ReleaseRun): Promise<boolean> {
  run.enter('looking again');
  // It held the environment before it looked first, so nothing has changed since.
  if (run.lock.reserved) return true;
  const before = run.plan;
  const { gates } = run.state;
  take(run, await survey(run, 'Look again: gates and plan, now that the environment is held'));
  if (run.plan.digest === before.digest) {
    keepSoftWords(run, gates);
    return !isHeldByGates(run) && isClear(run, 'before-migrating');
  }
  const changes = planChanges(before, run.plan);
  voidWhatWasSaid(run, changes);
  run.note('note', `the plan changed, so its approvals are void: ${changes.join('; ')}`);
  return false;
}

function survey(run: ReleaseRun, summary: string): Promise<Survey> {
  const { project, commit, rules, kind, goals } = run.input;
  const sort = { ...(kind && { kind }), ...(goals && { goals }), ...(rules && { rules }) };
  const calendar = hasCalendar(run) ? { calendar: calendarQuestion(run, 'changing') } : {};
  return activity.surveyRelease({ release: run.state.release, project, commit, ...sort, ...calendar }, summary);
}

function take(run: ReleaseRun, { gates, plan, alreadyLive, calendar }: Survey): void {
  run.state.gates = gates;
  if (calendar) run.state.calendar = calendar;
  run.setPlan(plan);
  noteTicks(run);
  const { version, environment } = run.input;
  if (alreadyLive) throw slipwayFailure('ALREADY_LIVE', { version, environment });
  requireOpen(run.state.gates);
  const answered = run.state.gates.filter(({ pending }) => !pending).length;
  run.note('note', `${answered} gates answered; the plan is ${plan.digest.slice(0, 12)}`);
}

/** Step 6. */
export async function backUp(run: ReleaseRun): Promise<void> {
  const services = run.migrating.flatMap(({ service, database }) =>
    database?.backup.kind === 'command' ? [{ service, backup: database.backup }] : [],
  );
  if (services.length === 0) return;
  run.enter('backing up');
  await run.step('backup', 'Back up', async () => {
    run.state.backups = await activity.makeBackups(
      { release: run.state.release, services },
      'Back up before migrating',
    );
    return run.state.backups.map(({ service, id }) => `${service}: ${id}`).join(', ');
  });
}

/** Step 7: forward scripts, exactly once, in dependency order. */
export async function migrate(run: ReleaseRun): Promise<void> {
  for (const service of run.migrating) {
    await beforeChange(run, run.state.undoRecords.length === 0 ? 'changing' : null);
    run.enter('migrating');
    await run.register(undoOfMigrations(service));
    const names = service.database?.scripts.map(({ name }) => name).join(', ');
    await run.step(`migrate:${service.service}`, `Migrate the database of ${service.service}`, async () => {
      const done = await activity.applyMigrations(migrateInput(run, service), `Migrate ${service.service}: ${names}`);
      run.migrated.add(service.service);
      return done.map(({ name, how }) => `${name} ${how === 'already' ? 'had run' : 'ran'}`).join(', ');
    });
  }
}

/** What both ways of a service's migrations need to know. */
export function migrateInput(run: ReleaseRun, { service, commit, database }: PlannedService): MigrateInput {
  const { database: configured, repository } = run.service(service);
  if (!database || !configured) throw slipwayFailure('INTERNAL', { detail: `${service} has no database to migrate` });
  return {
    release: run.state.release,
    service,
    repository,
    commit,
    folder: configured.migrations,
    url: configured.url,
    scripts: database.scripts,
    limits: configured.limits,
    approvedBy: [...new Set(run.state.approvals.map(({ by }) => by))].join(', '),
    backupId: run.state.backups.find((backup) => backup.service === service)?.id ?? null,
  };
}

/** Step 8: the old version must stay healthy on the new schema. */
export async function verify(run: ReleaseRun): Promise<void> {
  const { wait, interval } = run.environment.verify;
  const isConfigured = run.plan.steps.some(({ id }) => id === 'verify');
  if (!isConfigured) return;
  run.enter('verifying');
  const checks = verifyChecks(run.input.project, run.environment, run.plan.services);
  const summary = 'Verify wait: the running version on the new schema';
  await run.step('verify', 'Verify', () =>
    watchStep(run, { checks, window: wait, interval, summary }, 'the end of the verify wait'),
  );
}

/** Steps 9 to 12. */
export async function moveAndProve(run: ReleaseRun): Promise<void> {
  // One that goes on after a crash may have been allowed to.
  if (!hasBegunToMove(run)) await awaitApprovalHeld(run, 'before-moving');
  await move(run);
  await goLive(run);
  await smoke(run);
  await awaitApprovalHeld(run, 'after-smoke');
  await monitor(run);
  run.enter('finishing');
}

/** Step 9: the pointers, in dependency order. */
async function move(run: ReleaseRun): Promise<void> {
  for (const service of run.moving) {
    await beforeChange(run, hasBegunToMove(run) ? null : 'moving');
    run.enter('moving');
    await run.register(undoOfMove(service));
    const input = { release: run.state.release, service: run.service(service.service), move: service.move };
    await run.step(`move:${service.service}`, `Move ${service.service}`, async () => {
      const { how, identity } = await activity.movePointer(
        input,
        `Move ${service.service} to ${run.input.version}: ${service.move.ref.replace(/^refs\/tags\//, 'tag ').replace(/^refs\/heads\//, 'branch ')}`,
      );
      run.moved.set(service.service, identity);
      return how === 'already' ? 'was there' : describeMove(service.move);
    });
  }
}

/** Step 10: until the probes see it. */
async function goLive(run: ReleaseRun): Promise<void> {
  run.enter('going live');
  const services = run.moving.flatMap(({ service }) => {
    const expected = run.moved.get(service);
    return expected ? [{ service, probe: run.service(service).live, expected }] : [];
  });
  if (services.length === 0) return;
  await run.step('deployed', 'Wait until it is live', async () => {
    const results = await activity.awaitLive({ services }, 'Until the probes see the version live');
    requireLive(run, results);
    return results.map(({ service, readings }) => `${service} seen ${readings} times`).join(', ');
  });
}

/** Fails with NOT_LIVE if a probe sees something else, with LIVE_UNKNOWN if it gave no answer. */
export function requireLive(run: ReleaseRun, results: readonly LiveResult[]): void {
  for (const { service, verdict, expected, detail } of results) {
    if (verdict === 'passed') continue;
    const limit = formatDuration(run.service(service).live.patience);
    const code = verdict === 'failed' ? 'NOT_LIVE' : 'LIVE_UNKNOWN';
    throw slipwayFailure(code, { service, expected: expected.commit.slice(0, 10), limit, detail });
  }
}

/** Step 11. */
async function smoke(run: ReleaseRun): Promise<void> {
  const checks = smokeChecks(run.input.project, run.plan.services);
  if (checks.length === 0) return;
  run.enter('smoke');
  await run.step('smoke', 'Smoke checks', () =>
    watchStep(run, { checks, window: 0, interval: 0, summary: 'Smoke checks of the new version' }, 'the smoke checks'),
  );
}

/** Step 12. */
async function monitor(run: ReleaseRun): Promise<void> {
  const { window, interval } = run.environment.monitor;
  if (window === 0) return;
  run.enter('monitoring');
  const checks = smokeChecks(run.input.project, run.plan.services);
  await run.step('monitor', `Monitor for ${formatDuration(window)}`, () =>
    watchStep(
      run,
      { checks, window, interval, summary: 'Monitoring window: the new version keeps passing' },
      'the end of the monitoring window',
    ),
  );
}

/** Watches, and tells people what it waits for: `what` in their words. */
async function watchStep(run: ReleaseRun, input: Watch, what: string): Promise<string> {
  run.skipAsked = run.hotfix !== '' && input.window > 0;
  const until = new Date(Date.now() + input.window).toISOString();
  const send = input.window > 0 ? ['skipWait', 'pause', 'rollback'] : ['rollback'];
  run.state.waitingFor = input.window > 0 ? { what, until, send } : null;
  run.show();
  try {
    const how = await watch(run, { ...input, stop: () => run.skipAsked });
    const checked = `${input.checks.length} check${input.checks.length === 1 ? '' : 's'} passed`;
    if (how !== 'stopped') return checked;
    return run.hotfix === ''
      ? 'the rest of the wait was skipped'
      : `the rest of the wait was skipped for ${run.hotfix}`;
  } finally {
    run.state.waitingFor = null;
  }
}

/** Whether a pointer may have moved, be it by the release that this one recovers. */
export function hasBegunToMove(run: ReleaseRun): boolean {
  return run.state.undoRecords.some(({ step }) => step.startsWith('move:'));
}
