/** The rules of a team as a release meets them: a queue, people, four eyes, permissions, a calendar, a gate that is a program. */
import type { ConfigForm } from '../../examples/shop/config-file';

/** Who approves by these rules: somebody who has written nothing of what is released. */
export const APPROVER = 'margaret';

/** Writes them into slipway.yaml. They never close production: what is measured is what judging them costs. */
export function rulesOfATeam(form: ConfigForm): void {
  const person = (name: string) => ({ emails: [`${name}@shop.example`] });
  Object.assign(form, {
    people: {
      ada: person('ada'),
      grace: person('grace'),
      linus: person('linus'),
      barbara: person('barbara'),
      margaret: person('margaret'),
    },
    teams: { backend: ['ada', 'grace', 'linus', 'margaret'] },
  });
  const approvals = [
    { name: 'go', approvers: ['backend'], required: 1, not: ['author', 'co-author', 'requester'], timeout: '2h' },
  ];
  Object.assign(form.environments['production']!, {
    queue: 'queue',
    approvals,
    may: { request: ['backend'], skipWait: ['approvers'], override: ['approvers'] },
    calendar: {
      zone: 'Europe/Berlin',
      windows: ['Mon-Sun'],
      freezes: [{ from: '2020-12-23', to: '2021-01-02', reason: 'year end' }],
    },
    gates: [{ name: 'team-is-ready', command: ['true'] }],
  });
}
