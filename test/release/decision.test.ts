import fc from 'fast-check';
import { decisionKinds, parseDecision } from '../../release/decision';
import { mayFollow, phases } from '../../release/phase';
import { compensationOrder, schemaUndo, type UndoRecord } from '../../release/undo';
import { aTagMove } from '../support/builders';

describe('a decision that anybody may have typed', () => {
  test.each([
    ['nothing', undefined, /needs an object such as .*, not nothing/],
    ['text', 'yes', /not "yes"/],
    ['a list', [], /not \[\]/],
    ['no name', { digest: 'abcdef12' }, /"by" is missing/],
    ['an empty name', { by: ' ', digest: 'abcdef12' }, /"by" is empty/],
    ['a short digest', { by: 'ada', digest: 'abc' }, /at least 8 hex digits/],
    ['a digest of other letters', { by: 'ada', digest: 'ABCDEFGHIJ' }, /at least 8 hex digits/],
    ['an unknown field', { by: 'ada', digest: 'abcdef12', force: true }, /"force" is not a field/],
    ['a number for a name', { by: 7, digest: 'abcdef12' }, /"by" must be text/],
    ['a wrong list', { by: 'ada', digest: 'abcdef12', acknowledge: 'all' }, /"acknowledge" must be a list/],
  ])('is refused with a word on what is wrong: %s', (_, payload, problem) => {
    expect(parseDecision('approve', payload, 'x')).toEqual({ problem: expect.stringMatching(problem) as string });
  });

  test('tells all its faults at once', () => {
    const parsed = parseDecision('resolve', { action: 'ignore', extra: 1 }, 'x');
    expect('problem' in parsed && parsed.problem.split('; ')).toHaveLength(3);
  });

  test('names an item of a checklist by its number or its words, and the plan', () => {
    const tick = (more: object) => parseDecision('tick', { by: 'ada', digest: 'abcdef12', ...more }, 'x');
    expect(tick({ item: 2 })).toHaveProperty('decision.item', '2');
    expect(tick({ item: ' UAT done ' })).toHaveProperty('decision.item', 'UAT done');
    expect(tick({})).toHaveProperty('problem', expect.stringMatching(/"item" is missing/));
    expect(tick({ item: {} })).toHaveProperty('problem', expect.stringMatching(/"item" must be text/));
    expect(tick({ item: 1, digest: 'abc' })).toHaveProperty('problem', expect.stringMatching(/at least 8 hex digits/));
  });

  test('overrides a guard only with a reason', () => {
    const override = (more: object) =>
      parseDecision('override', { by: 'ada', guard: 'gate:healthy:api', ...more }, 'x');
    expect(override({})).toHaveProperty('problem', expect.stringMatching(/"reason" is missing/));
    expect(override({ reason: ' ' })).toHaveProperty('problem', expect.stringMatching(/"reason" is missing/));
    expect(override({ reason: 'it is down' })).toHaveProperty('decision.guard', 'gate:healthy:api');
  });

  test('needs a reason for everything but trying again', () => {
    expect(parseDecision('resolve', { by: 'ada', action: 'retry' }, 'x')).toHaveProperty('decision.action', 'retry');
    expect(parseDecision('resolve', { by: 'ada', action: 'skip' }, 'x')).toHaveProperty('problem');
    expect(parseDecision('resolve', { by: 'ada', action: 'skip', reason: 'kept' }, 'x')).toHaveProperty(
      'decision.comment',
      'kept',
    );
  });

  test('never makes the reader fail, whatever it is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...decisionKinds), fc.anything(), (kind, payload) => {
        const parsed = parseDecision(kind, payload, 'x');
        expect('problem' in parsed || parsed.decision.kind === kind).toBe(true);
      }),
    );
  });
});

describe('phases', () => {
  test('end for good', () => {
    for (const phase of phases) expect(mayFollow('ended', phase)).toBe(false);
  });

  test('cannot go from a rollback back to the way forward', () => {
    for (const phase of ['migrating', 'moving', 'smoke', 'finishing'] as const) {
      expect(mayFollow('rolling back', phase)).toBe(false);
      expect(mayFollow('needs attention', phase)).toBe(false);
    }
  });

  test('let everything but the end be rolled back', () => {
    for (const phase of phases.filter((name) => name !== 'ended')) expect(mayFollow(phase, 'rolling back')).toBe(true);
  });
});

describe('compensations', () => {
  test('run newest first, and schema only behind all pointers', () => {
    const migrations = (service: string): UndoRecord => ({
      version: 1,
      kind: 'migrations',
      step: `migrate:${service}`,
      service,
    });
    const pointer = (service: string): UndoRecord => ({
      version: 1,
      kind: 'pointer',
      step: `move:${service}`,
      service,
      move: aTagMove(),
    });
    const order = compensationOrder([migrations('api'), migrations('auth'), pointer('api'), pointer('web')]);
    expect(order.pointers.map(({ step }) => step)).toEqual(['move:web', 'move:api']);
    expect(order.schema.map(({ step }) => step)).toEqual(['migrate:auth', 'migrate:api']);
  });

  test('leave finished migrations standing unless the service opted in', () => {
    expect(schemaUndo('keep', true)).toBe('keep');
    expect(schemaUndo('keep', false)).toBe('run rollback scripts');
    expect(schemaUndo('dropIfEmpty', true)).toBe('run rollback scripts');
  });
});
