/** Who may do what in an environment, besides approving. */
import { mayApprove } from './approval';
import type { DecisionKind } from './decision';
import { isIn, membersOf, personCalled, type WhoIsWho } from './people';
import type { Environment } from './project';

/**
 * What is asked about: what it is called in a sentence, who may where nothing is written, and who could before the file
 * could say: a release that was asked for then goes on by that.
 */
const table = {
  request: { does: 'ask for a release', otherwise: 'anyone', before: 'anyone' },
  pause: { does: 'pause or resume a release', otherwise: 'anyone', before: 'anyone' },
  rollback: { does: 'roll a release back', otherwise: 'anyone', before: 'anyone' },
  skipWait: { does: 'skip a wait', otherwise: 'approvers', before: 'anyone' },
  override: { does: 'override a guard', otherwise: 'approvers', before: 'approvers' },
  resolve: { does: 'decide on a step that needs attention', otherwise: 'approvers', before: 'anyone' },
  adopt: { does: 'take what runs for what is meant to run', otherwise: 'approvers', before: 'approvers' },
  freeze: { does: 'announce or end a freeze', otherwise: 'as request', before: 'as request' },
  stop: { does: 'stop releases in an emergency, or lift that', otherwise: 'anyone', before: 'anyone' },
  stopEverything: { does: 'halt ways back too, or lift that', otherwise: 'approvers', before: 'approvers' },
} as const satisfies Record<string, Readonly<Record<'does' | 'otherwise' | 'before', string>>>;

/** What somebody may do, or not. */
export type Act = keyof typeof table;
export const acts = Object.keys(table) as Act[];

/** What a decision is called here; approvals and rejections have rules of their own. */
export function actOf(kind: DecisionKind): Act | undefined {
  if (kind === 'resume') return 'pause';
  return acts.find((act) => act === kind);
}

/** For each act people, teams, `anyone`, `approvers`. */
export type May = Readonly<Record<Act, readonly string[]>>;

/** Who may where nothing is written: whoever may ask for releases may freeze. */
export const defaultMay = Object.fromEntries(
  acts.map((act) => [act, [act === 'freeze' ? table.request.otherwise : table[act].otherwise]]),
) as Record<Act, string[]>;

/** Who may do that. What an older Slipway has written does not say. */
export function whoMay({ may }: { readonly may?: Partial<May> | undefined }, act: Act): readonly string[] {
  return may?.[act] ?? (act === 'freeze' ? whoMay({ may }, 'request') : [table[act].before]);
}

/** What is asked of an environment about its acts. */
export type Allowing = Pick<Environment, 'name' | 'approvals' | 'may'>;

/**
 * Why somebody may not do something here, in one sentence; undefined = they may. `approvers` are those of every
 * approval of the environment, and anyone where nobody, or anybody, is asked; `teams` those of GitHub in which they were
 * found.
 */
export function refuseAct(
  project: WhoIsWho,
  environment: Allowing,
  act: Act,
  said: string,
  teams: readonly string[] = [],
): string | undefined {
  const who = whoMay(environment, act);
  if (who.includes('anyone')) return undefined;
  const named = who.filter((word) => word !== 'approvers');
  if (isIn(project, named, said, teams)) return undefined;
  const name = personCalled(project, said)?.name ?? said;
  if (who.includes('approvers') && isApprover(environment, name, teams)) return undefined;
  const list = who.flatMap((word) => (word === 'approvers' ? approversOf(environment) : membersOf(project, [word])));
  return `${name} may not ${table[act].does} in ${environment.name}; these may: ${[...new Set(list)].join(', ')}`;
}

function isApprover({ approvals }: Allowing, person: string, teams: readonly string[]): boolean {
  return approvals.length === 0 || approvals.some((rule) => mayApprove(rule, person, teams));
}

const approversOf = ({ approvals }: Allowing): string[] =>
  approvals.flatMap(({ approvers, members = approvers }) => members);

/** Who may do what in an environment, in words: only what differs from the defaults. */
export function mayWords({ may = defaultMay }: Pick<Environment, 'may'>): string[] {
  return acts.flatMap((act) => {
    const who = whoMay({ may }, act).join(', ');
    const usual = act === 'freeze' ? whoMay({ may }, 'request').join(', ') : table[act].otherwise;
    return who === usual ? [] : [`${who} may ${table[act].does}`];
  });
}
