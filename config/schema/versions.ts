import { z } from 'zod';
import type { VersionSource } from '../../release/project';
import { gitName } from './git-ref';
import { jsonPath, text } from './text';

/** Which commit a version is. */
export const versions = z
  .union([
    z.literal('commit').transform((): VersionSource => ({ kind: 'commit' })),
    z
      .strictObject({ tag: gitName('Name of the tag that marks a version, with {version}.', 'release/v{version}') })
      .transform(({ tag }): VersionSource => ({ kind: 'tag', pattern: tag })),
    z
      .strictObject({
        manifest: z
          .strictObject({
            file: text('File in the repository that holds the version.', 'package.json'),
            field: jsonPath('Dotted path of the version in it.', 'version'),
          })
          .meta({ description: 'A file that says which version a commit is.' }),
      })
      .transform(({ manifest }): VersionSource => ({ kind: 'manifest', ...manifest })),
  ])
  .meta({
    description:
      'Which commit a version is. tag: the one that the tag marks; manifest: the first on the trunk whose file says so; ' +
      'commit: the version is a commit id.',
    examples: [{ tag: 'release/v{version}' }, { manifest: { file: 'package.json', field: 'version' } }, 'commit'],
  });
