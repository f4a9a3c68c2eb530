/**
 * While a release waits for people its workers are stopped for good, and those of another Slipway take over, whose workflows
 * and activities differ from those that it began with. One story.
 */
import { join } from 'node:path';
import { decide, releaseState } from '../../client';
import { environmentState } from '../../client/ask-environment';
import { examineUnderWay } from '../../client/examine-under-way';
import type { Plan } from '../../release/plan';
import { containing } from '../client/matchers';
import { changedCode, type CodeChange } from '../support/changed-code';
import { answered, CrashStage, endOf, inPhase, type Version } from '../support/crash-stage';
import { eventually } from '../support/eventually';
import { aFolder } from '../support/shop';
import type { ReleaseUnderTest } from '../support/slipway';

/** A word to the team before and after people are asked, by an activity that is new; a gate that speaks differently; an environment with a timer. */
const changes = (when: (change: string) => string): readonly CodeChange[] => [
  {
    file: 'workflows/release.js',
    from: 'await (0, approvals_1.awaitApproval)(run);',
    to: `if (${when('the team hears what comes')}) run.note('note', await tellTeam('this comes'));
        await (0, approvals_1.awaitApproval)(run);
        if (${when('the team hears what goes out')}) run.note('note', await tellTeam('this goes out'));`,
  },
  {
    file: 'workflows/release.js',
    from: 'const failureTypes = {',
    to: `const { tellTeam } = (0, workflow_1.proxyActivities)({ startToCloseTimeout: 60000 });
const failureTypes = {`,
  },
  {
    file: 'activities/index.js',
    from: 'movePointer: pointers.movePointer,',
    to: "movePointer: pointers.movePointer, tellTeam: async (what) => 'told the team: ' + what,",
  },
  { file: 'release/gate.js', from: '`newer than ${liveText}`', to: '`ahead of ${liveText}`' },
  {
    file: 'workflows/environment.js',
    from: 'await inbox.shift()();',
    to: `if (${when('an environment takes a breath')}) await (0, workflow_1.sleep)(1);
            await inbox.shift()();`,
  },
];

let stage: CrashStage;
/** Where the other Slipways are: one that asks for each change whether it is new, and one that does not. */
let patched: string;
let unpatched: string;
let version: Version;
let release: ReleaseUnderTest;
let plan: Plan;

beforeAll(async () => {
  const folder = aFolder();
  [stage, patched, unpatched] = await Promise.all([
    CrashStage.start({ workers: 1 }),
    changedCode(
      join(folder, 'patched'),
      changes((change) => `(0, workflow_1.patched)('${change}')`),
    ),
    changedCode(
      join(folder, 'unpatched'),
      changes(() => 'true'),
    ),
  ]);
  version = await stage.makeVersion('good');
  release = await stage.slipway.release(version.name);
  await inPhase(release, 'awaiting approval');
  ({ plan } = (await release.state()) as { plan: Plan });
});
afterAll(() => stage?.stop());

async function replaceWorkers(code: string): Promise<void> {
  await stage.workers.killAll();
  stage.workers.code = code;
  await stage.workers.refill();
}

test('other commands that are not patched: release and environment stand still, nothing is lost, and people are told why', async () => {
  const { client, project } = stage.slipway;
  const place = { project: project.name, environment: 'production' };
  const refs = await stage.shop.refs();
  await replaceWorkers(unpatched);
  const because = { code: 'WORKER_INCOMPATIBLE', message: containing('Nondeterminism') };
  await expect(releaseState(client, release.id, 20_000)).rejects.toMatchObject(because);
  await expect(environmentState(client, place, 20_000)).rejects.toMatchObject(because);
  expect(await decide(client, release.id, 'approve', { by: 'ada', digest: plan.digest }, 1_000)).toMatchObject({
    how: 'sent',
  });
  // From the third time on the server refuses questions itself, without saying why.
  await eventually('its task has failed three times', async () => {
    const { raw } = await client.workflow.getHandle(release.id).describe();
    return (raw.pendingWorkflowTask?.attempt ?? 0) > 3 ? true : undefined;
  });
  await expect(releaseState(client, release.id, 20_000)).rejects.toMatchObject(because);
  expect(await examineUnderWay(client, project.name, 'production')).toMatchObject([
    { area: 'queue', verdict: 'failed', detail: containing(`environment/${project.name}/production stands still`) },
    { area: 'queue', verdict: 'failed', detail: containing(`${release.id} stands still`) },
  ]);
  expect((await client.workflow.getHandle(release.id).describe()).status.name).toBe('RUNNING');
  expect(await stage.shop.refs()).toEqual(refs);
});

test('the same commands behind patched(): it goes on as it was approved, with what is new behind the wait only', async () => {
  const { client, project } = stage.slipway;
  await replaceWorkers(patched);
  await endOf({ release }, 'finished');
  const state = await answered('its state', () => release.state());
  expect(state).toMatchObject({ plan: { digest: plan.digest }, approvals: [{ by: 'ada' }] });
  expect(told(state)).toEqual(['told the team: this goes out']);
  expect(state.gates.find(({ id }) => id === 'newer:api')?.detail).toContain('ahead of');
  expect(stage.shop.live()).toEqual({ api: version.commit, web: version.commit });

  const next = await stage.slipway.release((await stage.makeVersion('good')).name);
  expect(told(await next.in('awaiting approval'))).toEqual(['told the team: this comes']);
  expect(await examineUnderWay(client, project.name, 'production')).toMatchObject([{ verdict: 'passed' }]);
});

const told = ({ timeline }: Awaited<ReturnType<ReleaseUnderTest['state']>>): string[] =>
  timeline.map(({ text }) => text).filter((text) => text.startsWith('told the team'));
