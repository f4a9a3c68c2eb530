import { recoveryWorkflowId, taskQueueName } from '../../release/identity';
import { searchAttributeNames } from '../../workflows/search-attributes';
import { aFolder, endAll, slipway, startSlipway, validConfig } from './run-slipway';
import { containing, matching } from './matchers';
import { aProjectName, newNamespace, startUnanswered, testTemporal, type TestTemporal } from './temporal';

let temporal: TestTemporal;
const folders: { remove(): void }[] = [];

/** A folder with a project of its own name. */
function aProject(): { project: string; cwd: string } {
  const project = aProjectName();
  const made = aFolder({ 'slipway.yaml': validConfig.replace('project: shop', `project: ${project}`) });
  folders.push(made);
  return { project, cwd: made.path };
}

beforeAll(async () => {
  temporal = await testTemporal();
});
afterEach(endAll);
afterAll(async () => {
  folders.forEach((made) => made.remove());
  await temporal.close();
});

/** The signals in a workflow's history, with their payloads. */
async function signalsTo(id: string): Promise<{ name: string; payload: Record<string, unknown> }[]> {
  const { events } = await temporal.client.workflow.getHandle(id).fetchHistory();
  return (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => {
    if (!signal) return [];
    const data = Buffer.from(signal.input?.payloads?.[0]?.data ?? []).toString();
    return [{ name: signal.signalName ?? '', payload: JSON.parse(data) as Record<string, unknown> }];
  });
}

describe('slipway with a server and no worker', () => {
  it('starts nothing, and says which worker is missing', async () => {
    const { project, cwd } = aProject();
    const options = { cwd, env: temporal.env };
    const namespace = await newNamespace(temporal);
    const [released, planned] = await Promise.all([
      slipway(['release', '1.2.0', '--env', 'trial'], { cwd, env: { ...temporal.env, TEMPORAL_NAMESPACE: namespace } }),
      slipway(['plan', '1.2.0', '--env', 'trial', '--json'], options),
    ]);
    expect(released).toMatchObject({ code: 4, out: '' });
    expect(released.err).toBe(
      `No worker answers on task queue slipway/${project}/trial.\n` +
        'Start one with `slipway worker --env trial` (or `slipway dev`).\n',
    );
    expect(planned.code).toBe(4);
    expect(JSON.parse(planned.out)).toMatchObject({ error: { code: 'NO_WORKER' } });
    expect((await slipway(['status', '--all'], options)).out).toBe('There was no release yet.\n');
    // What releases are listed by was missing in the new namespace, and is there now.
    const { customAttributes } = await temporal.connection.operatorService.listSearchAttributes({ namespace });
    expect(Object.keys(customAttributes ?? {})).toEqual(expect.arrayContaining(Object.values(searchAttributeNames)));
  });

  it('names a namespace that is not there', async () => {
    const { cwd } = aProject();
    const { code, err } = await slipway(['status'], { cwd, env: { ...temporal.env, TEMPORAL_NAMESPACE: 'nowhere' } });
    expect({ code, err }).toMatchObject({ code: 2, err: containing('has no namespace nowhere.') });
  });

  it('sends every decision as a signal, with the id of the update that nobody answered', async () => {
    const approve = {
      args: ['approve', '--digest', '0123456789AB', '--acknowledge', 'no-way-back:api'],
      kind: 'approve',
    };
    const approval = { digest: '0123456789ab', acknowledge: ['no-way-back:api'] };
    const decisions: readonly { args: string[]; kind: string; payload: object }[] = [
      { ...approve, payload: approval },
      { args: ['reject', '--reason', 'no'], kind: 'reject', payload: { comment: 'no' } },
      { args: ['rollback'], kind: 'rollback', payload: {} },
      { args: ['skip-wait'], kind: 'skipWait', payload: {} },
      { args: ['resolve', 'skip', '--reason', 'seen'], kind: 'resolve', payload: { action: 'skip', comment: 'seen' } },
    ];
    const send = async ({ args, kind, payload }: (typeof decisions)[number]) => {
      const { project, cwd } = aProject();
      const id = await startUnanswered(temporal.client, project, '1.2.0');
      const { code, out } = await slipway([...args, '--json'], { cwd, env: temporal.env });
      const answer = JSON.parse(out) as { id: string };
      expect(code).toBe(4);
      expect(answer).toMatchObject({ how: 'sent', releaseId: id, by: { name: 'ada', from: 'SLIPWAY_USER' } });
      expect(await signalsTo(id)).toEqual([{ name: kind, payload: { id: answer.id, by: 'ada', ...payload } }]);
    };
    await Promise.all(decisions.map(send));
  });

  it('lets nobody be guessed: with several releases it lists them', async () => {
    const { project, cwd } = aProject();
    const options = { cwd, env: temporal.env };
    const first = await startUnanswered(temporal.client, project, '1.2.0');
    const second = await startUnanswered(temporal.client, project, '1.3.0', 2);
    const { code, err } = await slipway(['reject'], options);
    expect(code).toBe(2);
    expect(err).toContain('More than one release could be meant');
    expect(err).toContain(first);
    expect(err).toContain(second);
    const pause = async (name: string) => {
      const { out } = await slipway(['pause', name, '--json'], options);
      expect(JSON.parse(out)).toMatchObject({ releaseId: second, how: 'sent' });
    };
    await Promise.all(['1.3.0', 'trial/1.3.0/2', second].map(pause));
    expect(await signalsTo(first)).toEqual([]);
    const listed = JSON.parse((await slipway(['status', '--json'], options)).out) as { releases: { id: string }[] };
    expect(listed.releases.map(({ id }) => id).sort()).toEqual([first, second]);
  });

  it('does not count a decision on what is finished or was never there', async () => {
    const { project, cwd } = aProject();
    const options = { cwd, env: temporal.env };
    const id = await startUnanswered(temporal.client, project, '1.2.0');
    await temporal.client.workflow.getHandle(id).terminate();
    const approve = await slipway(['approve', '1.2.0', '--digest', '0123456789ab'], options);
    expect(approve).toMatchObject({
      code: 3,
      err: containing(`Release ${id} is finished (terminated): your decision was not counted.`),
    });
    const rollback = await slipway(['rollback', id], options);
    expect(rollback).toMatchObject({
      code: 3,
      err: containing('To go back from what runs, name the environment: `slipway rollback ENVIRONMENT`.'),
    });
    expect(await slipway(['reject', '9.9.9'], options)).toMatchObject({
      code: 2,
      err: containing('There is no release 9.9.9.'),
    });
    expect(await slipway(['rollback', 'prodution'], options)).toMatchObject({
      code: 2,
      err: matching(/prodution[^]*trial/),
    });
    expect(await slipway(['reject'], options)).toMatchObject({
      code: 2,
      err: containing('No release is running.'),
    });
  });

  it('sends what is said of a release that was terminated to its recovery, while that runs', async () => {
    const { project, cwd } = aProject();
    const options = { cwd, env: temporal.env };
    const id = await startUnanswered(temporal.client, project, '1.2.0');
    await temporal.client.workflow.getHandle(id).terminate();
    const recovery = await temporal.client.workflow.start('recovery', {
      ...{ workflowId: recoveryWorkflowId(id), taskQueue: taskQueueName(project, 'trial'), args: [] },
    });
    const skip = (name: string) => slipway(['skip-wait', name, '--json'], options);
    const sent = await Promise.all([id, 'trial/1.2.0/1'].map(skip));
    const to = sent.map(({ out }) => (JSON.parse(out) as { releaseId?: string }).releaseId);
    expect(to).toEqual([recovery.workflowId, recovery.workflowId]);
    await recovery.terminate();
  });

  it('tells a watcher that a release was terminated, so that nothing was put back', async () => {
    const { project, cwd } = aProject();
    const id = await startUnanswered(temporal.client, project, '1.2.0');
    const watching = startSlipway(['watch'], { cwd, env: temporal.env });
    await watching.saw('No worker answers');
    await temporal.client.workflow.getHandle(id).terminate('by hand');
    const { code, err } = await watching.ended;
    expect({ code, err }).toMatchObject({
      code: 5,
      err: containing(`Release ${id} was ended from outside`),
    });
  });

  it('leaves the release alone when the watching ends, and says how to come back', async () => {
    const { project, cwd } = aProject();
    const id = await startUnanswered(temporal.client, project, '1.2.0');
    const watching = startSlipway(['watch', '1.2.0'], { cwd, env: temporal.env });
    await watching.saw('No worker answers');
    watching.process.kill('SIGINT');
    const { code, err } = await watching.ended;
    expect({ code, err }).toMatchObject({
      code: 130,
      err: containing(`come back with \`slipway watch ${id}\``),
    });
    expect((await temporal.client.workflow.getHandle(id).describe()).status.name).toBe('RUNNING');
    expect(await signalsTo(id)).toEqual([]);
  });
});
