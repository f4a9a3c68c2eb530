/** `slipway doctor` as people call it: from here, and on the worker of a shop. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NativeConnection, Worker } from '@temporalio/worker';
import type { Diagnosis, Examination } from '../../release/doctor';
import { taskQueueName } from '../../release/identity';
import { startSlipway as startEverything, type Slipway } from '../support/slipway';
import { containing } from './matchers';
import { aFolder, endAll, slipway, validConfig, type Ran, type RunOptions } from './run-slipway';
import { aProjectName, newNamespace, testTemporal, type TestTemporal } from './temporal';

const env: Record<string, string> = {};
let all: Slipway;
let temporal: TestTemporal;
let options: RunOptions;

beforeAll(async () => {
  temporal = await testTemporal();
  all = await startEverything({ env });
  const text = readFileSync(all.shop.configFile, 'utf8').replace(/^project: .*$/m, `project: ${all.project.name}`);
  writeFileSync(join(all.shop.folder, 'slipway.yaml'), text);
  options = { cwd: all.shop.folder, env: temporal.env };
});
afterEach(endAll);
afterAll(async () => {
  await all.stop();
  await temporal.close();
});

const documentOf = ({ out }: Ran) => JSON.parse(out) as { verdict: string; environments: Diagnosis[] };
const lineOf = (ran: Ran, name: string): Examination =>
  documentOf(ran).environments[0]!.examinations.find((one) => one.name === name)!;

describe('slipway doctor', () => {
  it('finds a good shop well, and leaves it as it was', async () => {
    const before = await all.shop.refs();
    const [text, json] = await Promise.all([
      slipway(['doctor', '--rehearse'], options),
      slipway(['doctor', 'production', '--rehearse', '--json'], options),
    ]);
    const notPassed = documentOf(json).environments[0]!.examinations.filter(({ verdict }) => verdict !== 'passed');
    expect(notPassed.map(({ name }) => name)).toEqual([]);
    expect({ code: text.code, err: text.err }).toEqual({ code: 0, err: '' });
    expect(text.out).toMatch(/\nproduction: \d\d passed\n$/);
    expect(text.out).toContain(`${taskQueueName(all.project.name, 'production')}: 1 worker polls it`);
    expect(lineOf(json, 'web: way back of branch production by force').detail).toContain('would take it');
    expect(lineOf(json, 'Slipway').detail).toContain('as here');
    expect(await all.shop.refs()).toEqual(before);
  });

  it('says 3 where something failed, with what to do, and goes on with the rest', async () => {
    env['API_DATABASE_URL'] = 'mysql://shop';
    try {
      const { code, out } = await slipway(['doctor'], options);
      expect(code).toBe(3);
      expect(out).toContain('✗ api: connection: The database address of api is no PostgreSQL address.');
      expect(out).toContain('→ Write postgres://user:password@host:5432/name');
      expect(out).toContain('✓ api: probe');
    } finally {
      delete env['API_DATABASE_URL'];
    }
  });

  it('says 4 where the only trouble is that something does not answer', async () => {
    env['API_DATABASE_URL'] = 'postgres://ada@127.0.0.1:1/shop';
    try {
      const ran = await slipway(['doctor', 'production', '--json'], options);
      expect(ran.code).toBe(4);
      expect(lineOf(ran, 'api: connection').verdict).toBe('unknown');
    } finally {
      delete env['API_DATABASE_URL'];
    }
  });

  it('speaks Markdown for an issue', async () => {
    const { out } = await slipway(['doctor', 'production', '--markdown'], options);
    expect(out).toMatch(/^## production: /);
    expect(out).toContain('\n### Databases\n\n- ✓ **api: connection**: direct');
  });

  it('says which worker is missing, and what a new namespace lacks', async () => {
    const project = aProjectName();
    const made = aFolder({ 'slipway.yaml': validConfig.replace('project: shop', `project: ${project}`) });
    const namespace = await newNamespace(temporal);
    const env = { ...temporal.env, TEMPORAL_NAMESPACE: namespace };
    const ran = await slipway(['doctor', 'trial', '--json'], { cwd: made.path, env });
    made.remove();
    expect(ran.code).toBe(3);
    expect(lineOf(ran, taskQueueName(project, 'trial'))).toMatchObject({
      verdict: 'failed',
      todo: containing('slipway worker --env trial'),
    });
    expect(lineOf(ran, "the worker's own examination").verdict).toBe('unknown');
    expect(lineOf(ran, 'search attributes')).toMatchObject({ verdict: 'warning', todo: containing('SlipwayProject') });
    expect(lineOf(ran, 'retention')).toMatchObject({
      verdict: 'warning',
      todo: containing(`--retention 720h ${namespace}`),
    });
  });

  it('says so where the worker is of a Slipway that knows no doctor', async () => {
    const project = aProjectName();
    const made = aFolder({ 'slipway.yaml': validConfig.replace('project: shop', `project: ${project}`) });
    const connection = await NativeConnection.connect({ address: temporal.env.TEMPORAL_ADDRESS });
    const worker = await Worker.create({
      connection,
      taskQueue: taskQueueName(project, 'trial'),
      workflowsPath: join(__dirname, '../activities/heartbeat/workflows.ts'),
      activities: { other: async () => undefined },
    });
    const running = worker.run();
    const ran = await slipway(['doctor', 'trial', '--json'], { cwd: made.path, env: temporal.env });
    worker.shutdown();
    await running;
    await connection.close();
    made.remove();
    expect(ran.code).toBe(4);
    expect(lineOf(ran, "the worker's own examination")).toMatchObject({
      verdict: 'unknown',
      detail: containing('the worker cannot run it'),
    });
  });

  it('tells a namespace that is not there, a Temporal that is not, and a worker that must not be embedded', async () => {
    const made = aFolder({ 'slipway.yaml': validConfig });
    const [nowhere, silent, none] = await Promise.all([
      slipway(['doctor', 'trial', '--json'], {
        cwd: made.path,
        env: { ...temporal.env, TEMPORAL_NAMESPACE: 'nowhere' },
      }),
      slipway(['doctor', 'trial'], { cwd: made.path, env: { TEMPORAL_ADDRESS: '127.0.0.1:1' } }),
      slipway(['doctor'], { cwd: made.path }),
    ]);
    made.remove();
    expect(nowhere.code).toBe(3);
    expect(lineOf(nowhere, 'server')).toMatchObject({
      verdict: 'failed',
      detail: containing('has no namespace nowhere'),
    });
    expect({ code: silent.code, out: silent.out }).toMatchObject({
      code: 4,
      out: containing('? server: The Temporal'),
    });
    expect({ code: none.code, out: none.out }).toMatchObject({
      code: 3,
      out: containing('may not run on the embedded stack'),
    });
  });

  it('names an environment that is not there, and refuses what no client sends', async () => {
    const { code, err } = await slipway(['doctor', 'elsewhere'], options);
    expect({ code, err }).toMatchObject({ code: 2, err: containing('There is no environment elsewhere') });
    const taskQueue = all.taskQueue;
    const wrong = [undefined, {}, { rehearse: true }, { rehearse: 1, client: {} }];
    const ends = wrong.map((input, index) =>
      all.client.workflow.execute('doctor', {
        taskQueue,
        workflowId: `${all.project.name}/wrong/${index}`,
        args: [input],
      }),
    );
    for (const end of await Promise.allSettled(ends)) {
      expect(end).toMatchObject({ status: 'rejected', reason: { cause: { type: 'REQUEST_INVALID' } } });
    }
  });
});
