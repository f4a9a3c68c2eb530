import * as fc from 'fast-check';
import { referencesIn, requireReferences, resolveReferences, type Lookup } from '../../release/env-references';

const lookup =
  (variables: Readonly<Record<string, string>>): Lookup =>
  (name) =>
    Object.hasOwn(variables, name) ? variables[name] : undefined;

/** Any JSON value. */
const json = fc.jsonValue();

/** A text that holds `$`, braces and references often. */
const text = fc
  .array(fc.constantFrom('a', '$', '{', '}', '${env:A}', '${env:B_2}', '${env:', 'env:A', '${A}', ':'), {
    maxLength: 8,
  })
  .map((parts) => parts.join(''));

function thrownBy(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return error;
  }
}

describe('resolving references', () => {
  test('replaces every reference at any depth, and nothing else', () => {
    const value = {
      url: 'https://${env:HOST}:${env:PORT}/x?${HOST}&$HOST',
      list: ['${env:HOST}', 7, null, true, { deep: '${env:HOST}' }],
      '${env:HOST}': '',
    };
    expect(resolveReferences(value, lookup({ HOST: 'shop.example', PORT: '80' }), 'service api')).toEqual({
      url: 'https://shop.example:80/x?${HOST}&$HOST',
      list: ['shop.example', 7, null, true, { deep: 'shop.example' }],
      '${env:HOST}': '',
    });
  });

  test('names all that is missing, once each', () => {
    const value = ['${env:A}${env:B}', { again: '${env:A}', set: '${env:C}' }];
    const resolve = () => resolveReferences(value, lookup({ C: 'c' }), 'the smoke checks of api');
    expect(thrownBy(resolve)).toMatchObject({
      code: 'ENV_REFERENCE_UNDEFINED',
      message: 'These environment variables are not set on the worker: A, B (needed by the smoke checks of api).',
      todo: 'Set A, B where the worker of this environment runs, start that worker anew, then release again.',
    });
  });

  test('tells of every place of every variable that is missing, before anything is used', () => {
    const parts = { 'services.api.live': '${env:A}', 'services.api.smoke': ['${env:B}${env:A}'], other: '${env:C}' };
    expect(() => requireReferences(parts, lookup({ A: '', B: '', C: '' }))).not.toThrow();
    expect(thrownBy(() => requireReferences(parts, lookup({ C: 'c' })))).toMatchObject({
      code: 'ENV_REFERENCE_UNDEFINED',
      details: { name: 'A, B', where: 'services.api.live (A), services.api.smoke (B, A)' },
    });
    expect(thrownBy(() => requireReferences(parts, lookup({ A: 'a', C: 'c' })))).toMatchObject({
      details: { name: 'B', where: 'services.api.smoke' },
    });
  });

  test('a variable that is set but empty is a value', () => {
    expect(resolveReferences('[${env:EMPTY}]', lookup({ EMPTY: '' }), 'x')).toBe('[]');
  });

  test('a value is used as it stands, whatever it holds', () => {
    const variables = { A: '$& $1 ${env:B} ${env:A}' };
    expect(resolveReferences('<${env:A}>', lookup(variables), 'x')).toBe('<$& $1 ${env:B} ${env:A}>');
  });

  test('does not change what it is given', () => {
    const value = Object.freeze({ list: Object.freeze(['${env:A}']) });
    expect(resolveReferences(value, lookup({ A: 'a' }), 'x')).toEqual({ list: ['a'] });
    expect(value).toEqual({ list: ['${env:A}'] });
  });

  test('a value without references comes out equal, and needs no variable', () => {
    fc.assert(
      fc.property(json, (value) => {
        fc.pre(referencesIn(value).length === 0);
        expect(resolveReferences(value, () => undefined, 'x')).toEqual(value);
      }),
    );
  });

  test('replacing each reference by itself changes nothing', () => {
    fc.assert(
      fc.property(fc.array(text), (value) => {
        expect(resolveReferences(value, (name) => `\${env:${name}}`, 'x')).toEqual(value);
      }),
    );
  });

  test('asks for exactly the variables that referencesIn lists', () => {
    fc.assert(
      fc.property(fc.array(text), (value) => {
        const asked = new Set<string>();
        resolveReferences(value, (name) => (asked.add(name), ''), 'x');
        expect([...asked]).toEqual(referencesIn(value));
      }),
    );
  });
});

describe('listing references', () => {
  test.each<[unknown, string[]]>([
    ['${env:A} ${env:_b2} ${env:A}', ['A', '_b2']],
    [
      ['${env:B}', { x: '${env:A}' }],
      ['B', 'A'],
    ],
    ['${env:} ${env:2A} ${env:A-B} ${ENV:A} $env:A {env:A} ${env:A', []],
    ['$${env:A}', ['A']],
    [{ '${env:A}': 1 }, []],
    [null, []],
    [undefined, []],
  ])('%j refers to %j', (value, names) => {
    expect(referencesIn(value)).toEqual(names);
  });
});
