import { z } from 'zod';
import type { Builds } from '../../release/project';
import { duration, positiveDuration } from './duration';
import { headers, httpUrl, method } from './http';
import { jsonPath } from './text';

const active = z
  .strictObject({
    http: httpUrl('Address that tells how many builds are active; {ref} and {commit} are filled in.'),
    json: jsonPath(
      'Dotted path of a number, or of a list whose length counts. Default: the whole answer.',
      'total',
      'builds',
    ).default(''),
    headers,
  })
  .meta({ description: 'How many builds are active at the host.' })
  .transform(({ http, ...rest }) => ({ url: http, ...rest }));

const cancel = z
  .strictObject({
    http: httpUrl('Address of the request that cancels the builds; {ref} and {commit} are filled in.'),
    method: method('HTTP method.').prefault('POST'),
    headers,
  })
  .meta({ description: 'The request that cancels the builds that a move started.' })
  .transform(({ http, ...rest }) => ({ url: http, ...rest }));

/** What a pointer's move starts at the host, and how it is watched and stopped before an undo. */
export const builds: z.ZodType<Builds> = z
  .strictObject({
    active: active.exactOptional(),
    cancel: cancel.exactOptional(),
    settle: duration('How long nothing may stir before the host counts as quiet.').prefault('10s'),
    patience: positiveDuration('How long quiet is waited for.').prefault('15m'),
  })
  .meta({
    description: 'What a move starts at the host, and how it is watched and stopped before an undo.',
    examples: [{ settle: '10s', patience: '15m' }],
  })
  .prefault({});
