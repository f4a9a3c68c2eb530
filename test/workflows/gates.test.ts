import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CheckRun } from '../../examples/github/world';
import type { GateRule } from '../../release/gate-rule';
import { renderDetails } from '../../release/render-details';
import { eventually } from '../support/eventually';
import { startSlipwayAtGitHub, type SlipwayAtGitHub } from '../support/github-slipway';
import type { ReleaseUnderTest } from '../support/slipway';
import { askLedger, ledgerPrint } from '../support/test-ledger';

const ci: GateRule = { kind: 'ci', name: 'ci', checks: ['test'], wait: 600_000, guard: 'hard', services: [] };
const notes: GateRule = {
  kind: 'notes',
  name: 'notes',
  from: { in: 'file', file: 'NOTES.md' },
  wait: 0,
  guard: 'soft',
  services: ['api'],
};

describe('a release whose gates are pending', () => {
  let stage: SlipwayAtGitHub;
  let run: CheckRun;
  /** Once it is there the soft gate `mended` passes. */
  const mend = join(mkdtempSync(join(tmpdir(), 'slipway-gates-')), 'mended');
  const mended: GateRule = {
    ...{ kind: 'command', name: 'mended', command: { argv: ['test', '-e', mend], timeout: 10_000 } },
    ...{ wait: 0, guard: 'soft', services: [] },
  };
  beforeAll(async () => {
    const options = { environment: { gates: [ci, notes, mended] } };
    stage = await startSlipwayAtGitHub(options, { checks: 'read', statuses: 'read' });
    run = await running('1.1.0');
  });
  afterAll(async () => {
    await stage?.stop();
    rmSync(dirname(mend), { recursive: true });
  });

  const running = async (version: string) => {
    const commit = await stage.slipway.shop.commitOf(version);
    return stage.github.addCheckRun(stage.hosted, { name: 'test', commit, status: 'in_progress' });
  };
  const finish = (conclusion: 'success' | 'failure') => Object.assign(run, { status: 'completed', conclusion });
  const waiting = (release: ReleaseUnderTest) =>
    release.until('waits for ci', ({ phase, waitingFor }) => phase === 'looking' && waitingFor !== null);

  /** How often the release has begun to wait for pending gates. */
  const waits = async ({ id }: ReleaseUnderTest) => {
    const { events } = await stage.slipway.client.workflow.getHandle(id).fetchHistory();
    return (events ?? []).filter(
      ({ activityTaskScheduledEventAttributes: scheduled }) =>
        scheduled?.activityType?.name === 'awaitGates' &&
        !Buffer.from(scheduled.input?.payloads?.[0]?.data ?? []).includes('"recovering":true'),
    ).length;
  };

  test('says what it waits for, can be rejected meanwhile, and changes nothing', async () => {
    const release = await stage.slipway.release('1.1.0');
    const state = await waiting(release);
    expect(state.waitingFor?.what).toMatch(/the gate ci, since .* UTC: still going: test \(in_progress\)/);
    const until = state.gates.find(({ id }) => id === 'ci')?.pending?.until;
    expect(state.waitingFor).toMatchObject({ until, send: ['reject'] });
    const details = renderDetails(state);
    expect(details).toContain('[test: in_progress');
    expect(details).toContain(`/acme/shop/runs/${run.id})`);
    await release.decide('reject', { by: 'ada', comment: 'not today' });
    expect(await release.result()).toMatchObject({ outcome: 'rejected', undone: [] });
  });

  test('ends when one of them says no', async () => {
    const release = await stage.slipway.release('1.1.0');
    await waiting(release);
    finish('failure');
    const { outcome, failure } = await release.result();
    expect({ outcome, code: failure?.code }).toEqual({ outcome: 'stopped', code: 'GATES_CLOSED' });
    expect(failure?.message).toContain('test (failure) did not pass');
  });

  test('goes on by itself when they pass, waits again where one is pending under the lock, and keeps its approval', async () => {
    run = await running('1.1.0');
    const release = await stage.slipway.release('1.1.0');
    const { waitingFor } = await waiting(release);
    // The wait outlives its worker, and goes on from its beginning.
    await stage.slipway.restartWorker();
    expect((await waiting(release)).waitingFor).toEqual(waitingFor);
    finish('success');
    const asked = await release.in('awaiting approval');
    expect(asked.gates.find(({ id }) => id === 'ci')).toMatchObject({
      verdict: 'passed',
      evidence: [{ value: 'success' }],
    });
    // The soft gate says no, loudly, and holds the release until somebody overrides it.
    expect(renderDetails(asked)).toContain('**! notes: failed**');
    expect(renderDetails(asked)).toContain('{"by":"<you>","guard":"gate:notes","reason":"<why>"}');
    expect(await waits(release)).toBe(1);

    // Another is asked again, and holds nobody up once it passes.
    expect(asked.waitingFor?.what).toContain('a word on the gate notes');
    expect(asked.waitingFor?.what).toContain('a word on the gate mended');
    writeFileSync(mend, '');
    await release.until('it is seen to pass', ({ gates }) =>
      gates.some(({ id, verdict }) => id === 'mended' && verdict === 'passed'),
    );

    run = await running('1.1.0');
    await release.approve();
    const override = (guard: string, by: string, comment?: string) =>
      release.decide('override', { by, guard, ...(comment !== undefined && { comment }) });
    await expect(override('gate:notes', 'ada')).rejects.toThrow(/"reason" is missing/);
    await expect(override('gate:notes', 'mallory', 'now')).rejects.toThrow(/mallory may not override/);
    await expect(override('gate:ci', 'ada', 'now')).rejects.toThrow(/gate:ci is hard: it cannot be overridden/);
    await expect(override('gate:healthy:api', 'ada', 'now')).rejects.toThrow(/there is nothing to override/);
    const held = await release.state();
    expect(held).toMatchObject({ phase: 'awaiting approval', waitingFor: { send: ['override', 'reject'] } });
    expect(held.waitingFor?.what).toBe('a word on the gate notes, which does not pass');
    await override('gate:notes', 'ada', 'the notes come tomorrow');
    await waiting(release);
    await eventually('the environment is free for others', async () =>
      (await stage.slipway.environmentState()).holder === null ? true : undefined,
    );
    finish('success');
    expect(await release.result()).toMatchObject({
      ...{ outcome: 'finished', failure: null },
      overrides: [{ guard: 'gate:notes', by: 'ada', reason: 'the notes come tomorrow' }],
    });
    expect(await waits(release)).toBe(2);
    expect((await release.state()).timeline.some(({ text }) => text.startsWith('mended passes now: '))).toBe(true);
    // The ledger has each: before it had answered, and what it said, with its evidence, again when another gate passed.
    await ledgerPrint(release.id);
    const told = await askLedger(
      `SELECT gate->>'verdict' AS verdict, gate->'evidence'->0->>'value' AS value
       FROM slipway_ledger.plan JOIN slipway_ledger.release r USING (release), jsonb_array_elements(gates) gate
       WHERE r.id = $1 AND gate->>'id' = 'ci' ORDER BY n`,
      [release.id],
    );
    const [before, after] = [
      { verdict: 'unknown', value: 'in_progress' },
      { verdict: 'passed', value: 'success' },
    ];
    expect(told).toEqual([before, after, after, after]);
    expect((await release.state()).verdicts.filter(({ accepted }) => accepted)).toHaveLength(2);
  });
});
