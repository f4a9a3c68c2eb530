import { ApplicationFailure, CancelledFailure, CompleteAsyncError } from '@temporalio/activity';
import { ActivityFailure } from '@temporalio/common';
import * as fc from 'fast-check';
import { Client } from 'pg';
import { toApplicationFailure } from '../../activities/failures';
import { createRedactor } from '../../activities/redaction';
import { errorReport, errorTable, SlipwayError, type ErrorCode } from '../../release/errors';
import { reportOf } from '../../release/report-of';

const same = (text: string) => text;
const redactor = createRedactor();
redactor.remember(() => 's3cret-value')('SECRET');

const codes = Object.keys(errorTable) as ErrorCode[];

function failureFrom(error: unknown, redact: (text: string) => string = same): ApplicationFailure {
  const failure = toApplicationFailure(error, redact);
  if (!(failure instanceof ApplicationFailure)) throw new Error(`no ApplicationFailure but ${failure.name}`);
  return failure;
}

test.each(codes)('%s keeps its code, its report and whether a retry can help', (code) => {
  const failure = failureFrom(new SlipwayError(code, { service: 'api' }));
  expect(failure.type).toBe(code);
  expect(failure.nonRetryable).toBe(!errorTable[code].retryable);
  expect(failure.details).toEqual([errorReport(code, { service: 'api' })]);
  expect(failure.message).toBe(errorReport(code, { service: 'api' }).message);
});

test.each([
  ['a cancellation', new CancelledFailure('people said so')],
  ['an activity that ends elsewhere', new CompleteAsyncError()],
])('%s stays what it is', (_, error) => {
  expect(toApplicationFailure(error, same)).toBe(error);
});

test('an abort is a cancellation', () => {
  expect(toApplicationFailure(AbortSignal.abort().reason, same)).toBeInstanceOf(CancelledFailure);
});

test.each<[string, unknown, string]>([
  ['an error of the program', new TypeError('x is not a function'), 'TypeError: x is not a function'],
  ['a thrown text', 'oh', 'oh'],
  ['nothing', undefined, 'undefined'],
  ['an object', { a: 1 }, '{ a: 1 }'],
])('%s is a mistake of ours, and is tried again', (_, error, detail) => {
  expect(failureFrom(error)).toMatchObject({
    type: 'INTERNAL',
    nonRetryable: false,
    details: [{ details: { detail } }],
  });
});

describe("PostgreSQL's word", () => {
  const url = process.env['SLIPWAY_TEST_DATABASE_URL'] ?? '';

  async function errorOf(sql: string, change: (url: URL) => void = () => undefined): Promise<unknown> {
    const address = new URL(url);
    change(address);
    const client = new Client({ connectionString: address.href });
    try {
      await client.connect();
      await client.query(sql);
    } catch (error) {
      return error;
    } finally {
      await client.end();
    }
    throw new Error('no error came');
  }

  test('that there is no such database is a refusal that no retry mends', async () => {
    const error = await errorOf('SELECT 1', (address) => (address.pathname = '/no_such_database'));
    expect(failureFrom(error)).toMatchObject({ type: 'DATABASE_DENIED', nonRetryable: true });
  });

  test('that the connection was ended is no answer, and is tried again', async () => {
    const error = await errorOf('SELECT pg_terminate_backend(pg_backend_pid())');
    expect(failureFrom(error)).toMatchObject({ type: 'DATABASE_UNREACHABLE', nonRetryable: false });
  });

  test('on anything else is a mistake of ours, with its code', async () => {
    const failure = failureFrom(await errorOf('SELECT nothing'));
    expect(failure).toMatchObject({ type: 'INTERNAL', message: expect.stringContaining('SQLSTATE 42703') as string });
  });
});

describe('secrets', () => {
  const everything = (failure: Error) =>
    JSON.stringify([failure.message, failure.stack, failure, (failure as ApplicationFailure).details, failure.cause]);

  test('reach no part of a failure, whatever was thrown', () => {
    const text = fc.tuple(fc.string(), fc.string()).map(([before, after]) => `${before}s3cret-value${after}`);
    const thrown = text.chain((secret) =>
      fc.constantFrom<unknown>(
        new Error(secret, { cause: new Error(secret) }),
        new SlipwayError('REMOTE_DENIED', { url: secret, detail: secret }, { cause: new Error(secret) }),
        new SlipwayError('VERSION_UNKNOWN', { hint: secret }),
        ApplicationFailure.create({ message: secret, details: [{ deep: [secret] }], cause: new Error(secret) }),
        secret,
        { secret },
      ),
    );
    fc.assert(
      fc.property(thrown, (error) => {
        const told = everything(toApplicationFailure(error, redactor.redact));
        expect(told).not.toContain('s3cret-value');
        expect(told).toContain('***');
      }),
    );
  });

  test('of a URL that nobody has looked up are masked as well', () => {
    const error = new SlipwayError('REMOTE_UNREACHABLE', { url: 'https://ada:hush@git.example.org/', detail: 'x' });
    expect(everything(failureFrom(error, redactor.redact))).not.toContain('hush');
  });
});

describe('the report of an error', () => {
  const report = errorReport('BACKUP_FAILED', { service: 'api', detail: 'disk full' });
  const error = new SlipwayError('BACKUP_FAILED', { service: 'api', detail: 'disk full' });

  test.each<[string, unknown]>([
    ['itself', error],
    ['behind another', new Error('x', { cause: error })],
    ['as a failure', failureFrom(error)],
    [
      'as the failure of an activity',
      new ActivityFailure('x', 'makeBackups', '1', 'NON_RETRYABLE_FAILURE', 'me', failureFrom(error)),
    ],
    ['as plain data', { cause: { cause: { type: 'BACKUP_FAILED', details: [report] } } }],
  ])('is found %s', (_, thrown) => {
    expect(reportOf(thrown)).toEqual(report);
  });

  test('is made from the code alone where its details are rubbish', () => {
    for (const details of [undefined, [], ['x'], [{ code: 'CANCELLED' }]]) {
      expect(reportOf({ type: 'BACKUP_FAILED', details })).toEqual(errorReport('BACKUP_FAILED'));
    }
  });

  test('is not found where there is none', () => {
    for (const thrown of [undefined, null, 'BACKUP_FAILED', new Error('x'), { type: 'toString' }]) {
      expect(reportOf(thrown)).toBeUndefined();
    }
  });

  test('is not looked for without end', () => {
    const ring: { cause?: unknown } = {};
    ring.cause = ring;
    expect(reportOf(ring)).toBeUndefined();
  });
});
