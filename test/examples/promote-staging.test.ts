/** examples/promote-staging: somebody else than the author promotes, softly guarded; rolled back first, diagnosed after. */
import { calendarOf } from '../../client/calendar';
import { dueApprovals } from '../../release/approval-place';
import { aPlan, aScript, aService, aProject, someFacts } from '../support/builders';
import { startExample, type ExampleStage } from '../support/example-stage';

let stage: ExampleStage;

beforeAll(async () => {
  stage = await startExample({
    name: 'promote-staging',
    services: { backend: 'api', frontend: 'web' },
    earlier: 'staging',
  });
  await stage.runsEarlier('1.1.0');
}, 60_000);
afterAll(() => stage?.stop());

/** A build of staging is a commit; ada, grace and linus wrote 1.1.0, barbara did not. */
const build = () => stage.slipway.shop.commitOf('1.1.0');

async function promoteBy(by: string, again?: string) {
  const release = await stage.slipway.release(await build(), { by, ...(again !== undefined && { again }) });
  await release.in('awaiting approval');
  return release;
}

describe('given a build that was verified in staging', () => {
  test('when one who wrote it promotes it, then somebody else must say yes', async () => {
    const release = await promoteBy('linus');
    const digest = await stage.digestOf(release);
    for (const by of ['ada', 'grace', 'linus']) {
      await expect(stage.signed(release, 'approve', { by, digest })).rejects.toThrow(/is an author of its commits/);
    }
    expect((await release.state()).waitingFor?.what).toBe('1 approval by barbara');
    await release.decide('reject', { by: 'linus', comment: 'barbara is away' });
    await release.result();
  });

  test('when it is an emergency, then the guard is overridden aloud, and it goes out', async () => {
    const release = await promoteBy('linus');
    await expect(release.decide('override', { by: 'linus', guard: 'approval:promote' })).rejects.toThrow(/reason/);
    const override = { by: 'linus', guard: 'approval:promote', comment: 'payments are down' };
    await expect(release.decide('override', override)).rejects.toThrow(/needs a signature here/);
    await stage.signed(release, 'override', override);
    await stage.signed(release, 'approve', { by: 'linus', digest: await stage.digestOf(release) });
    expect(await release.result()).toMatchObject({ outcome: 'finished' });
    const { overrides, timeline } = await release.state();
    expect(overrides).toMatchObject([{ guard: 'approval:promote', by: 'linus', reason: 'payments are down' }]);
    expect(timeline.some(({ text }) => text.includes('payments are down'))).toBe(true);
  });
});

test('given a migration that destroys data, then two who did not write it say yes, with a comment, besides the promotion', () => {
  const { approvals } = stage.written.environments['production']!;
  const database = {
    url: 'postgres://x',
    migrations: 'm',
    onRollback: 'keep' as const,
    backup: { kind: 'none' as const, reason: 'x' },
  };
  const limits = { lockTimeout: 1, statementTimeout: 1, lockPatience: 1 };
  const asked = (destroys?: string) => {
    const scripts = [{ ...aScript('002'), ...(destroys && { destroys }) }];
    const found = {
      access: { verdict: 'passed' as const, detail: '' },
      scripts,
      pending: ['002'],
      rows: [],
      problems: [],
    };
    const project = aProject([aService('api', { database: { ...database, limits } })]);
    return dueApprovals(approvals, aPlan({ project, facts: [someFacts({ database: found })] }).services);
  };
  expect(asked().map(({ name }) => name)).toEqual(['promote']);
  expect(asked('DROP COLUMN')).toMatchObject([
    { name: 'promote' },
    { name: 'multi-phase', required: 2, comment: 'required', not: ['author', 'co-author'] },
  ]);
});

test.each([
  ['the last business day before Christmas', '2026-12-24T10:00:00Z', 'closed'],
  ['the day before it', '2026-12-23T10:00:00Z', 'open'],
  ['Thursday before Good Friday', '2027-03-25T10:00:00Z', 'closed'],
])('given %s, then production is so', async (_, at, verdict) => {
  const { calendar } = stage.written.environments['production']!;
  // The major events are a file of theirs.
  const freezes = calendar!.freezes.filter(({ kind }) => kind !== 'ical');
  const production = { ...stage.slipway.project.environments['production']!, calendar: { ...calendar!, freezes } };
  const project = { ...stage.slipway.project, environments: { production } };
  const shown = await calendarOf(
    stage.slipway.client,
    { project, environment: 'production' },
    { weeks: 1, at },
    30_000,
  );
  expect(shown.verdict).toMatchObject({ verdict });
});
