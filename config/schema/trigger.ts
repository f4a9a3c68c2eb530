import { z } from 'zod';
import { duration } from './duration';
import { gitName } from './git-ref';
import { refuse } from './refuse';
import { text } from './text';

/** Milliseconds: a look more often would be a load for the host and no gain for anybody. */
const shortest = 5_000;

const every = duration('How often the repository is looked at; the shortest of all triggers counts.')
  .superRefine((value, context) => {
    if (value < shortest) refuse(context, 'is less than 5s', 'Write 5s or more, such as 30s.');
  })
  .prefault('30s');

/** A tag that asks for a release. */
export const trigger = z
  .strictObject({
    tag: gitName('Name of the annotated tags that ask for a release, with {version}.', 'release/v{version}'),
    environment: text('Where to.', 'production'),
    services: z
      .array(text('A service of this file.', 'api'))
      .min(1)
      .meta({ description: 'Which services are released. Default: all of them.', examples: [['api']] })
      .exactOptional(),
    every,
  })
  .meta({
    description: 'A tag that asks for a release.',
    examples: [{ tag: 'release/v{version}', environment: 'production' }],
  });
