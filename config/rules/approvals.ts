import { gitHubTeamsIn, membersOf, namesPeople, personCalled, type WhoIsWho } from '../../release/people';
import type { DraftText } from './draft';
import type { Rule } from './rule';

/** There are enough people to give what an approval requires. */
export const quorumIsReachable: Rule = ({ environments, whoIsWho }, { problem }) => {
  const everybody = Object.values(whoIsWho.people ?? {}).flatMap(({ name, bot }) => (bot ? [] : [name]));
  for (const { path, approvers, required } of environments.flatMap(({ approvals }) => approvals)) {
    const named = membersOf(
      whoIsWho,
      approvers.map(({ text }) => text),
    );
    // Where nobody is named, whoever is written under people may.
    const all = approvers.length > 0 ? named : everybody;
    const people = new Set(all.map((name) => name.toLowerCase())).size;
    // How many are in a team of GitHub is not known here.
    if (isOpen(whoIsWho, approvers)) continue;
    if ((approvers.length === 0 && !namesPeople(whoIsWho)) || required <= people) continue;
    const [one, more] = approvers.length > 0 ? ['approver', 'approvers'] : ['person here', 'people here'];
    const who = people === 1 ? `there is 1 ${one}` : `there are ${people} ${more}`;
    problem(
      [...path, 'required'],
      `${required} must approve, but ${who}`,
      `Write ${people} or less, or name more people.`,
    );
  }
};

/** Nobody is named twice in an approval: one person's word counts once. */
export const approversAreDifferent: Rule = ({ environments, whoIsWho }, { problem }) => {
  const nameOf = (text: string) => (personCalled(whoIsWho, text)?.name ?? text).toLowerCase();
  for (const { approvers } of environments.flatMap(({ approvals }) => approvals)) {
    for (const [index, { path, text }] of approvers.entries()) {
      const earlier = approvers.slice(0, index).some((other) => nameOf(other.text) === nameOf(text));
      if (earlier) problem(path, `${JSON.stringify(text)} is named twice`, 'Name each person once.');
    }
  }
};

/** The approvals of an environment can be told apart. */
export const approvalNamesAreDifferent: Rule = ({ environments }, { problem }) => {
  for (const { approvals } of environments) {
    for (const [index, { path, name }] of approvals.entries()) {
      const earlier = name !== '' && approvals.slice(0, index).some((other) => other.name === name);
      if (earlier)
        problem([...path, 'name'], `another approval is called ${JSON.stringify(name)}`, 'Give it another name.');
    }
  }
};

/** Where only signed approvals count, enough people have keys to sign with. */
export const signersHaveKeys: Rule = ({ environments, whoIsWho }, { problem }) => {
  for (const { path, approvers, required, isSigned } of environments.flatMap(({ approvals }) => approvals)) {
    if (!isSigned || isOpen(whoIsWho, approvers)) continue;
    const all = approvers.length === 0 ? Object.keys(whoIsWho.people ?? {}) : approvers.map(({ text }) => text);
    const signers = membersOf(whoIsWho, all).filter((name) => {
      const person = Object.values(whoIsWho.people ?? {}).find((one) => one.name === name);
      return person && !person.bot && (person.githubKeys || person.keys.length > 0);
    });
    if (signers.length >= required) continue;
    const who = signers.length === 0 ? 'nobody' : `only ${signers.join(', ')}`;
    problem(
      [...path, 'signed'],
      `${required} must sign, but ${who} of them has a key`,
      'Write their keys under people: keys: ["ssh-ed25519 …"], or keys: github.',
    );
  }
};

const isOpen = (whoIsWho: WhoIsWho, approvers: readonly DraftText[]): boolean =>
  gitHubTeamsIn(
    whoIsWho,
    approvers.map(({ text }) => text),
  ).length > 0;

/** Several people are really several, and the others really others: a name in a message is only a claim. */
export const quorumIsSigned: Rule = ({ environments }, { warning }) => {
  for (const { path, required, isSigned, not } of environments.flatMap(({ approvals }) => approvals)) {
    if (isSigned) continue;
    const hint = 'Write signed: required, and the keys of your people.';
    if (required >= 2) {
      const message = `${required} must approve, but one who can send messages to Temporal can write ${required} names`;
      warning([...path, 'required'], message, hint);
    } else if (not.length > 0) {
      const message = 'somebody else must approve, but one who can send messages to Temporal can write another’s name';
      warning([...path, 'not'], message, hint);
    }
  }
};

/** Somebody is asked before an environment changes. */
export const somebodyIsAsked: Rule = ({ environments }, { warning }) => {
  for (const { path, approvals, isObserved } of environments) {
    if (isObserved) continue;
    if (approvals.length > 0) continue;
    const hint = 'Write for example approvals: [{ approvers: [ada, grace] }].';
    warning(path, 'nobody is asked before a release changes this environment', hint, 'key');
  }
};
