import * as fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { parseProject } from '../../config/load-project';
import { ConfigInvalidError } from '../../config/problems';

/** Words that are found in every object, unless one asks whether they are its own. */
const ofObjects = ['__proto__', 'constructor', 'toString', ['__proto__']];

const at = { file: 'slipway.yaml', folder: '/srv/shop' };
const good = readFileSync(join(__dirname, 'good/everything.yaml'), 'utf8');

/** The file is read, or refused with places that are in it; nothing else may happen. */
function isReadOrRefused(text: string): boolean {
  try {
    parseProject(text, at);
    return true;
  } catch (error) {
    if (!(error instanceof ConfigInvalidError)) throw error;
    const lines = text.split('\n');
    for (const { line, column } of error.problems) {
      expect(line).toBeGreaterThanOrEqual(1);
      expect(line).toBeLessThanOrEqual(lines.length);
      expect(column).toBeGreaterThanOrEqual(1);
      expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
    }
    return error.problems.length > 0;
  }
}

/** The paths of every value in a value. */
function pathsOf(value: unknown): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [[]];
  return [[], ...Object.entries(value).flatMap(([key, item]) => pathsOf(item).map((path) => [key, ...path]))];
}

function replaceAt(value: unknown, [key, ...rest]: readonly (string | number)[], change: unknown): unknown {
  if (key === undefined) return change;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<string, unknown>;
  copy[key] = replaceAt(copy[key], rest, change);
  return copy;
}

describe('any file is read, or refused with a place for every problem', () => {
  test('with any value in any place', () => {
    const value: unknown = parse(good);
    const odd = fc.oneof(
      fc.jsonValue({ maxDepth: 2 }),
      fc.constantFrom(null, '', [], {}, '${env:X}', '$X', '{x}', -1, 1.5, ...ofObjects, ['a'], { a: 1 }, 'v{version}'),
    );
    fc.assert(
      fc.property(fc.constantFrom(...pathsOf(value)), odd, (path, change) => {
        expect(isReadOrRefused(stringify(replaceAt(value, path, change)))).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    ['teams', 'backend', '1'],
    ['environments', 'production', 'approvals', '0', 'approvers', '0'],
    ['environments', 'production', 'may', 'stop'],
  ])('with a word of every object for a name at %s.%s', (...path) => {
    for (const word of ofObjects) {
      expect(isReadOrRefused(stringify(replaceAt(parse(good), path, word)))).toBe(true);
    }
  });

  test('with any piece cut out, or any characters put in', () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 4 }),
      fc.constantFrom('\t', '\n', ': ', '{', '}', '[', '*a', '&a ', '- ', '"', '<<: '),
    );
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(6), piece, (start, length, added) => {
        expect(isReadOrRefused(good.slice(0, start) + added + good.slice(start + length))).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  test('also if it is no YAML at all', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => expect(isReadOrRefused(text)).toBe(true)));
  });
});
