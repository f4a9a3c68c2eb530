import { checklistOf, findItem, itemWords, unticked, type Tick, type TickCase } from '../../release/checklist';
import type { Decision } from '../../release/decision';
import type { GateReport } from '../../release/gate';
import type { GateRule, ManualGate } from '../../release/gate-rule';
import { manualGates } from '../../release/manual-gate';
import { gatesToOverride } from '../../release/soft-gates';
import { aDecision, aPlan } from '../support/builders';

const manual: ManualGate = {
  ...{ kind: 'manual', name: 'sign-off', items: ['UAT done', 'QA signed off'], by: ['qa'] },
  ...{ wait: 60_000, guard: 'hard', services: [] },
};
const rule = { approvers: [], required: 1, timeout: 1_000 };
const plan = aPlan({
  rules: [
    { ...rule, name: 'go', checklist: ['team ready'] },
    { ...rule, name: 'accept', at: 'after-smoke', checklist: ['interview started', 'Team ready'] },
  ],
});
const project = {
  people: Object.fromEntries(
    ['ada', 'grace', 'deploys'].map((name) => [name, { name, emails: [], keys: [], bot: name === 'deploys' }]),
  ),
  teams: { qa: { name: 'qa', members: ['grace'] } },
};

const aTick = (list: string, item: string, change: Partial<Tick> = {}): Tick => ({
  ...{
    list,
    item,
    by: 'grace',
    proof: 'claimed',
    digest: plan.digest,
    decisionId: item,
    at: '2026-03-01T10:00:00.000Z',
  },
  ...change,
});
const done = [aTick('gate:sign-off', 'UAT done'), aTick('gate:sign-off', 'QA signed off')];

describe('a checklist', () => {
  const items = (ticks: Tick[] = []) => checklistOf([manual], plan, ticks);
  const judge = (item: string, change: Partial<Decision> = {}, more: Partial<TickCase> = {}) => {
    const asked = { items: items(), digest: plan.digest, project, places: ['before-migrating' as const], ...more };
    const decision = aDecision('tick', { by: 'grace', digest: plan.digest, item, ...change });
    const found = findItem(asked, decision);
    return 'item' in found ? found.item.n : found.refused;
  };

  test('numbers the items of gates and approvals through, in the order in which they are needed', () => {
    expect(items([aTick('approval:go', 'team ready', { by: 'ada', proof: 'signed' })]).map(itemWords)).toEqual([
      '1. ☐ UAT done',
      '2. ☐ QA signed off',
      '3. ☑ team ready (ada, signed)',
      '4. ☐ interview started',
      '5. ☐ Team ready',
    ]);
  });

  test('has each item by its number, or by words that no other has', () => {
    expect([judge('2'), judge(' uat DONE ')]).toEqual([1 + 1, 1]);
    expect(judge('team ready')).toBe('"team ready" stands in several lists: write its number (3 or 5)');
    expect([judge('0'), judge('6'), judge('nothing')]).toEqual(
      ['0', '6', 'nothing'].map((said) => `no item is called "${said}": write its number (1 to 5) or its words`),
    );
    expect(judge('1', {}, { items: [] })).toBe('nothing is to be ticked here');
  });

  test.each([
    ['another plan', '1', { digest: 'f'.repeat(64) }, /it names plan ffffffffffff, but the plan is now/],
    ['a stranger', '3', { person: 'mallory' }, /nobody under `people` in slipway.yaml is called mallory/],
    ['a program', '3', { person: 'deploys' }, /deploys is a program/],
    ['somebody else than may', '1', { person: 'ada' }, /ada may not tick it; these may: qa/],
    ['a place that has not come', '4', {}, /"interview started" is ticked when accept is asked for, and not before/],
    ['what is not ticked', '1', { kind: 'untick' }, /it is not ticked/],
  ] as const)('is not changed by %s', (_, item, change, why) => {
    expect(judge(item, change)).toMatch(why);
  });

  test('takes an item once, and back again', () => {
    expect(judge('1', {}, { items: items(done) })).toBe('grace has ticked it already');
    expect(judge('1', { kind: 'untick' }, { items: items(done) })).toBe(1);
  });

  test('of another plan is as if nobody had ticked it', () => {
    const old = done.map((tick) => ({ ...tick, digest: 'f'.repeat(64) }));
    expect(unticked('gate:sign-off', manual.items, plan, old)).toEqual(manual.items);
    expect(unticked('gate:sign-off', manual.items, plan, done)).toEqual([]);
  });
});

describe('a manual gate', () => {
  const at = Date.parse('2026-03-01T10:00:00.000Z');
  const rules: GateRule[] = [manual];
  const other: GateReport = { id: 'trunk:api', hard: true, verdict: 'passed', detail: 'fine' };
  const judge = (ticks: Tick[], now: number, before: readonly GateReport[] = [other]) =>
    manualGates(rules, before, plan, ticks, now);

  test('is pending from the first look on, passes when all is ticked, and could not tell after its patience', () => {
    const [kept, first] = judge(done.slice(0, 1), at);
    expect(kept).toBe(other);
    expect(first).toMatchObject({
      ...{ hard: true, verdict: 'unknown', detail: 'not ticked: QA signed off (by qa)' },
      pending: { since: '2026-03-01T10:00:00.000Z', until: '2026-03-01T10:01:00.000Z' },
      evidence: [{ name: 'UAT done', value: 'ticked by grace (claimed)' }],
    });
    const later = judge(done.slice(0, 1), at + 30_000, [first!])[0];
    expect(later?.pending).toEqual(first?.pending);
    expect(judge(done, at + 30_000, [first!])[0]).toMatchObject({ verdict: 'passed', detail: 'all of 2 ticked' });
    const over = judge([], at + 60_000, [first!])[0];
    expect(over).toMatchObject({ verdict: 'unknown', detail: expect.stringMatching(/waited 1m for it$/) as string });
    expect(over).not.toHaveProperty('pending');
    // It is not waited for anew because of a tick elsewhere; what is ticked late counts all the same.
    expect(judge(done.slice(0, 1), at + 90_000, [over!])[0]).not.toHaveProperty('pending');
    expect(judge(done, at + 90_000, [over!])[0]).toMatchObject({ verdict: 'passed' });
    const passed = judge(done, at, [first!]);
    expect(judge(done.slice(0, 1), at, passed)[0]).toHaveProperty('pending');
  });
});

test('soft gates that do not pass hold a release until each is overridden; a pending one and the calendar are waited for', () => {
  const gate = (id: string, change: Partial<GateReport> = {}): GateReport => ({
    ...{ id, hard: false, verdict: 'failed', detail: '' },
    ...change,
  });
  const pending = { since: '', until: '' };
  const gates = [
    gate('healthy:api'),
    gate('notes', { verdict: 'unknown' }),
    gate('ci', { hard: true }),
    gate('calendar'),
    gate('http', { verdict: 'unknown', pending }),
    gate('parity', { verdict: 'passed' }),
  ];
  expect(gatesToOverride(gates).map(({ id }) => id)).toEqual(['healthy:api', 'notes']);
  const overrides = [{ guard: 'gate:notes', by: 'ada', reason: 'tomorrow', at: '' }];
  expect(gatesToOverride(gates, overrides).map(({ id }) => id)).toEqual(['healthy:api']);
});
