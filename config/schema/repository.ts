import { z } from 'zod';
import { gitName } from './git-ref';
import { github } from './github';
import { text } from './text';

const url = text('Anything that git can push to. A relative path counts from this file’s folder.', './shop.git');
const trunk = gitName('The branch from which everything is released.', 'main');

/** Where the code lives. */
export const repository = z.strictObject({ url, trunk: trunk.prefault('main'), github: github.exactOptional() }).meta({
  description: 'Where the code lives. A service may have its own.',
  examples: [{ url: './shop.git', trunk: 'main' }],
});

/** What a service's own repository changes of the project's. */
export const ownRepository = z
  .strictObject({ url: url.exactOptional(), trunk: trunk.exactOptional(), github: github.exactOptional() })
  .meta({ description: 'The service’s own repository; what is left out is the project’s.' });
