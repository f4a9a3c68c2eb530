import * as fc from 'fast-check';
import { createRedactor } from '../../activities/redaction';
import { resolveReferences } from '../../release/env-references';

/** A redactor through whose lookup these values have gone. */
function redactorOf(...values: readonly string[]) {
  const redactor = createRedactor();
  const lookup = redactor.remember((name) => values[Number(name)]);
  values.forEach((_, index) => lookup(String(index)));
  return redactor;
}

const redactWith = (...values: readonly string[]) => redactorOf(...values).redact;

describe('a remembered value', () => {
  const secret = 'pa$$w0rd+/"x\\y';
  const redact = redactWith(secret);

  test.each([
    ['as it is', `login ${secret} refused`],
    ['in a URL', `GET /?q=${encodeURIComponent(secret)}`],
    ['in JSON', JSON.stringify({ a: `<${secret}>` })],
    ['in Basic authorization', Buffer.from(secret).toString('base64')],
    ['twice', `${secret}${secret}`],
  ])('is masked %s', (_, text) => {
    const masked = redact(text);
    expect(masked).toContain('***');
    for (const form of ['pa$$', 'w0rd', encodeURIComponent(secret)]) expect(masked).not.toContain(form);
  });

  test('is masked only once it was given out', () => {
    const redactor = createRedactor();
    const lookup = redactor.remember((name) => ({ TOKEN: 'abc-123-def' })[name]);
    expect(redactor.redact('abc-123-def')).toBe('abc-123-def');
    expect(lookup('TOKEN')).toBe('abc-123-def');
    expect(lookup('OTHER')).toBeUndefined();
    expect(redactor.redact('<abc-123-def>')).toBe('<***>');
  });

  test('is masked whole, though another is its beginning', () => {
    expect(redactWith('abcdef', 'abcdefghi')('abcdefghi')).toBe('***');
  });

  test('of several lines is masked line by line', () => {
    const key = '-----BEGIN KEY-----\nMIIBVgIBADANBg\nkqhkiG9w0BAQEF\n-----END KEY-----\n';
    expect(redactWith(key)('at kqhkiG9w0BAQEF and MIIBVgIBADANBg')).toBe('at *** and ***');
  });

  test.each(['abc', 'true', 'Production', '8080', '65535', '', ' \n'])(
    'such as %j says nothing and is left',
    (value) => {
      expect(redactWith(value)(`it is ${value} here`)).toBe(`it is ${value} here`);
    },
  );
});

describe('an address', () => {
  test('without a login stays readable', () => {
    const redact = redactWith('http://127.0.0.1:4000', 'https://api.example.org/shop/v1');
    expect(redact('GET http://127.0.0.1:4000/books failed')).toBe('GET http://127.0.0.1:4000/books failed');
    expect(redact('https://api.example.org/shop/v1')).toBe('https://api.example.org/shop/v1');
  });

  test('of a database loses its login, wherever parts of it turn up', () => {
    const redact = redactWith('postgres://shop:p%40ssw0rd@db:5432/shop');
    expect(redact('postgres://shop:p%40ssw0rd@db:5432/shop')).toBe('postgres://***@db:5432/shop');
    expect(redact('password p@ssw0rd or p%40ssw0rd')).toBe('password *** or ***');
    expect(redact(`Basic ${Buffer.from('shop:p@ssw0rd').toString('base64')}`)).toBe('Basic ***');
  });

  test.each([
    ['a token as its user', 'https://ghp-token-1@github.com/a/b.git', 'ghp-token-1'],
    ['a token in its query', 'https://hooks.example.org/x?key=t0ps3cret', 't0ps3cret'],
    ['a token in its path', 'https://hooks.example.org/services/T0123456/abcdEFGH12345678', 'abcdEFGH12345678'],
  ])('with %s loses that', (_, address, token) => {
    const masked = redactWith(address)(`POST ${address}: ${token}`);
    expect(masked).not.toContain(token);
    expect(masked).toMatch(/^POST https:/);
  });
});

describe('even if nobody has remembered it', () => {
  const { redact } = createRedactor();

  test.each([
    ['fatal: https://ada:s3cret@git.example.org/x.git not found', 'fatal: https://***@git.example.org/x.git not found'],
    ['https://ada:s3/cr@et@git.example.org/', 'https://***@git.example.org/'],
    ['https://ghp_abc@git.example.org/', 'https://***@git.example.org/'],
    ['Authorization: Bearer abc.def', 'Authorization: Bearer ***'],
    ['"authorization":"Basic YTpi","x":1', '"authorization":"Basic ***","x":1'],
    ['{\\"password\\":\\"abc\\",\\"x\\":1}', '{\\"password\\":\\"***\\",\\"x\\":1}'],
    ['{"password":"a\\"bc","x":1}', '{"password":"***","x":1}'],
    ["X-Api-Key: 'k1 k2'", "X-Api-Key: '***'"],
    ['PGPASSWORD=abc psql', 'PGPASSWORD=*** psql'],
    ['client_secret=abc&scope=x', 'client_secret=***&scope=x'],
    ['Cookie: a=1; b=2\nHost: x', 'Cookie: ***\nHost: x'],
    ['set-cookie: a=1; HttpOnly', 'set-cookie: ***'],
    ['sent Bearer eyJhbGciOi.x', 'sent Bearer ***'],
  ])('%j becomes %j', (text, masked) => {
    expect(redact(text)).toBe(masked);
  });

  test.each([
    'see https://github.com/@scope/name and mail ada@example.org',
    'GET http://127.0.0.1:4873/@scope/name',
    '{"token":null,"password":{"set":true},"secret":["a"]}',
    'tokens: 12 were sent',
    'the bearer of news, basic functionality',
    'The environment variable API_TOKEN is not set on the worker',
    'status 500, expected 200',
    'refs/tags/v1.2.0 is at 0123456789',
  ])('%j is left as it is', (text) => {
    expect(redact(text)).toBe(text);
  });

  test('a hostile text of a megabyte does not hold it up', () => {
    for (const part of ['//a:', 'password', 'cookie:"', 'Bearer a', '//', 'token=\\"', '-']) {
      const text = part.repeat(1_000_000 / part.length);
      expect(typeof redact(text)).toBe('string');
    }
  });
});

describe('whatever happens', () => {
  const secrets = fc
    .stringMatching(/^[A-Za-z0-9!$%&/()=?+~#_.:;,<>|@"'{}[\]\\-]{6,30}$/)
    .filter((text) => !/^\w+:\/\//.test(text) && !/^\d{1,5}$/.test(text));

  test('a resolved secret appears in no text that is told', () => {
    fc.assert(
      fc.property(
        fc.array(secrets, { minLength: 1, maxLength: 4 }),
        fc.array(fc.string(), { maxLength: 5 }),
        fc.nat(),
        (values, around, pick) => {
          const { remember, redact } = createRedactor();
          const lookup = remember((name) => values[Number(name.slice(1))]);
          const header = resolveReferences('Bearer ${env:_0}', lookup, 'a test');
          values.forEach((_, index) => lookup(`_${index}`));
          const told = around.join(`${values[pick % values.length]}`);
          const masked = redact(
            `${header} ${told} ${JSON.stringify(told)} ${JSON.stringify(JSON.stringify({ told }))}`,
          );
          for (const value of values) expect(masked).not.toContain(value);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('a line of JSON stays one, with everything in it that is not secret', () => {
    const keys = fc.constantFrom('password', 'msg', 'authorization', 'x-api-key', 'detail', 'cookie', 'url');
    const texts = fc.oneof(
      fc.string(),
      fc.constantFrom('Bearer abc.def12', 'a "quoted" word', 'https://a:b@c/', '\\', 'password: "x y"'),
    );
    const lines = fc.dictionary(keys, fc.oneof(texts, fc.constant(null), fc.boolean(), fc.record({ msg: texts })));
    fc.assert(
      fc.property(lines, (line) => {
        const { redact } = createRedactor();
        const read = JSON.parse(redact(JSON.stringify({ ...line, last: 1 }))) as Record<string, unknown>;
        expect(Object.keys(read)).toEqual(Object.keys({ ...line, last: 1 }));
      }),
      { numRuns: 2000 },
    );
  });

  test('masking twice is masking once', () => {
    const words = fc.constantFrom(
      '//',
      'a:b@',
      'password',
      ': ',
      '=',
      '"',
      '\\"',
      'Bearer ',
      'abc12345',
      "'",
      'cookie',
      '\n',
      ' ',
      '***',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 12 }), (parts) => {
        const redact = redactWith('abc12345');
        const once = redact(parts.join(''));
        expect(redact(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });
});
