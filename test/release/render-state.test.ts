import { liveBlock, renderStatus, timelineLine, waitingLines } from '../../release/render-state';
import { expectGolden } from './golden';
import { aRolledBackState, aState, aStuckState } from './sample-release';

const now = '2026-03-01T10:05:00.000Z';

describe('The status of a release', () => {
  it('reads as in its golden file while people are asked', () =>
    expectGolden('status-approval.txt', renderStatus(aState(), now)));
  it('reads as in its golden file when a person must decide', () =>
    expectGolden('status-attention.txt', renderStatus(aStuckState(), now)));
  it('reads as in its golden file at the end', () =>
    expectGolden('status-ended.txt', renderStatus(aRolledBackState(), now)));

  it('tells who said yes and how many are missing', () => {
    const state = aStuckState();
    const lines = waitingLines({ ...state, phase: 'awaiting approval', waitingFor: aState().waitingFor }, now);
    expect(lines).toContain('  approval: complete; yes from grace');
  });

  it('says when a release is paused, by whom and until when', () => {
    expect(renderStatus(aState({ paused: { by: 'ada', until: '2026-03-01T11:00:00.000Z' } }), now)).toContain(
      '(paused by ada until 2026-03-01 11:00 UTC)',
    );
  });
});

describe('Progress', () => {
  it('is a line for each thing that happened', () => {
    expect(timelineLine(aState().timeline[1]!)).toBe('10:00:03Z ▸ awaiting approval');
  });

  it('cannot be forged by a line break or a control character in a message', () => {
    const entry = { n: 1, at: now, kind: 'note' as const, text: 'a\n10:00:00Z ✓ all is well\u001b[1A' };
    expect(timelineLine(entry)).toBe('10:05:00Z · a 10:00:00Z ✓ all is well\\u{001b}[1A');
  });

  it('in a terminal is a block as in its golden file', () => {
    expectGolden('live-block.txt', `${liveBlock(aStuckState(), now, 80).join('\n')}\n`);
  });

  it('in a terminal never has a line that is wider than the terminal', () => {
    for (const width of [20, 40, 80]) {
      for (const state of [aState(), aStuckState(), aRolledBackState()]) {
        const widths = liveBlock(state, now, width).map((line) => [...line].length);
        expect(Math.max(...widths)).toBeLessThanOrEqual(width);
      }
    }
  });
});
