import { z } from 'zod';
import type { LiveProbe } from '../../release/project';
import { duration, positiveDuration } from './duration';
import { headers, httpUrl } from './http';
import { count, jsonPath } from './text';

/** `live: { http, json }`: how we see what is really live. */
export const live = z
  .strictObject({
    http: httpUrl('Address that tells what is live.'),
    headers,
    json: jsonPath(
      'Dotted path of the value in the JSON answer. Default: the whole body, as text.',
      'commit',
      'build.version',
    ).default(''),
    is: z
      .enum(['commit', 'version'])
      .meta({
        description:
          'What the value is: a commit id (at least 7 hex digits) or a version. ' +
          'Default: version if the path in `json` ends in "version", otherwise commit.',
      })
      .exactOptional(),
    readings: count('How many equal readings in a row count as live.', 1, 100).prefault(3),
    interval: duration('Time between two readings.').prefault('1s'),
    timeout: positiveDuration('How long one answer is waited for.').prefault('5s'),
    patience: duration('How long a moved pointer may take to be seen live.').prefault('10m'),
  })
  .meta({
    description: 'How we see what is really live.',
    examples: [{ http: '${env:API_URL}/version', json: 'commit' }],
  })
  .transform(({ http, is, ...rest }): LiveProbe => ({
    url: http,
    is: is ?? (/version$/i.test(rest.json) ? 'version' : 'commit'),
    ...rest,
  }));
