/** Tags that start releases: a real schedule, a real worker, a real remote. */
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import {
  pollNow,
  triggerSchedule,
  triggerScheduleId,
  triggersRecord,
  turnTriggersOff,
  turnTriggersOn,
} from '../../client/triggers';
import type { PollTagsResult } from '../../workflows/messages';
import { eventually } from '../support/eventually';
import { startSlipway, underTest, type Slipway } from '../support/slipway';
import { wish, withWishes } from '../support/wishes';

let slipway: Slipway;

beforeAll(async () => {
  slipway = await startSlipway({ edit: withWishes });
});

afterAll(async () => {
  const { client, project } = slipway;
  await client.schedule.getHandle(triggerScheduleId(project.name)).delete();
  for await (const { workflowId } of client.workflow.list({ query: runningPolls() }))
    await client.workflow.getHandle(workflowId).terminate('the test is over');
  await slipway.stop();
});

const runningPolls = () => `ExecutionStatus = 'Running' AND WorkflowId STARTS_WITH 'trigger/${slipway.project.name}/'`;

const tag = (version: string, commit: string) => wish(slipway.shop.remote, version, commit);

/** Polls, and waits for the end of that poll. */
async function poll(): Promise<PollTagsResult> {
  const { client, project } = slipway;
  const before = (await triggerSchedule(client, project)).lastPoll?.runId;
  await pollNow(client, project.name);
  const { lastPoll } = await eventually('a poll', async () => {
    const now = await triggerSchedule(client, project);
    return now.lastPoll && now.lastPoll.runId !== before && !now.pollingSince ? now : undefined;
  });
  if (!lastPoll?.result) throw new Error('the poll has no result');
  return lastPoll.result;
}

const record = () => triggersRecord(slipway.client, slipway.project, 50, 30_000);

/** Runs of this project's polls, by their end. */
async function pollStatuses(): Promise<string[]> {
  const { client, project } = slipway;
  const statuses = new Set<string>();
  for await (const { status } of client.workflow.list({
    query: `WorkflowId STARTS_WITH 'trigger/${project.name}/poll'`,
  }))
    statuses.add(status.name);
  return [...statuses];
}

test('a new tag starts one release, of the commit that it names, which says by which tag', async () => {
  const { client, project, shop } = slipway;
  tag('1.0.0', await shop.commitOf('1.0.0'));
  expect((await turnTriggersOn(client, project, 'ada', 30_000)).seen).toEqual({ noted: 1 });
  const commit = await shop.commitOf('1.1.0');
  tag('1.1.0', commit);
  expect(await poll()).toMatchObject({ seen: { waiting: 1 }, started: [`release/${project.name}/production/1.1.0/1`] });
  expect(await poll()).toMatchObject({ seen: {}, started: [] });
  const release = underTest(client, `release/${project.name}/production/1.1.0/1`);
  await release.in('awaiting approval');
  const state = await release.state();
  expect(state.requestedBy).toBe('tag wish/v1.1.0 by Linus');
  expect(state.plan?.services.map((service) => service.commit)).toEqual([commit, commit]);
  await release.approve();
  expect((await release.result()).outcome).toBe('finished');
  expect(shop.live()).toEqual({ api: commit, web: commit });
  expect((await record()).tags).toMatchObject([
    { tag: 'wish/v1.1.0', status: 'started', releaseId: release.id, tagger: 'Linus' },
    { tag: 'wish/v1.0.0', status: 'noted' },
  ]);
});

test('a remote that does not answer ends no poll as failed, is told with its beginning, and loses nothing', async () => {
  const { client, project, shop } = slipway;
  tag('1.2.0', await shop.commitOf('1.2.0'));
  // Without it git takes the folder for no repository.
  const head = join(shop.remote, 'HEAD');
  renameSync(head, `${head}.away`);
  const [failure] = (await poll()).failures;
  expect(failure?.report.code).toBe('REMOTE_MISSING');
  expect((await poll()).failures).toEqual([failure]);
  expect((await record()).triggers[0]).toMatchObject({ failingSince: failure?.since });
  renameSync(`${head}.away`, head);
  expect(await poll()).toMatchObject({ failures: [], started: [`release/${project.name}/production/1.2.0/1`] });
  expect(await pollStatuses()).toEqual(['COMPLETED']);
  expect((await triggerSchedule(client, project)).state).toBe('on');
});

test('without a worker one poll waits, however often it is time, and it releases once there is one', async () => {
  const { client, project, shop } = slipway;
  await slipway.stopWorker();
  tag('1.3.0', await shop.commitOf('1.3.0'));
  await pollNow(client, project.name);
  const { pollingSince } = await eventually('a poll that waits', async () => {
    const now = await triggerSchedule(client, project);
    return now.pollingSince ? now : undefined;
  });
  for (let n = 0; n < 3; n++) await pollNow(client, project.name);
  expect((await triggerSchedule(client, project)).pollingSince).toBe(pollingSince);
  await expect(triggersRecord(client, project, 1, 500)).rejects.toMatchObject({ code: 'NO_WORKER' });
  await slipway.restartWorker();
  const id = `release/${project.name}/production/1.3.0/1`;
  await eventually('the release', async () => ((await record()).tags[0]?.releaseId === id ? true : undefined));
  await underTest(client, id).in('awaiting approval');
});

test('what is tagged while it is off is noted when it is turned on again, and a tag of a running version is refused', async () => {
  const { client, project, shop } = slipway;
  expect(await turnTriggersOff(client, project.name, 'ada')).toBe(true);
  expect(await turnTriggersOff(client, project.name, 'ada')).toBe(false);
  tag('1.4.0', await shop.commitOf('1.1.0'));
  expect(await triggerSchedule(client, project)).toMatchObject({
    state: 'off',
    note: 'turned off by ada',
    nextPoll: null,
  });
  expect((await turnTriggersOn(client, project, 'grace')).seen).toEqual({ noted: 1 });
  expect(await triggerSchedule(client, project)).toMatchObject({
    state: 'on',
    note: 'turned on by grace',
    isCurrent: true,
  });
  const running = await slipway.release('2.0.0', { commit: await shop.commitOf('1.2.0') });
  tag('2.0.0', await shop.commitOf('1.2.0'));
  expect(await poll()).toMatchObject({ seen: { waiting: 1 }, refused: 1 });
  expect((await record()).tags.slice(0, 3)).toMatchObject([
    { tag: 'wish/v2.0.0', status: 'refused', why: expect.stringContaining(running.id) as string },
    { tag: 'wish/v1.4.0', status: 'noted' },
    { tag: 'wish/v1.3.0', status: 'started' },
  ]);
});

test.each([[undefined], [null], [7], [{}], [{ mode: 'poll', activation: 'x', project: {} }]])(
  'a poll that is started by hand with %j says what is wrong',
  async (input) => {
    const { client, taskQueue, project } = slipway;
    const workflowId = `trigger/${project.name}/by-hand/${Math.random()}`;
    await expect(client.workflow.execute('pollTags', { workflowId, taskQueue, args: [input] })).rejects.toMatchObject({
      cause: { type: 'REQUEST_INVALID' },
    });
  },
);
