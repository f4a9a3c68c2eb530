/** What people may do in an environment besides approving, and who may where nothing is written. */

/**
 * What is asked about: what it is called in a sentence, who may where nothing is written, and who could before the file
 * could say: a release that was asked for then goes on by that.
 */
export const actTable = {
  request: { does: 'ask for a release', otherwise: 'anyone', before: 'anyone' },
  pause: { does: 'pause or resume a release', otherwise: 'anyone', before: 'anyone' },
  rollback: { does: 'roll a release back', otherwise: 'anyone', before: 'anyone' },
  skipWait: { does: 'skip a wait', otherwise: 'approvers', before: 'anyone' },
  override: { does: 'override a guard', otherwise: 'approvers', before: 'approvers' },
  resolve: { does: 'decide on a step or a breach that needs attention', otherwise: 'approvers', before: 'anyone' },
  adopt: { does: 'take what runs for what is meant to run', otherwise: 'approvers', before: 'approvers' },
  freeze: { does: 'announce or end a freeze', otherwise: 'as request', before: 'as request' },
  stop: { does: 'stop releases in an emergency, or lift that', otherwise: 'anyone', before: 'anyone' },
  stopEverything: { does: 'halt ways back too, or lift that', otherwise: 'approvers', before: 'approvers' },
} as const satisfies Record<string, Readonly<Record<'does' | 'otherwise' | 'before', string>>>;

/** What somebody may do, or not. */
export type Act = keyof typeof actTable;
export const acts = Object.keys(actTable) as Act[];

/** For each act people, teams, `anyone`, `approvers`. */
export type May = Readonly<Record<Act, readonly string[]>>;

/** Who may where nothing is written: whoever may ask for releases may freeze. */
export const defaultMay = Object.fromEntries(
  acts.map((act) => [act, [act === 'freeze' ? actTable.request.otherwise : actTable[act].otherwise]]),
) as Record<Act, string[]>;
