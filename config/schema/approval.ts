import { z } from 'zod';
import { usualTimeout } from '../../release/approval-place';
import { approvalOccasions, approvalPlaces, excludable } from '../../release/rule-words';
import { positiveDuration } from './duration';
import { count, text } from './text';

/** People who must say yes. */
export const approval = z
  .strictObject({
    name: text(
      'What people call this approval. Default: approval, or approval-1, approval-2, ….',
      'team',
    ).exactOptional(),
    at: z
      .enum(approvalPlaces)
      .meta({
        description:
          'Where a release asks: before anything changes, before the pointers move, or after the smoke checks. The last two hold the environment, and roll back when nobody says yes.',
      })
      .prefault('before-migrating'),
    when: z
      .enum(approvalOccasions)
      .meta({ description: 'Which releases need it: all, those that migrate, or those whose migrations destroy data.' })
      .prefault('always'),
    approvers: z
      .array(text('A person’s name.', 'ada'))
      .meta({ description: 'Who may approve; an empty list means anyone.', examples: [['ada', 'grace']] })
      .prefault([]),
    required: count('How many different people must approve.', 1, 100).prefault(1),
    not: z
      .array(z.enum(excludable))
      .meta({
        description: 'Who may not approve: who wrote, co-wrote or merged what is released, or asked for the release.',
        examples: [['author', 'co-author', 'merger', 'requester']],
      })
      .prefault([]),
    guard: z
      .enum(['hard', 'soft'])
      .meta({
        description:
          'Whether a person may override `not` and `required`, with a reason (soft): one approval is enough then, whoever gives it.',
      })
      .prefault('hard'),
    requestCounts: z
      .boolean()
      .meta({
        description: 'Whether asking for the release is an approval of its first plan, if the person qualifies.',
      })
      .prefault(false),
    signed: z
      .enum(['required', 'optional'])
      .meta({ description: 'Whether only approvals count that are signed with a key of the person.' })
      .prefault('optional'),
    comment: z
      .enum(['required', 'optional'])
      .meta({ description: 'Whether an approval must say something.' })
      .prefault('optional'),
    checklist: z
      .array(text('What somebody must have seen to.', 'change observed on DEV'))
      .max(50)
      .meta({ description: 'What must be ticked before an approval counts.', examples: [['team ready to monitor']] })
      .prefault([]),
    remind: positiveDuration('After how long, again and again, those are named who have not decided.').exactOptional(),
    timeout: positiveDuration(
      'How long the release waits for them. Default: 24h before anything changes, 1h where the environment is held.',
    ).exactOptional(),
  })
  .transform(({ timeout, ...rest }) => ({ ...rest, timeout: timeout ?? usualTimeout[rest.at] }))
  .meta({ description: 'People who must say yes.', examples: [{ approvers: ['ada', 'grace'], required: 1 }] });
