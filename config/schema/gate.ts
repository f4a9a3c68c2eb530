import { z } from 'zod';
import type { GateRule } from '../../release/gate-rule';
import { duration } from './duration';
import { common, longestWait, type Unnamed } from './gate-parts';
import { command, http, monitoring, settings } from './gates-elsewhere';
import { refuse } from './refuse';
import { jsonPath, text } from './text';

const ci = z
  .strictObject({
    ci: z.union([z.literal('required'), z.array(text('Name of a check.', 'test')).min(1)]).meta({
      description: 'Check runs and commit statuses at GitHub: their names, or those that the trunk requires.',
      examples: ['required', ['lint', 'test']],
    }),
    ...common,
  })
  .transform(({ ci: checks, ...rest }): Unnamed<GateRule> => ({ kind: 'ci', checks, ...rest }));

const review = z
  .strictObject({
    review: z.literal('approved').meta({
      description: 'Every commit since what is live came through an approved pull request.',
      examples: ['approved'],
    }),
    ...common,
  })
  .transform(({ name, wait, guard, services }): Unnamed<GateRule> => ({
    kind: 'review',
    ...(name !== undefined && { name }),
    wait,
    guard,
    services,
  }));

const issues = z
  .strictObject({
    issues: z
      .strictObject({
        label: text('Label that no open issue may have.', 'release-blocker'),
        repository: z
          .string()
          .regex(/^[\w.-]+\/[\w.-]+$/)
          .meta({ description: 'Where the issues are. Default: the service’s own.', examples: ['shop/tickets'] })
          .exactOptional(),
      })
      .meta({ description: 'No open issue at GitHub has the label.', examples: [{ label: 'release-blocker' }] }),
    ...common,
  })
  .transform(({ issues: of, ...rest }): Unnamed<GateRule> => ({ kind: 'issues', ...of, ...rest }));

const part = (description: string, usual: boolean) => z.boolean().meta({ description }).prefault(usual);

const protection = z
  .strictObject({
    protection: z
      .union([
        z.literal('expected').transform(() => ({ trunk: true, checks: false, pointers: true, versions: true })),
        z
          .strictObject({
            trunk: part('The trunk changes by pull requests only; no force push, no deletion.', true),
            checks: part('The trunk requires status checks as well.', false),
            pointers: part('Only Slipway creates, moves and deletes pointers.', true),
            versions: part('Nobody but Slipway moves or deletes version tags.', true),
          })
          .superRefine(({ trunk, checks, pointers, versions }, context) => {
            if (checks && !trunk) refuse(context, 'asks for checks of no trunk', 'Leave trunk: false out.');
            else if (!trunk && !pointers && !versions)
              refuse(context, 'asks for nothing', 'Write protection: expected.');
          }),
      ])
      .meta({
        description: 'Trunk, pointers and version tags are protected at GitHub.',
        examples: ['expected', { checks: true }],
      }),
    ...common,
  })
  .transform(({ protection: of, ...rest }): Unnamed<GateRule> => ({ kind: 'protection', ...of, ...rest }));

const manifest = z
  .strictObject({
    manifest: z
      .strictObject({
        file: text('JSON or YAML file in the repository.', 'package.json').superRefine((file, context) => {
          if (!/\.(json|ya?ml)$/i.test(file))
            refuse(context, 'is neither JSON nor YAML', 'Only .json, .yaml and .yml are read.');
        }),
        field: jsonPath('Dotted path of the field.', 'version'),
      })
      .meta({
        description: 'The field at the released commit is the version.',
        examples: [{ file: 'package.json', field: 'version' }],
      }),
    ...common,
  })
  .transform(({ manifest: of, ...rest }): Unnamed<GateRule> => ({ kind: 'manifest', ...of, ...rest }));

const notes = z
  .strictObject({
    notes: z
      .union([
        z.enum(['tag', 'github-release']),
        z.strictObject({ file: text('Markdown file with a section for each version.', 'CHANGELOG.md') }),
      ])
      .meta({
        description: 'Release notes: a section of a file, the message of the version’s tag, or a release at GitHub.',
        examples: [{ file: 'CHANGELOG.md' }, 'tag', 'github-release'],
      }),
    ...common,
  })
  .transform(({ notes: of, ...rest }): Unnamed<GateRule> => ({
    kind: 'notes',
    from: typeof of === 'string' ? { in: of } : { in: 'file', ...of },
    ...rest,
  }));

/** What is waited for at most, besides the time that is asked for. */
const usualWait = 30 * 60_000;

const environment = z
  .strictObject({
    environment: text('Name of another environment of this file.', 'staging').meta({
      description: 'This commit, or one that contains it, was seen live and healthy in that environment.',
      examples: ['staging'],
    }),
    for: duration('For how long, at least, without a break.')
      .superRefine((ms, context) => {
        if (ms > longestWait) refuse(context, 'is too long', 'Write 7d or less.');
      })
      .prefault('0s'),
    ...common,
    wait: duration('How long it is waited for, at most; 0 = not at all. Default: 30m longer than `for`.')
      .superRefine((ms, context) => {
        if (ms > longestWait) refuse(context, 'is too long', 'Write 7d or less.');
      })
      .exactOptional(),
  })
  .transform(({ wait, ...rest }): Unnamed<GateRule> => ({
    kind: 'environment',
    wait: wait ?? Math.min(longestWait, rest.for + usualWait),
    ...rest,
  }));

/** It is about the whole release, and people need longer than machines. */
const manual = z
  .strictObject({
    name: common.name,
    guard: common.guard,
    manual: z
      .array(text('What somebody must have seen to.', 'UAT done'))
      .min(1)
      .max(50)
      .meta({
        description: 'What must be ticked before anybody is asked to approve.',
        examples: [['UAT done', 'QA signed off']],
      }),
    by: z
      .array(text('A person or a team.', 'ada'))
      .meta({ description: 'Who may tick it. Default: anyone.', examples: [['qa']] })
      .prefault([]),
    wait: duration('How long it is waited for, at most.')
      .superRefine((ms, context) => {
        if (ms > longestWait) refuse(context, 'is too long', 'Write 7d or less.');
        if (ms === 0) refuse(context, 'leaves people no time', 'Write how long they have, such as 24h.');
      })
      .prefault('24h'),
  })
  .transform(({ manual: items, name, by, wait, guard }): Unnamed<GateRule> => ({
    kind: 'manual',
    ...(name !== undefined && { name }),
    ...{ items, by, wait, guard, services: [] },
  }));

/** A gate, told by its first key. A new kind is one more line here. */
const gate: z.ZodType<Unnamed<GateRule>> = z.union([
  ci,
  review,
  issues,
  protection,
  manifest,
  notes,
  environment,
  command,
  http,
  monitoring,
  settings,
  manual,
]);

/** The gates of an environment. */
export const gates = z
  .array(gate)
  .meta({
    description: 'Gates besides those that every release has.',
    examples: [[{ ci: ['lint', 'test'] }, { review: 'approved' }]],
  })
  .prefault([]);
