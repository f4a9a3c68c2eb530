import fc from 'fast-check';
import { byteOffsets, indexOfCharacter, positionAt } from '../../../activities/database/source-position';

test('lines and columns are those of an editor', () => {
  const text = 'ab\r\né😀x';
  expect(positionAt(text, 0)).toEqual({ line: 1, column: 1 });
  expect(positionAt(text, text.indexOf('x'))).toEqual({ line: 2, column: 3 });
});

const text = fc.string({ unit: 'grapheme', maxLength: 40 });

test('the offset in UTF-8 of any character leads back to it, in whatever order it is asked', () => {
  fc.assert(
    fc.property(text, fc.array(fc.nat()), (written, picks) => {
      const characters = [...written];
      const indexOf = byteOffsets(written);
      for (const pick of picks) {
        const before = characters.slice(0, pick % (characters.length + 1)).join('');
        expect(indexOf(Buffer.byteLength(before))).toBe(before.length);
      }
    }),
  );
});

test('the count of characters before any character leads to it', () => {
  fc.assert(
    fc.property(text, fc.nat(), (written, pick) => {
      const count = pick % ([...written].length + 1);
      expect(indexOfCharacter(written, count)).toBe([...written].slice(0, count).join('').length);
    }),
  );
});
