import { Worker } from '@temporalio/worker';
import { environmentWorkflowId } from '../../release/identity';
import { bundlePath } from '../../worker/bundle-path';
import { eventually } from '../support/eventually';
import { recordedHistories, saveHistory } from '../support/history-file';
import { quietRuntime, startSlipway, type Slipway } from '../support/slipway';

/**
 * A release may wait for days while a new Slipway is installed: the new code must replay what the old one did.
 * `SLIPWAY_RECORD=<version> npx jest test/workflows/replay` records the stories below as that version's.
 */
const recordAs = process.env['SLIPWAY_RECORD'];
const replay = { workflowBundle: { codePath: bundlePath } };

let slipway: Slipway;
afterEach(() => slipway?.stop());

const long = { verify: { wait: 600_000, interval: 100, checks: [] }, monitor: { window: 0, interval: 100 } };

const calendar = { zone: 'Europe/Berlin', windows: [], freezes: [], allowance: 0, patience: 3_600_000 };

async function freezing(signal: 'freeze' | 'unfreeze', payload: Readonly<Record<string, string>>): Promise<void> {
  const id = environmentWorkflowId(slipway.project.name, 'production');
  await slipway.client.workflow.getHandle(id).signal(signal, payload);
}

/** Stories that between them take every branch of the workflows. */
const stories: Readonly<Record<string, () => Promise<string>>> = {
  async finished() {
    slipway = await startSlipway({
      environment: { verify: { wait: 200, interval: 100, checks: [] }, monitor: { window: 200, interval: 100 } },
    });
    const release = await slipway.approved('1.1.0');
    await release.result();
    return release.id;
  },
  async 'rolled-back'() {
    slipway = await startSlipway({ environment: { monitor: { window: 200, interval: 100 } } });
    await (await slipway.approved('1.1.0')).result();
    const release = await slipway.approved('1.2.0');
    await release.result();
    return release.id;
  },
  async rejected() {
    slipway = await startSlipway();
    const release = await slipway.release('1.1.0');
    await release.in('awaiting approval');
    await slipway.client.workflow.getHandle(release.id).signal('approve', { rubbish: true });
    await release.decide('reject', { by: 'grace', comment: 'no' });
    await release.result();
    return release.id;
  },
  async cancelled() {
    slipway = await startSlipway({ environment: long });
    const release = await slipway.approved('1.1.0');
    await release.in('verifying');
    await slipway.client.workflow.getHandle(release.id).cancel();
    await release.result();
    return release.id;
  },
  async 'paused-skipped-attended'() {
    slipway = await startSlipway({ environment: long });
    const release = await slipway.approved('1.2.0');
    await release.in('verifying');
    await release.decide('pause', { by: 'ada' });
    await release.decide('skipWait', { by: 'ada' });
    await release.until('it holds', ({ waitingFor }) => waitingFor?.what.includes('pause') ?? false);
    await slipway.shop.query('insert into reviews (book_id, stars) values (1, 5)');
    await release.decide('rollback', { by: 'ada', comment: 'enough' });
    await release.in('needs attention');
    await release.decide('resolve', { by: 'ada', action: 'skip', comment: 'keep it' });
    await release.result();
    return release.id;
  },
  async 'waits-for-the-calendar'() {
    slipway = await startSlipway({ environment: { ...long, calendar } });
    const release = await slipway.release('1.1.0');
    await release.in('awaiting approval');
    await freezing('freeze', { by: 'grace', reason: 'incident', for: '1h' });
    await release.approve();
    await release.in('waiting for window');
    await release.decide('override', { by: 'ada', guard: 'calendar', comment: 'it mends the incident' });
    await release.in('verifying');
    await freezing('freeze', { by: 'grace', reason: 'another', for: '1h' });
    await release.until('it knows', ({ freezes = [] }) => freezes.length === 2);
    await release.decide('skipWait', { by: 'ada' });
    await release.in('waiting for window');
    await freezing('unfreeze', { by: 'grace', id: 'f2', reason: 'over' });
    await release.result();
    return release.id;
  },
  async 'frozen-environment'() {
    slipway = await startSlipway({ environment: { ...long, calendar } });
    const before = await slipway.release('1.1.0');
    await before.in('awaiting approval');
    await freezing('freeze', { by: 'grace', reason: 'soon over', for: '1s' });
    await freezing('freeze', { by: 'grace', reason: 'longer', for: '1h' });
    const after = await slipway.approved('1.3.0');
    await after.in('waiting for window');
    await freezing('unfreeze', { by: 'grace', id: 'f2', reason: 'over' });
    await after.in('verifying');
    await eventually('the other one is over', async () =>
      (await slipway.environmentState()).freezes?.length === 0 ? true : undefined,
    );
    return environmentWorkflowId(slipway.project.name, 'production');
  },
  async environment() {
    slipway = await startSlipway({ environment: long });
    const first = await slipway.approved('1.1.0');
    await first.in('verifying');
    const second = await slipway.approved('1.3.0');
    await second.in('waiting for lock');
    await slipway.client.workflow.getHandle(first.id).terminate('gone');
    await second.until('it holds', ({ phase }) => phase !== 'waiting for lock');
    return environmentWorkflowId(slipway.project.name, 'production');
  },
};

beforeAll(quietRuntime);

if (!recordAs) {
  test.each(recordedHistories().map(({ name, history }) => [name, history] as const))(
    'what an earlier Slipway did is replayed: %s',
    async (name, history) => {
      await Worker.runReplayHistory(replay, history, name);
    },
  );
}

test.each(Object.entries(stories).filter(([name]) => recordAs || name === 'paused-skipped-attended'))(
  'what this Slipway does is replayed: %s',
  async (name, play) => {
    const id = await play();
    const history = await slipway.client.workflow.getHandle(id).fetchHistory();
    await Worker.runReplayHistory(replay, history, id);
    if (recordAs) await saveHistory(recordAs, name, history);
  },
);
