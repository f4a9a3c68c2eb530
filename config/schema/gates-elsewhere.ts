/** Gates whose answer is neither in git nor at its host: programs, servers, monitors, settings. */
import { z } from 'zod';
import type { GateRule, SettingsSource } from '../../release/gate-rule';
import { commandLine } from './command';
import { positiveDuration } from './duration';
import { answerTime, common, type Unnamed } from './gate-parts';
import { headers, httpUrl } from './http';
import { refuse } from './refuse';
import { jsonPath, text } from './text';

/** A program on the worker says. */
export const command = z
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

/** A server says. */
export const http = z
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

/** Monitors of a Prometheus are there. */
export const monitoring = z
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

const listPath = jsonPath('Dotted path to the list of names in the JSON. Default: the whole.', 'data').exactOptional();

/** Settings of the target are there. */
export const settings = z
  .strictObject({
    settings: z
      .strictObject({
        names: z
          .array(text('Name of a setting.', 'DATABASE_URL'))
          .min(1)
          .max(200)
          .meta({ description: 'Names of settings. Values are never asked for.', examples: [['DATABASE_URL']] }),
        from: z
          .union([
            z.strictObject({
              command: commandLine('A program on the worker that prints the names as JSON: docs/gates.md.'),
              json: listPath,
              timeout: answerTime('30s'),
            }),
            z.strictObject({
              http: httpUrl(
                'Address that lists the names as JSON; {version}, {environment} and {project} are filled in.',
              ),
              headers,
              json: listPath,
              timeout: answerTime('10s'),
            }),
          ])
          .meta({
            description: 'Where the names of the target’s settings are listed.',
            examples: [{ command: './list-settings.sh production' }],
          })
          .transform((from): SettingsSource =>
            'command' in from
              ? { by: 'command', command: { argv: from.command, timeout: from.timeout }, json: from.json ?? '' }
              : { by: 'http', url: from.http, headers: from.headers, json: from.json ?? '', timeout: from.timeout },
          ),
      })
      .meta({
        description: 'The named settings exist in the target: names only, never values.',
        examples: [{ names: ['DATABASE_URL'], from: { command: './list-settings.sh production' } }],
      }),
    ...common,
  })
  .transform(({ settings: of, ...rest }): Unnamed<GateRule> => ({ kind: 'settings', ...of, ...rest }));
