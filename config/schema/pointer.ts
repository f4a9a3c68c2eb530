import { z } from 'zod';
import type {
  BranchPointer,
  BranchUndoPolicy,
  RedeployCommand,
  TagPointer,
  TagUndoPolicy,
} from '../../release/project';
import { builds } from './builds';
import { commandLine, commandTimeout, toCommand } from './command';
import { gitName } from './git-ref';

const deleteBadTag = z
  .boolean()
  .meta({
    description: 'Delete the tag of the bad version once the tag that brings the previous version back is there.',
  })
  .prefault(false);

const undoCommand = commandLine(
  'Program that brings the previous version back. Filled in: {service}, {environment}, {version}, {previous}, ' +
    '{commit}, {previousCommit}, {ref}, {tag}; the same stand in SLIPWAY_… variables.',
);

type TagUndoForm = TagUndoPolicy | { readonly by: 'new-tag'; readonly name: undefined; readonly deleteBadTag: boolean };

const tagUndo = z
  .union([
    z
      .enum(['new-tag', 'delete', 'none'])
      .transform((by): TagUndoForm => (by === 'new-tag' ? { by, name: undefined, deleteBadTag: false } : { by })),
    z
      .strictObject({
        newTag: z
          .strictObject({
            name: gitName(
              'Name of the tag that brings the previous version back. Default: the pointer’s name with ' +
                '{previous}-rollback.{n} in place of {version}.',
              'v{previous}-rollback.{n}',
            ).optional(),
            deleteBadTag,
          })
          .meta({ description: 'The tag that brings the previous version back.' }),
      })
      .transform((form): TagUndoForm => ({
        by: 'new-tag',
        name: form.newTag.name,
        deleteBadTag: form.newTag.deleteBadTag,
      })),
    z
      .strictObject({ command: undoCommand, timeout: commandTimeout, deleteBadTag })
      .transform((form): TagUndoForm => ({ by: 'command', command: toCommand(form), deleteBadTag: form.deleteBadTag })),
  ])
  .meta({
    description:
      'How a release is undone. new-tag: an annotated tag on the previous commit; delete: for a deployer that follows ' +
      'the highest tag; a command; none: forward-only.',
    examples: [
      'new-tag',
      'delete',
      'none',
      { newTag: { name: 'v{previous}-rollback.{n}' } },
      { command: './rollback.sh' },
    ],
  })
  .prefault('new-tag');

const redeployCommand = z
  .strictObject({
    command: commandLine('Program that has the host build what runs once more.'),
    timeout: commandTimeout,
  })
  .transform((form): RedeployCommand => ({ by: 'command', command: toCommand(form) }));

const tagRedeploy = z
  .union([
    gitName('Name of a tag, with {version} and {n}.', 'v{version}-redeploy.{n}').transform(
      (name): NonNullable<TagPointer['redeploy']> => ({ by: 'new-tag', name }),
    ),
    redeployCommand,
  ])
  .meta({
    description:
      'What has the host build what runs once more, for `slipway redeploy`: a new tag on the same commit (default: the ' +
      'pointer’s name with {version}-redeploy.{n} in place of {version}), or a command.',
    examples: ['v{version}-redeploy.{n}', { command: './redeploy.sh {environment}' }],
  });

/** `kind: tag`: a release is the creation of an annotated tag. */
const tagPointer = z
  .strictObject({
    kind: z.literal('tag').meta({ description: 'A release is the creation of a tag.' }),
    name: gitName('Name of the tag, with {version}.', 'v{version}'),
    undo: tagUndo,
    redeploy: tagRedeploy.exactOptional(),
    builds,
  })
  .meta({ description: 'A release is the creation of an annotated tag.' })
  .transform(({ undo, ...rest }): TagPointer => ({ ...rest, undo: withRollbackName(undo, rest.name) }));

const branchUndo = z
  .union([
    z.enum(['force', 'revert', 'none']).transform((by): BranchUndoPolicy => ({ by })),
    z
      .strictObject({ command: undoCommand, timeout: commandTimeout })
      .transform((form): BranchUndoPolicy => ({ by: 'command', command: toCommand(form) })),
  ])
  .meta({
    description:
      'How a release is undone. force: back to the exact old commit, with an exact lease; revert: a new commit with the ' +
      'old contents, where the remote forbids force; a command; none: forward-only.',
    examples: ['force', 'revert', 'none', { command: './rollback.sh' }],
  })
  .prefault('force');

/** `kind: branch`: a release is the fast-forward of a branch. */
const branchPointer = z
  .strictObject({
    kind: z.literal('branch').meta({ description: 'A release is the fast-forward of a branch.' }),
    name: gitName('Name of the branch.', 'production'),
    undo: branchUndo,
    redeploy: redeployCommand
      .meta({
        description:
          'What has the host build what runs once more, for `slipway redeploy`: a branch that stays starts nothing.',
        examples: [{ command: './redeploy.sh {environment}' }],
      })
      .exactOptional(),
    builds,
  })
  .meta({ description: 'A release is the fast-forward of a branch.' })
  .transform((form): BranchPointer => form);

/** The mutable thing that decides what an environment runs, told by `kind`. A new kind is one more line here. */
export const pointer = z.discriminatedUnion('kind', [tagPointer, branchPointer]).meta({
  description: 'The mutable thing that decides what an environment runs.',
  examples: [
    { kind: 'tag', name: 'v{version}' },
    { kind: 'branch', name: 'production' },
  ],
});

/** The tag that brings a previous version back is called like the pointer's own tags, so that deployers see it. */
function withRollbackName(undo: TagUndoForm, pointerName: string): TagUndoPolicy {
  if (undo.by !== 'new-tag') return undo;
  return { ...undo, name: undo.name ?? pointerName.replaceAll('{version}', '{previous}-rollback.{n}') };
}
