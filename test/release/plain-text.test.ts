import fc from 'fast-check';
import { fittedBytes, markdownSentence, markdownText, urlLength } from '../../release/plain-text';

describe('text in few bytes', () => {
  it('is cut where it would be too long, and says so', () => {
    expect(fittedBytes('short', 200)).toBe('short');
    expect(fittedBytes('ö'.repeat(10), 9)).toBe('ööö…');
  });

  it('never takes more than its limit', () =>
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 3, max: 300 }), (text, limit) => {
        expect(Buffer.byteLength(fittedBytes(text, limit))).toBeLessThanOrEqual(limit);
      }),
    ));
});

it('The length of text in an address is that of its encoding', () =>
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(urlLength(text)).toBe(encodeURIComponent(text).length);
    }),
  ));

describe('a sentence of ours in Markdown', () => {
  it('keeps code as code and all else as text', () =>
    expect(markdownSentence('Run `slipway status --all`, *then* <wait>.')).toBe(
      'Run `slipway status --all`, \\*then\\* \\<wait\\>.',
    ));

  it('takes a lone backtick for text', () => expect(markdownSentence('a ` b')).toBe('a \\` b'));
});

it('An underscore within a word stays, one around a word is no emphasis', () =>
  expect(markdownText('002_reviews _not_')).toBe('002_reviews \\_not\\_'));
