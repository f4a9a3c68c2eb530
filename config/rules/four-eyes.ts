import { gitHubTeamsIn, membersOf, namesPeople, personCalled } from '../../release/people';
import type { Draft, DraftApproval, DraftEnvironment } from './draft';
import type { Rule } from './rule';

/** Where those who made a release may not approve it, it can be told who they are. */
export const makersCanBeTold: Rule = ({ environments, services, whoIsWho }, { problem }) => {
  for (const { not } of environments.flatMap(({ approvals }) => approvals)) {
    const makers = not.filter(({ text }) => ['author', 'co-author', 'merger'].includes(text));
    const [first] = makers;
    if (first && !namesPeople(whoIsWho)) {
      const message = `nobody can be told to be the ${first.text}: commits have e-mails, and no person here has one`;
      problem(first.path, message, 'Describe your people under people: ada: { emails: [ada@shop.example] }.');
    }
    const merger = makers.find(({ text }) => text === 'merger');
    const without = services.filter(({ hasGitHub }) => !hasGitHub).map(({ name }) => name);
    if (!merger || without.length === 0) continue;
    problem(
      merger.path,
      `only GitHub knows who merged, and the repository of ${without.join(', ')} has no access to it`,
      'Write repository: { github: { token: "${env:GITHUB_TOKEN}" } }, or leave merger out.',
    );
  }
};

/** Whoever asks for a release, enough others are left to approve it. */
export const somebodyElseIsLeft: Rule = (draft, { problem, warning }) => {
  const { whoIsWho } = draft;
  for (const environment of draft.environments) {
    for (const rule of environment.approvals) {
      const requester = rule.not.find(({ text }) => text === 'requester');
      const approvers = rule.approvers.map(({ text }) => text);
      if (!requester || approvers.length === 0 || gitHubTeamsIn(whoIsWho, approvers).length > 0) continue;
      const people = membersOf(whoIsWho, approvers);
      const left = people.length - 1;
      if (rule.required <= left || rule.required > people.length) continue;
      const askers = askersOf(draft, environment);
      const others = left === 1 ? 'there is 1 other approver' : `there are ${left} other approvers`;
      const isNeverReached = !rule.isSoft && askers !== undefined && askers.every((name) => people.includes(name));
      const who = isNeverReached ? 'whoever may ask for a release' : `when ${people.join(' or ')} asks for a release`;
      const message = `${who}, ${rule.required} must approve, but ${left === 0 ? 'there is no other approver' : others}`;
      const hint = 'Name more people, or let others ask: may: { request: […] }.';
      (isNeverReached ? problem : warning)(requester.path, message, hint);
    }
  }
};

/** Who may ask for a release, by their one names; undefined = anyone. */
function askersOf({ whoIsWho }: Draft, { may, approvals }: DraftEnvironment): string[] | undefined {
  const words = may.filter(({ path }) => path[3] === 'request').map(({ text }) => text);
  if (words.length === 0 || words.includes('anyone')) return undefined;
  const approvers = approvals.flatMap((rule) => rule.approvers.map(({ text }) => text));
  const named = words.flatMap((word) => (word === 'approvers' ? approvers : [word]));
  // A program asks, and approves nothing: that leaves everybody.
  return membersOf(whoIsWho, named).map((name) => (personCalled(whoIsWho, name)?.bot ? `${name} (a program)` : name));
}

/** A request is an approval only where it can say all that an approval must. */
export const requestsCanCount: Rule = ({ environments }, { problem }) => {
  for (const rule of environments.flatMap(({ approvals }) => approvals)) {
    const why = rule.requestCounts ? whyNot(rule) : undefined;
    if (why) problem([...rule.path, 'requestCounts'], `a request cannot count: ${why}`, 'Leave requestCounts out.');
  }
};

function whyNot({ not, isSigned, form, checklist }: DraftApproval): string | undefined {
  if (not.some(({ text }) => text === 'requester')) return 'who asks may not approve';
  if (isSigned) return 'it is not signed';
  if (form['comment'] === 'required') return 'it has no comment';
  if (checklist.length > 0) return 'it is made before anything is ticked';
  return form['at'] === undefined || form['at'] === 'before-migrating'
    ? undefined
    : 'it is made before anything is seen';
}

/** An approval that only migrations need is in a project that has some. */
export const migrationsCanHappen: Rule = ({ environments, services }, { warning }) => {
  if (services.some(({ hasDatabase }) => hasDatabase)) return;
  for (const { path, form } of environments.flatMap(({ approvals }) => approvals)) {
    if (form['when'] !== 'migrations' && form['when'] !== 'destructive') continue;
    const message = 'nobody is ever asked: no service has a database that migrates';
    warning([...path, 'when'], message, 'Write when: always, or give a service its database.');
  }
};
