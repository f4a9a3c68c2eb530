import { z } from 'zod';
import type { Check, HttpCheck } from '../../release/project';
import { nameOfHttpCheck } from '../names-of-checks';
import { duration, positiveDuration } from './duration';
import { headers, httpUrl, method } from './http';
import { count, jsonPath, text } from './text';

const defaultTimeout = 10_000;

/** `{ http: URL, … }`: a request and what its answer must be. */
const httpCheck = z
  .strictObject({
    http: httpUrl('Address to ask.'),
    name: text('What people call this check; unique in its list. Default: method and path.', 'books').exactOptional(),
    method: method('HTTP method.').prefault('GET'),
    headers,
    body: z.string().meta({ description: 'Body to send.' }).exactOptional(),
    status: count('Status that the answer must have.', 100, 599).prefault(200),
    contains: text('Text that the body must hold.', 'title').exactOptional(),
    json: z
      .record(
        jsonPath('Dotted path.', 'status', 'items.0.id'),
        z.union([z.string(), z.number(), z.boolean(), z.null()]).meta({ examples: ['ok', 0, true] }),
      )
      .meta({ description: 'Dotted path → value that the JSON body must have there.' })
      .prefault({}),
    within: positiveDuration('The answer must be complete in this time, or the check has failed.').exactOptional(),
    timeout: positiveDuration(
      'How long an answer is waited for at all; none in this time = could not tell. Default: 10s, or `within` if longer.',
    ).exactOptional(),
    redirects: count('How many redirects are followed; 0 = the redirect itself is the answer.', 0, 20).prefault(0),
    tries: count('The check passes as soon as one try of this many does.', 1, 100).prefault(3),
    interval: duration('Time between two tries.').prefault('1s'),
  })
  .meta({ description: 'An HTTP request and what its answer must be.' })
  .transform(({ http, name, timeout, ...rest }): HttpCheck => ({
    kind: 'http',
    name: name ?? nameOfHttpCheck(rest.method, http),
    url: http,
    timeout: timeout ?? Math.max(defaultTimeout, rest.within ?? 0),
    ...rest,
  }));

/** A check of a running service, told by its first key. A new kind is one more line here. */
export const check: z.ZodType<Check> = z.union([httpCheck]);

/** A list of checks. */
export const checks = (description: string) =>
  z
    .array(check)
    .meta({ description, examples: [[{ http: '${env:API_URL}/health', status: 200 }]] })
    .prefault([]);
