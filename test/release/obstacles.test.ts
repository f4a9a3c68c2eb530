import { emptyEnvironment, type EnvironmentState } from '../../release/environment-state';
import type { GateReport } from '../../release/gate';
import { obstaclesOf, verdictOver, type Situation } from '../../release/obstacles';
import type { Environment } from '../../release/project';
import { aPlan, aProject, anEnvironment, aTagMove, someFacts } from '../support/builders';

const at = '2026-11-20T10:00:00.000Z';

const gate = (id: string, more: Partial<GateReport> = {}): GateReport => ({
  id,
  hard: true,
  verdict: 'failed',
  detail: 'it is not so',
  ...more,
});

interface Given {
  readonly state?: Partial<EnvironmentState>;
  readonly rules?: Partial<Environment>;
  readonly gates?: readonly GateReport[];
  readonly survey?: Situation['survey'];
}

function found({ state, rules, gates = [], survey }: Given) {
  const environment = anEnvironment({ approvals: [], ...rules });
  const project = aProject();
  return obstaclesOf({
    project,
    environment,
    version: '1.2.0',
    by: 'linus',
    state: state && { ...emptyEnvironment, ...state },
    survey: survey ?? { gates, plan: aPlan({ rules: [] }), alreadyLive: false },
  });
}

const said = (given: Given) => found(given).map(({ kind, what }) => `${kind} ${what}`);

const other = { releaseId: 'release/shop/production/1.1.0/1', runId: 'r', version: '1.1.0', by: 'ada', at };

test('nothing stands in the way where all gates passed and nobody is asked', () => {
  expect(said({ gates: [gate('trunk:api', { verdict: 'passed' })] })).toEqual([]);
  expect(verdictOver([])).toBe('passed');
});

test.each<[string, GateReport, string]>([
  ['failed stops it', gate('trunk:api'), 'stops gate trunk:api'],
  ['without an answer could not tell', gate('remote:api', { verdict: 'unknown' }), 'unknown gate remote:api'],
  [
    'that is pending is waited for',
    gate('ci:api', { verdict: 'unknown', pending: { since: at, until: at } }),
    'waits gate ci:api',
  ],
  ['that is soft asks people', gate('healthy:api', { hard: false }), 'asks gate healthy:api'],
])('a gate %s', (_, report, obstacle) => {
  expect(said({ gates: [report] })).toEqual([obstacle]);
});

test('the calendar is waited for; one that could not be told is told so', () => {
  expect(said({ gates: [gate('calendar', { hard: false })] })).toEqual(['waits calendar']);
  expect(said({ gates: [gate('calendar', { hard: false, verdict: 'unknown' })] })).toEqual(['unknown calendar']);
});

test('a gate of the team’s own name says what its kind needs', () => {
  const rule = { kind: 'ci', name: 'green', wait: 0, guard: 'hard', services: [], checks: ['lint'] } as const;
  const [obstacle] = found({ rules: { gates: [rule] }, gates: [gate('green:api')] });
  expect(obstacle!.todo).toBe('Let the checks run to their end, or run them again.');
});

test('a version on hold, or under way already, is not released', () => {
  const holds = { '1.2.0': { releaseId: 'release/shop/production/1.2.0/1', at, why: 'smoke failed' } };
  const [hold] = found({ state: { holds } });
  expect(hold).toMatchObject({
    kind: 'stops',
    detail: '1.2.0 was rolled back at 2026-11-20 10:00 UTC by release/shop/production/1.2.0/1 (smoke failed)',
    todo: 'Release a mended version, or this one with `--again "why it will work now"`.',
  });
  expect(said({ state: { queue: [{ ...other, version: '1.2.0' }] } })).toEqual(['stops queue']);
});

test('others under way are waited for, or stop it where the environment refuses', () => {
  expect(said({ state: { queue: [other], holder: other } })).toEqual(['waits queue']);
  expect(said({ state: { queue: [other] }, rules: { queue: 'refuse' } })).toEqual(['stops queue']);
  expect(said({ state: { queue: [{ ...other, replacedBy: 'x' }] }, rules: { queue: 'refuse' } })).toEqual([]);
});

test('who may not ask is told who may', () => {
  const [obstacle] = found({ rules: { may: { ...anEnvironment().may!, request: ['ada'] } } });
  expect(obstacle).toMatchObject({ kind: 'stops', what: 'permission' });
  expect(obstacle!.detail).toContain('these may: ada');
});

test('approvals and acknowledgements are asked for, by name', () => {
  const first = aPlan({ facts: [someFacts({ relation: 'first', move: aTagMove({ previous: null }) })] });
  expect(said({ survey: { gates: [], plan: first, alreadyLive: false } })).toEqual([
    ...first.approvals.map(({ name }) => `asks approval ${name}`),
    'asks acknowledgement no-way-back:api',
  ]);
});

test('an approval says when it is asked for; one that too few can give stops the release, unless it is soft', () => {
  const rule = { name: 'go', approvers: ['linus'], required: 1, timeout: 60_000 };
  const about = (change: object) =>
    found({ survey: { gates: [], plan: aPlan({ rules: [{ ...rule, ...change }] }), alreadyLive: false } })[0];
  expect(about({ at: 'after-smoke' })).toEqual({
    ...{ kind: 'asks', what: 'approval go', detail: '1 of linus, within 1m, after the smoke checks' },
    todo: 'They are asked when the new version is live, and try it: `slipway approve`; a no rolls back.',
  });
  expect(about({ not: ['requester'] })).toMatchObject({ kind: 'stops', what: 'approval go' });
  expect(about({ not: ['requester'] })?.todo).toMatch(/^Too few people can: go needs 1 more, and nobody may still say/);
  expect(about({ not: ['requester'], guard: 'soft' })).toMatchObject({ kind: 'asks', what: 'approval go' });
});

test('a look that failed is told with everything else, what stops it first', () => {
  const failed = { code: 'VERSION_UNKNOWN', message: 'There is none.', todo: 'Tag it.', details: {} } as const;
  const obstacles = found({ state: { queue: [other], holder: other }, survey: { failed } });
  expect(obstacles.map(({ what }) => what)).toEqual(['VERSION_UNKNOWN', 'queue']);
  expect(verdictOver(obstacles)).toBe('failed');
});

test('what runs already needs no release', () => {
  const survey = { gates: [], plan: aPlan({ rules: [] }), alreadyLive: true };
  expect(said({ survey })).toEqual(['stops live']);
});
