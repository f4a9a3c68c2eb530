import { z } from 'zod';
import { checks } from './check';
import { database } from './database';
import { live } from './live';
import { pointer } from './pointer';
import { ownRepository } from './repository';
import { text } from './text';

/** A deployable unit. */
export const service = z
  .strictObject({
    repository: ownRepository.exactOptional(),
    after: z
      .array(text('Name of a service.', 'api'))
      .meta({ description: 'Services whose pointers must have moved before this one’s does.', examples: [['api']] })
      .prefault([]),
    database: database.exactOptional(),
    pointer,
    live,
    smoke: checks('Checks of the critical paths after the move.'),
  })
  .meta({ description: 'A deployable unit: repository, pointer, checks, perhaps a database, and a stated way back.' });
