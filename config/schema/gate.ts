import { z } from 'zod';
import type { GateRule } from '../../release/gate-rule';
import { commandLine } from './command';
import { duration, positiveDuration } from './duration';
import { headers, httpUrl } from './http';
import { refuse } from './refuse';
import { jsonPath, name, text } from './text';

/** A gate before it has its name, if none is written. */
type Unnamed<R> = R extends GateRule ? Omit<R, 'name'> & { readonly name?: string } : never;

/** A program or a server that needs longer answers `pending`: the whole look must fit into one of ours. */
const longestAnswer = 120_000;

const longestWait = 7 * 86_400_000;

const answerTime = (usual: string) =>
  positiveDuration('How long one answer may take; one that takes longer is asked for with the verdict `pending`.')
    .superRefine((ms, context) => {
      if (ms > longestAnswer) refuse(context, 'is too long', 'Write 2m or less, and answer `pending` meanwhile.');
    })
    .prefault(usual);

const common = {
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

const command = z
  .strictObject({
    command: commandLine('A program on the worker, run without a shell: docs/gates.md.'),
    timeout: answerTime('30s'),
    ...common,
  })
  .transform(({ command: argv, timeout, ...rest }): Unnamed<GateRule> => ({
    kind: 'command',
    command: { argv, timeout },
    ...rest,
  }));

const http = z
  .strictObject({
    http: httpUrl('Address to ask; {version}, {environment} and {project} are filled in: docs/gates.md.'),
    method: z
      .enum(['POST', 'GET'])
      .meta({ description: 'POST sends the question as JSON, GET only the address.' })
      .prefault('POST'),
    headers,
    timeout: answerTime('10s'),
    ...common,
  })
  .transform(({ http: url, ...rest }): Unnamed<GateRule> => ({ kind: 'http', url, ...rest }));

const monitoring = z
  .strictObject({
    monitoring: z
      .strictObject({
        http: httpUrl('Base address of a Prometheus, or of what speaks its HTTP API.'),
        headers,
        alerts: z
          .array(text('Name of an alerting rule.', 'ApiErrors'))
          .meta({ description: 'Alerting rules that are there and evaluated.', examples: [['ApiErrors']] })
          .prefault([]),
        series: z
          .array(text('A query that gives a series.', 'up{job="api"}'))
          .max(20)
          .meta({ description: 'Queries that give a series with a new sample.', examples: [['up{job="api"}']] })
          .prefault([]),
        within: positiveDuration('How old the newest report of each may be.').prefault('5m'),
        timeout: answerTime('10s'),
      })
      .superRefine(({ alerts, series }, context) => {
        // Where one of them is wrong in itself it may be anything.
        if ([alerts, series].every((list) => Array.isArray(list) && list.length === 0))
          refuse(context, 'names no monitor', 'Write alerts: […] or series: […].');
      })
      .meta({
        description: 'The named monitors exist and report now.',
        examples: [{ http: 'https://prometheus.example', alerts: ['ApiErrors'] }],
      }),
    ...common,
  })
  .transform(({ monitoring: { http: url, ...of }, ...rest }): Unnamed<GateRule> => ({
    kind: 'monitoring',
    url,
    ...of,
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
  manifest,
  notes,
  environment,
  command,
  http,
  monitoring,
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
