import { z } from 'zod';
import { formatDuration } from '../../release/durations';
import { defaultMay, type Act, type May } from '../../release/acts';
import { USUAL_STOP_LIMIT } from '../../release/stop';
import { approval } from './approval';
import { calendar } from './calendar';
import { queuePolicies } from '../../release/rule-words';
import { checks } from './check';
import { duration, positiveDuration } from './duration';
import { gates } from './gate';
import { refuse } from './refuse';
import { text } from './text';

const mayDo = z.union([
  text('A person, a team, anyone, or approvers.', 'anyone').transform((who) => [who]),
  z.array(text('A person, a team, anyone, or approvers.', 'ada')).min(1),
]);

const mayAct = (act: Act, description: string) => mayDo.meta({ description }).prefault(() => defaultMay[act]);

/** Each act that `release/may.ts` knows. */
const may = z
  .strictObject({
    request: mayAct('request', 'Who may ask for a release. Default: anyone.'),
    pause: mayAct('pause', 'Who may pause and resume one. Default: anyone.'),
    rollback: mayAct('rollback', 'Who may roll one back. Default: anyone.'),
    skipWait: mayAct('skipWait', 'Who may skip a wait. Default: approvers.'),
    override: mayAct('override', 'Who may override a guard. Default: approvers.'),
    resolve: mayAct('resolve', 'Who may decide on a step or a breach that needs attention. Default: approvers.'),
    freeze: mayDo.meta({ description: 'Who may announce and end freezes. Default: as `request`.' }).exactOptional(),
    stop: mayAct('stop', 'Who may stop releases in an emergency, and lift that. Default: anyone.'),
    adopt: mayAct('adopt', 'Who may take what runs for what is meant to run. Default: approvers.'),
    stopEverything: mayAct('stopEverything', 'Who may halt ways back too, and lift that. Default: approvers.'),
  } satisfies Record<Act, unknown>)
  .transform((may): May => ({ ...may, freeze: may.freeze ?? may.request }))
  .meta({
    description: 'Who may do what, besides approving: people, teams, anyone, approvers.',
    examples: [{ skipWait: 'anyone', rollback: ['backend', 'approvers'] }],
  })
  .prefault({});

const verify = z
  .strictObject({
    wait: duration('Time between migration and pointer move, in which the checks must keep passing.').prefault('0s'),
    interval: positiveDuration('Time between two rounds of checks.').prefault('10s'),
    checks: checks('What must keep passing: the old version on the new schema. Each needs a name.'),
  })
  .meta({ description: 'The wait between migration and pointer move.', examples: [{ wait: '5m', checks: [] }] })
  .prefault({});

const monitor = z
  .union([
    duration('How long the smoke checks must keep passing.').transform((window) => ({ window, interval: 10_000 })),
    z.strictObject({
      window: duration('How long the smoke checks must keep passing.'),
      interval: positiveDuration('Time between two rounds of checks.').prefault('10s'),
    }),
  ])
  .meta({
    description: 'The time after smoke in which the smoke checks must keep passing.',
    examples: ['5m', { window: '5m', interval: '30s' }],
  })
  .prefault('0s');

const soak = z
  .union([
    positiveDuration('How long the smoke checks go on after a release has finished.').transform((length) => ({
      for: length,
      interval: 60_000,
      remind: 3_600_000,
    })),
    z.strictObject({
      for: positiveDuration('How long the smoke checks go on after a release has finished.'),
      interval: positiveDuration('Time between two rounds of checks.').prefault('1m'),
      remind: positiveDuration(
        'After how long people are reminded of a breach; then after twice as long each time, at most a day.',
      ).prefault('1h'),
    }),
  ])
  .meta({
    description:
      'The time after the monitoring window in which the smoke checks go on without the lock. One that fails asks a person, and rolls nothing back by itself.',
    examples: ['24h', { for: '24h', interval: '5m' }],
  });

/** Whoever looks more often sees no more: a look takes seconds. */
const shortestWatch = 10_000;

const drift = z
  .union([
    z.literal('off').transform(() => null),
    z.strictObject({
      every: positiveDuration('How often it is looked, at least 10s.').superRefine((ms, context) => {
        if (ms < shortestWatch) refuse(context, 'is too often', 'Write 10s or more.');
      }),
    }),
  ])
  .meta({
    description:
      'How often it is looked whether what runs is what the last release left; off = never. What has drifted holds new releases.',
    examples: [{ every: '5m' }, 'off'],
  })
  .prefault({ every: '5m' });
const rollback = z
  .strictObject({
    approvals: z.enum(['none', 'required']).meta({
      description: 'Whether a rollback of what has finished needs the approvals of a release. Default: none.',
    }),
  })
  .meta({
    description: 'What `slipway rollback ENVIRONMENT` asks for.',
    examples: [{ approvals: 'required' }],
  })
  .prefault({ approvals: 'none' });

const hotfix = z
  .strictObject({
    gates: z
      .array(text('The name of a gate of this environment.', 'ci'))
      .meta({ description: 'Those of the environment’s gates that a hotfix must pass. Default: all.' })
      .exactOptional(),
    approvals: z
      .array(text('The name of an approval of this environment.', 'on-call'))
      .meta({ description: 'Those of the environment’s approvals that a hotfix needs. Default: all.' })
      .exactOptional(),
    verify: duration('The verify wait of a hotfix. Default: that of the environment.').exactOptional(),
    monitor: duration('The monitoring window of a hotfix. Default: that of the environment.').exactOptional(),
  })
  .meta({
    description: 'The shorter way of a release with --hotfix; what is not said is as for every release.',
    examples: [{ gates: ['ci'], approvals: ['on-call'], verify: '0s', monitor: '2m' }],
  });

/** Where services run, with its own rules. */
export const environment = z
  .strictObject({
    approvals: z
      .array(approval)
      .meta({
        description: 'Who must say yes before anything changes.',
        examples: [[{ approvers: ['ada', 'grace'] }]],
      })
      .prefault([]),
    may,
    signed: z
      .enum(['required', 'optional'])
      .meta({
        description:
          'Whether words to the environment (freezes, emergency stops, the order of the queue, adoptions, rollbacks that not anyone may ask for), and decisions on its releases that not anyone may take, count only if they are signed.',
      })
      .prefault('optional'),
    verify,
    monitor,
    soak: soak.exactOptional(),
    queue: z
      .enum(queuePolicies)
      .meta({
        description:
          'A release asked for while others are under way: waits its turn (queue), a newer version replaces waiting older ones (supersede), or it is refused (refuse).',
      })
      .prefault('queue'),
    onFailure: z
      .enum(['rollback', 'report'])
      .meta({ description: 'After a failure: roll back by itself, or stop, report and let a person decide.' })
      .prefault('rollback'),
    pauseLimit: positiveDuration('How long a pause may last before the release is rolled back.').prefault('1h'),
    stopLimit: positiveDuration(
      'How long an emergency stop holds a release that has changed something, before it is rolled back.',
    ).prefault(formatDuration(USUAL_STOP_LIMIT)),
    lockPatience: positiveDuration('How long a release waits for this environment before it gives up.').prefault('4h'),
    embedded: z
      .boolean()
      .meta({ description: 'May run on the embedded stack; without it a missing Temporal address is an error.' })
      .prefault(false),
    calendar: calendar.exactOptional(),
    gates,
    drift,
    observed: z
      .boolean()
      .meta({
        description: 'Deployed by somebody else: what runs is only looked at, and no release may be asked for.',
      })
      .prefault(false),
    rollback,
    hotfix: hotfix.exactOptional(),
  })
  .meta({
    description: 'Where services run, with its own rules.',
    examples: [{ approvals: [{ approvers: ['ada'] }] }],
  });
