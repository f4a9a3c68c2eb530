import { z } from 'zod';
import { gitName } from './git-ref';
import { ownRepository } from './repository';
import { refuse } from './refuse';

const file = z
  .string()
  .min(1)
  .meta({ description: 'This file’s path from the root of that repository.', examples: ['slipway.yaml'] })
  .superRefine((value, context) => {
    const isInside = !value.startsWith('/') && !value.split('/').some((part) => part === '..' || part === '');
    if (!isInside) refuse(context, 'is no path from the repository’s root', 'Write for example deploy/slipway.yaml.');
  });

/** The protected commit that the rules come from. */
export const rules = z
  .strictObject({
    branch: gitName('A branch that only reviewed changes reach; the trunk if it is left out.', 'main').exactOptional(),
    file: file.prefault('slipway.yaml'),
    repository: ownRepository.exactOptional(),
  })
  .meta({
    description:
      'The rules come from this file at the head of a protected branch, not from the copy of whoever asks for a release.',
    examples: [{ branch: 'main', file: 'slipway.yaml' }],
  });
