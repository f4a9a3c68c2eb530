/** What the forms of gates have in common. */
import { z } from 'zod';
import type { GateRule } from '../../release/gate-rule';
import { duration, positiveDuration } from './duration';
import { refuse } from './refuse';
import { name, text } from './text';

/** A gate before it has its name, if none is written. */
export type Unnamed<R> = R extends GateRule ? Omit<R, 'name'> & { readonly name?: string } : never;

/** A program or a server that needs longer answers `pending`: the whole look must fit into one of ours. */
const longestAnswer = 120_000;

/** Milliseconds that a gate is waited for at most. */
export const longestWait = 7 * 86_400_000;

/** The time limit of one answer. */
export const answerTime = (usual: string) =>
  positiveDuration('How long one answer may take; one that takes longer is asked for with the verdict `pending`.')
    .superRefine((ms, context) => {
      if (ms > longestAnswer) refuse(context, 'is too long', 'Write 2m or less, and answer `pending` meanwhile.');
    })
    .prefault(usual);

/** What every gate has. */
export const common = {
  name: name('What people call this gate; unique in its environment. Default: its kind.', 'unit-tests').exactOptional(),
  wait: duration('How long a pending answer is waited for, at most; 0 = not at all.')
    .superRefine((ms, context) => {
      if (ms > longestWait) refuse(context, 'is too long', 'Write 7d or less.');
    })
    .prefault('30m'),
  guard: z
    .enum(['hard', 'soft'])
    .meta({
      description: 'A hard gate that does not pass ends the release; a soft one holds it until a person overrides it.',
    })
    .prefault('hard'),
  services: z
    .array(text('Name of a service.', 'api'))
    .meta({ description: 'Which services it asks about. Default: all.', examples: [['api']] })
    .prefault([]),
};
