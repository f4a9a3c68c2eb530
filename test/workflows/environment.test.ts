import { randomUUID } from 'node:crypto';
import { requestRelease } from '../../client';
import { environmentWorkflowId } from '../../release/identity';
import { startSlipway, type Slipway } from '../support/slipway';

let slipway: Slipway;
afterEach(() => slipway?.stop());

const order = (version: string) => ({
  project: slipway.project,
  environment: 'production',
  version,
  commit: null,
  requestedBy: 'linus',
});

describe('the workflow of an environment', () => {
  test('begins its history anew and forgets nothing: numbers, answers, who holds, who waits', async () => {
    slipway = await startSlipway({ environment: { verify: { wait: 600_000, interval: 100, checks: [] } } });
    const { client, project, taskQueue } = slipway;
    const workflowId = environmentWorkflowId(project.name, 'production');
    const input = { project: project.name, environment: 'production', longHistory: 40 };
    const first = await client.workflow.start('environment', { workflowId, taskQueue, args: [input] });
    const holder = await slipway.approved('1.1.0');
    await holder.in('verifying');
    const waiting = await slipway.approved('1.3.0');
    await waiting.in('waiting for lock');
    const requestId = randomUUID();
    const answer = await requestRelease(client, { ...order('1.2.0'), requestId }, 30_000);
    // Each of these is refused, and makes the history longer.
    for (let n = 0; n < 8; n++)
      await expect(slipway.release('1.1.0')).rejects.toMatchObject({ code: 'RELEASE_RUNNING' });
    const { runId } = await client.workflow.getHandle(workflowId).describe();
    expect(runId).not.toBe(first.firstExecutionRunId);
    expect(await requestRelease(client, { ...order('1.2.0'), requestId }, 30_000)).toEqual(answer);
    const state = await slipway.environmentState();
    expect(state).toMatchObject({
      holder: { releaseId: holder.id },
      waiting: [{ releaseId: waiting.id }],
      numbers: { '1.1.0': 1, '1.3.0': 1 },
    });
    await holder.decide('rollback', { by: 'ada', comment: 'let the other one in' });
    await waiting.until('its turn', ({ phase }) => phase !== 'waiting for lock');
  });

  test('gives a hundred requests at once, of two people for the same versions, each their own answer', async () => {
    slipway = await startSlipway();
    const versions = ['1.1.0', '1.2.0', '1.3.0'];
    const asked = Array.from({ length: 100 }, (_, n) =>
      requestRelease(
        slipway.client,
        { ...order(versions[n % 3]!), requestedBy: n % 2 ? 'ada' : 'linus', requestId: `request-${n}` },
        40_000,
      ).then(
        ({ releaseId }) => releaseId,
        (error: { code: string }) => error.code,
      ),
    );
    const answers = await Promise.all(asked);
    const started = answers.filter((answer) => answer.startsWith('release/'));
    expect(new Set(started).size).toBe(3);
    expect(started).toHaveLength(3);
    expect(answers.filter((answer) => answer === 'RELEASE_RUNNING')).toHaveLength(97);
  });
});
