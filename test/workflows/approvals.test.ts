import { randomUUID } from 'node:crypto';
import { requestRelease, type DecisionPayload } from '../../client';
import type { Person } from '../../release/people';
import type { ApprovalRule, Environment, Project } from '../../release/project';
import { renderDetails } from '../../release/render-details';
import { renderStatus } from '../../release/render-state';
import { slipway as runSlipway } from '../client/run-slipway';
import { eventually } from '../support/eventually';
import { startSlipway, underTest, type ReleaseUnderTest, type Slipway } from '../support/slipway';

const person = (name: string, change: Partial<Person> = {}): Person => ({
  ...{ name, emails: [`${name}@shop.example`], keys: [], bot: false },
  ...change,
});
const people = Object.fromEntries(
  [
    person('ada', { emails: ['ada@shop.example', 'ada@home.example'] }),
    ...['grace', 'linus', 'barbara', 'margaret'].map((name) => person(name)),
    person('deploys', { bot: true }),
  ].map((one) => [one.name, one]),
);

const go: ApprovalRule = {
  ...{ name: 'go', approvers: ['ada', 'grace', 'barbara', 'margaret'], required: 2, timeout: 600_000 },
  ...{ not: ['author', 'co-author', 'requester'], guard: 'soft', comment: 'required', checklist: ['seen on DEV'] },
};
const move: ApprovalRule = {
  ...{ name: 'move', at: 'before-moving', approvers: ['grace'], required: 1, timeout: 600_000, remind: 500 },
};
const accept: ApprovalRule = {
  ...{ name: 'accept', at: 'after-smoke', approvers: ['margaret', 'ada'], required: 1, timeout: 600_000 },
};

let slipway: Slipway;
beforeAll(async () => {
  slipway = await startSlipway({
    edit: (project: Project) => ({ ...project, people }),
    environment: {
      approvals: [go, move, accept],
      gates: [
        {
          kind: 'manual',
          name: 'sign-off',
          items: ['UAT done'],
          by: ['margaret', 'ada'],
          wait: 600_000,
          guard: 'hard',
          services: [],
        },
      ],
    },
  });
});
afterAll(() => slipway?.stop());

/** Under rules of its own: the releases of a stage may differ in them. */
async function request(change: Partial<Environment>, version = '1.1.0'): Promise<ReleaseUnderTest> {
  const production = { ...slipway.project.environments['production']!, ...change };
  const project = { ...slipway.project, environments: { production } };
  const input = { project, environment: 'production', version, commit: null, requestedBy: 'barbara' };
  const order = { ...input, requestId: randomUUID() };
  const { releaseId } = await requestRelease(slipway.client, order, 30_000);
  return underTest(slipway.client, releaseId);
}

const asked = (release: ReleaseUnderTest, place: string) =>
  release.until(`asks ${place}`, (state) => state.phase === 'awaiting approval' && state.place === place);
const waitsForTicks = (release: ReleaseUnderTest) =>
  release.until('waits for ticks', ({ waitingFor }) => waitingFor?.send[0] === 'tick');
const digestOf = async (release: ReleaseUnderTest) => (await release.state()).plan!.digest;

async function approve(release: ReleaseUnderTest, by: string, more: Partial<DecisionPayload> = {}) {
  return release.decide('approve', { by, digest: await digestOf(release), ...more });
}
async function tick(release: ReleaseUnderTest, by: string, item: string | number, more: Partial<DecisionPayload> = {}) {
  return release.decide('tick', { by, item, digest: await digestOf(release), ...more });
}

test('people tick, approve and accept, each where it is asked; what is rejected after smoke goes back, and is proven', async () => {
  const before = { live: slipway.shop.live(), schema: await slipway.shop.schemaFingerprint() };
  const release = await request({});
  const looking = await waitsForTicks(release);
  expect(looking.waitingFor?.what).toMatch(
    /^the gate sign-off, since .*: not ticked: UAT done \(by margaret or ada\)$/,
  );
  const digest = looking.plan!.digest;
  const payload = `{"by":"<you>","item":1,"digest":"${digest.slice(0, 12)}"}`;
  expect(renderDetails(looking)).toContain(payload);
  await expect(tick(release, 'mallory', 1)).rejects.toThrow(/nobody under `people`/);
  await expect(tick(release, 'deploys', 1)).rejects.toThrow(/deploys is a program/);
  await expect(tick(release, 'grace', 1)).rejects.toThrow(/grace may not tick it; these may: margaret, ada/);
  await expect(tick(release, 'ada', 1, { digest: 'f'.repeat(12) })).rejects.toThrow(/it names plan ffffffffffff/);
  await expect(tick(release, 'ada', 'QA done')).rejects.toThrow(/no item is called "QA done": write its number/);
  await slipway.client.workflow
    .getHandle(release.id)
    .signal('tick', { by: 'ada@home.example', item: 'uat DONE', digest });

  const asks = await asked(release, 'before-migrating');
  expect(asks.gates.find(({ id }) => id === 'sign-off')).toMatchObject({
    ...{ verdict: 'passed', evidence: [{ name: 'UAT done', value: 'ticked by ada (claimed)' }] },
  });
  expect(asks.plan?.approvals.map(({ name }) => name)).toEqual(['go', 'move', 'accept']);
  expect(asks.plan?.steps.map(({ id }) => id)).toEqual(
    expect.arrayContaining(['approval:before-moving', 'approval:after-smoke']),
  );
  const words = { comment: 'the diff' };
  await expect(approve(release, 'margaret', words)).rejects.toThrow(/the checklist of go is not done: seen on DEV/);
  await tick(release, 'grace', 2);
  await expect(approve(release, 'margaret')).rejects.toThrow(/go needs a comment/);
  await expect(approve(release, 'ada@home.example', words)).rejects.toThrow(/ada is an author of its commits/);
  await expect(approve(release, 'barbara', words)).rejects.toThrow(/barbara asked for this release/);
  await approve(release, 'margaret', words);
  await expect(approve(release, 'margaret@shop.example', words)).rejects.toThrow(
    /margaret has approved this plan already/,
  );
  const guard = 'approval:go';
  await expect(release.decide('override', { by: 'grace', guard })).rejects.toThrow(/"reason" is missing/);
  await expect(release.decide('override', { by: 'linus', guard, comment: 'now' })).rejects.toThrow(
    /linus may not override/,
  );
  await expect(release.decide('override', { by: 'ada', guard: 'approval:move', comment: 'now' })).rejects.toThrow(
    /is hard/,
  );
  // What is taken back holds the release, although somebody has approved.
  await release.decide('untick', { by: 'grace', item: 2, digest });
  await release.decide('override', { by: 'grace', guard, comment: 'payments are down' });
  expect((await release.state()).phase).toBe('awaiting approval');
  await release.decide('pause', { by: 'ada', comment: 'one moment' });
  await tick(release, 'grace', 2);

  // Also under the lock, for as long as nothing has changed.
  await release.until('it is paused', ({ waitingFor }) => waitingFor?.what.includes('pause') ?? false);
  await release.decide('untick', { by: 'grace', item: 2, digest });
  await release.decide('resume', { by: 'ada' });
  expect((await asked(release, 'before-migrating')).waitingFor?.what).toBe('the checklist of go (seen on DEV)');
  expect(await slipway.shop.schemaFingerprint()).toBe(before.schema);
  await tick(release, 'grace', 2);

  const moving = await release.until('a reminder', (state) => (state.waitingFor?.reminded?.times ?? 0) > 0);
  expect(moving).toMatchObject({ place: 'before-moving', phase: 'awaiting approval' });
  expect(moving.timeline.at(-1)?.text).toMatch(/^reminder \d+: since .* it waits for 1 approval by grace$/);
  expect(renderStatus(moving, new Date().toISOString())).toMatch(
    /OVERRIDDEN: approval:go, by grace: payments are down/,
  );
  expect(slipway.shop.live()).toEqual(before.live);
  await expect(approve(release, 'margaret')).rejects.toThrow(/margaret is no approver here \(approvers: grace\)/);
  await approve(release, 'grace');

  const live = await asked(release, 'after-smoke');
  expect(renderDetails(live)).toContain('The new version is live: try it, then accept it or say no');
  expect(slipway.shop.live()).not.toEqual(before.live);
  await expect(release.decide('override', { by: 'ada', guard, comment: 'once more' })).rejects.toThrow(
    /go is not asked for any more/,
  );
  await release.decide('pause', { by: 'ada' });
  await release.decide('reject', { by: 'ada', comment: 'no interview starts' });
  const result = await release.result();
  expect(result).toMatchObject({ outcome: 'rolled back', failure: { code: 'REJECTED' }, overrides: [{ guard }] });
  expect(result.failure?.message).toContain('no interview starts');
  expect((await release.state()).steps.find(({ id }) => id === 'prove')).toMatchObject({ status: 'done' });
  expect({ live: slipway.shop.live(), schema: await slipway.shop.schemaFingerprint() }).toEqual(before);
});

test('a plan that changes voids what was ticked and overridden; nobody in time rolls back; an acceptance ends it', async () => {
  const rules = {
    approvals: [{ ...go, comment: 'optional' as const, checklist: [] }, { ...move, timeout: 1_000 }, accept],
  };
  const release = await request(rules, '1.2.0');
  await waitsForTicks(release);
  const digest = await digestOf(release);
  const env = { TEMPORAL_ADDRESS: process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS'], SLIPWAY_USER: 'ada' };
  const atKeyboard = (...words: string[]) =>
    runSlipway(['checklist', release.id, ...words], { cwd: slipway.shop.folder, env });
  expect(await atKeyboard('--tick', 'UAT done')).toMatchObject({ code: 0 });
  expect((await atKeyboard()).out).toBe('1. ☑ UAT done (ada, claimed), for gate sign-off\n');
  await asked(release, 'before-migrating');
  await slipway.shop.push('+refs/tags/v1.0.0:refs/tags/v1.0.0-rollback.2');
  await release.decide('override', { by: 'grace', guard: 'approval:go', comment: 'payments are down' });
  await approve(release, 'grace');
  const again = await release.until(
    'another plan',
    ({ plan, waitingFor }) => plan?.digest !== digest && waitingFor?.send[0] === 'tick',
  );
  expect(again).toMatchObject({ approvals: [], ticks: [], overrides: [], voided: { people: ['grace'] } });
  await expect(tick(release, 'ada', 1, { digest })).rejects.toThrow(/but the plan is now/);
  await tick(release, 'ada', 1);
  await asked(release, 'before-migrating');
  await expect(approve(release, 'grace')).rejects.toThrow(/grace is an author/);
  await release.decide('override', { by: 'grace', guard: 'approval:go', comment: 'still down' });
  await approve(release, 'grace');
  expect(await release.result()).toMatchObject({ outcome: 'rolled back', failure: { code: 'APPROVAL_LATE' } });

  const brief = { ...go, timeout: 4_000, not: [], comment: 'optional' as const, checklist: [], requestCounts: true };
  const last = await request({ gates: [], approvals: [brief, accept] }, '1.3.0');
  const first = await asked(last, 'before-migrating');
  expect(first.approvals).toMatchObject([{ by: 'barbara', counts: ['go'] }]);
  // The approval and the end of its time limit reach the same worker at once; the id that the sender's message would be
  // given is taken by somebody else.
  await slipway.stopWorker();
  const handle = slipway.client.workflow.getHandle(last.id);
  await handle.signal('approve', { by: 'mallory', digest: first.plan!.digest, id: 'message-2' });
  await handle.signal('approve', { by: 'grace', digest: first.plan!.digest });
  const until = Date.parse(first.waitingFor?.until ?? '');
  expect(Date.now()).toBeLessThan(until);
  await eventually('the time is over', async () => Date.now() > until + 300 || undefined);
  await slipway.restartWorker();
  await asked(last, 'after-smoke');
  await approve(last, 'margaret');
  expect(await last.result()).toMatchObject({ outcome: 'finished', failure: null });
});
