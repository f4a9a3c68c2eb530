import fc from 'fast-check';
import { parseFence, serialiseFence, type FenceValue } from '../../release/fence';
import { isOurs, judgeTake, nextFence, requireFence, type Claimant, type SeenFence } from '../../release/fence-rules';

const name = fc.constantFrom('a', 'b');

const claimants: fc.Arbitrary<Claimant> = fc.record({
  release: fc.record({
    id: name,
    runId: name,
    project: fc.constant('shop'),
    environment: fc.constant('production'),
    version: fc.constant('1.1.0'),
    requestedAt: fc.constant('2026-05-04T09:30:00.000Z'),
  }),
  cluster: name,
});

const values: fc.Arbitrary<FenceValue> = fc.record({
  version: fc.constant(1 as const),
  state: fc.constantFrom('held', 'undoing', 'free'),
  holder: name,
  run: name,
  cluster: name,
  number: fc.nat(),
  step: fc.string(),
  since: fc.string(),
  moved: fc.array(fc.string()),
  undone: fc.array(fc.string()),
});

const seen = (value: FenceValue): SeenFence => ({ state: 'seen', value });

describe('a fence', () => {
  it('is read back as it was written', () => {
    fc.assert(fc.property(values, (value) => expect(parseFence(serialiseFence(value))).toEqual(value)));
  });

  it('is not read from anything else', () => {
    const rest = { holder: 'a', run: 'b', cluster: 'c', number: 1, step: '', since: '', moved: [], undone: [] };
    const bad = [
      ...['', 'null', '[]', '7', '{}'],
      ...[
        { ...rest, version: 2, state: 'held' },
        { ...rest, version: 1, state: 'kept' },
      ].map((it) => JSON.stringify(it)),
      JSON.stringify({ ...rest, version: 1, state: 'held', moved: [1] }),
      JSON.stringify({ ...rest, version: 1, state: 'held', undone: undefined }),
    ];
    for (const text of bad) expect(parseFence(text)).toBeUndefined();
    expect(parseFence(JSON.stringify({ ...rest, version: 1, state: 'held' }))).toBeDefined();
  });

  it('can be taken only where nobody holds it', () => {
    fc.assert(
      fc.property(values, claimants, (value, claimant) => {
        const decision = judgeTake(seen(value), claimant);
        const ours = isOurs(value, claimant);
        if (value.state === 'free') expect(decision.kind).toBe('take');
        else if (ours) expect(decision.kind).toBe(value.state === 'held' ? 'already' : 'fenced');
        else expect(decision.kind).toBe(value.cluster === claimant.cluster ? 'ask' : 'held');
      }),
    );
  });

  it('lets its holder alone through, and only in the state that is asked for', () => {
    fc.assert(
      fc.property(values, claimants, fc.constantFrom('held', 'undoing'), (value, claimant, state) => {
        const pass = 'value' in requireFence(seen(value), claimant, [state]);
        expect(pass).toBe(isOurs(value, claimant) && value.state === state);
      }),
    );
  });

  it('grows by one with every change, and is the same for every attempt at it', () => {
    fc.assert(
      fc.property(values, claimants, (value, claimant) => {
        const change = { state: 'held', step: 'move:api', moved: 'refs/tags/v1' } as const;
        const next = nextFence(seen(value), claimant, change);
        expect(next.number).toBe(value.number + 1);
        expect(serialiseFence(next)).toBe(serialiseFence(nextFence(seen({ ...value }), claimant, change)));
        expect(isOurs(next, claimant)).toBe(true);
      }),
    );
  });

  it('keeps what its holder has moved and put back until another takes it', () => {
    fc.assert(
      fc.property(values, claimants, (value, claimant) => {
        const next = nextFence(seen(value), claimant, { state: 'undoing', step: 'undo:api', undone: 'r' });
        const kept = isOurs(value, claimant) && value.state !== 'free';
        expect(next.moved).toEqual(kept ? value.moved : []);
        expect(next.undone.filter((ref) => ref === 'r').length).toBeGreaterThan(0);
        const again = nextFence(seen(next), claimant, { state: 'undoing', step: 'undo:api', undone: 'r' });
        expect(again.undone).toEqual(next.undone);
      }),
    );
  });

  it('begins at one', () => {
    const [claimant] = fc.sample(claimants, 1) as [Claimant];
    expect(nextFence({ state: 'absent' }, claimant, { state: 'held', step: 'take' }).number).toBe(1);
  });
});
