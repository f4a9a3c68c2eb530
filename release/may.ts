/** Who may do what in an environment, besides approving. */
import { actTable, acts, defaultMay, type Act, type May } from './acts';
import { mayApprove } from './approval';
import type { DecisionKind } from './decision';
import { isIn, membersOf, personCalled, type WhoIsWho } from './people';
import type { Environment } from './project';

/** What a decision is called here; approvals and rejections have rules of their own. */
export function actOf(kind: DecisionKind): Act | undefined {
  if (kind === 'resume') return 'pause';
  return acts.find((act) => act === kind);
}

/** Who may do that. What an older Slipway has written does not say. */
export function whoMay({ may }: { readonly may?: Partial<May> | undefined }, act: Act): readonly string[] {
  return may?.[act] ?? (act === 'freeze' ? whoMay({ may }, 'request') : [actTable[act].before]);
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
  return `${name} may not ${actTable[act].does} in ${environment.name}; these may: ${[...new Set(list)].join(', ')}`;
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
    const usual = act === 'freeze' ? whoMay({ may }, 'request').join(', ') : actTable[act].otherwise;
    return who === usual ? [] : [`${who} may ${actTable[act].does}`];
  });
}
