/** Approvals in words: what a rule asks for, and how far it is. */
import { approvalStandings, isComplete, type ApprovalStanding } from './approval';
import { placeOf, placeWords } from './approval-place';
import type { ApprovalOccasion, Excludable } from './rule-words';
import { formatDuration } from './durations';
import type { ApprovalRule } from './project';
import type { ReleaseState } from './state';

const notWords: Readonly<Record<Excludable, string>> = {
  author: 'wrote it',
  'co-author': 'had a hand in writing it',
  merger: 'merged it',
  requester: 'asked for the release',
};

const whenWords: Readonly<Record<ApprovalOccasion, string>> = {
  always: '',
  migrations: 'where something migrates',
  destructive: 'where a migration destroys data',
};

/** What a rule asks for besides people: where, when, and who not; empty for what is usual. */
export function conditionWords({ at, when = 'always', not = [], comment }: ApprovalRule): string[] {
  return [
    ...(not.length > 0 ? [`not by who ${not.map((word) => notWords[word]).join(' or ')}`] : []),
    ...(comment === 'required' ? ['with a comment'] : []),
    ...(placeOf({ ...(at && { at }) }) === 'before-migrating' ? [] : [placeWords[placeOf({ ...(at && { at }) })]]),
    ...(when === 'always' ? [] : [whenWords[when]]),
  ];
}

/** One approval rule in words, behind its name. */
export const ruleWords = (rule: ApprovalRule): string => `${rule.name}: ${demandWords(rule)}`;

/** What one approval rule asks for, in words. */
export function demandWords(rule: ApprovalRule): string {
  const { approvers, required, signed, timeout, checklist = [], guard, requestCounts } = rule;
  const who = approvers.length ? `of ${approvers.join(', ')}` : required === 1 ? 'person' : 'people';
  const more = [
    ...conditionWords(rule),
    ...(checklist.length > 0 ? [`checklist: ${checklist.join('; ')}`] : []),
    ...(requestCounts ? ['the request counts'] : []),
    ...(guard === 'soft' ? ['can be overridden'] : []),
  ];
  const words = `${required} ${who}${signed === 'required' ? ', signed' : ''}, within ${formatDuration(timeout)}`;
  return [words, ...more].join(', ');
}

/** Where every approval of a release stands, a line each, in the order in which they are asked for. */
export function standingLines(state: ReleaseState): { readonly isDone: boolean; readonly text: string }[] {
  const { plan, place } = state;
  if (!plan) return [];
  return approvalStandings(plan, state).map((standing) => {
    const { rule } = standing;
    const isLater = place ? placeOf(rule) !== place && !isComplete(standing) : false;
    return {
      isDone: isComplete(standing),
      text: `${rule.name}: ${isLater ? laterWords(rule) : standingWords(standing)}`,
    };
  });
}

const laterWords = (rule: ApprovalRule): string => `asked for ${placeWords[placeOf(rule)]}`;

function standingWords({ rule, missing, unticked, approvedBy, overridden }: ApprovalStanding): string {
  const who = rule.approvers.length ? ` of ${rule.approvers.join(', ')}` : '';
  const sure = rule.signed === 'required' ? ', signed' : '';
  const conditions = overridden ? [] : conditionWords({ ...rule, at: 'before-migrating', when: 'always' });
  const open = missing === 0 ? 'complete' : [`${missing} more${who}${sure}`, ...conditions].join(', ');
  return [
    open,
    ...(approvedBy.length > 0 ? [`yes from ${approvedBy.join(', ')}`] : []),
    ...(unticked.length > 0 ? [`not ticked: ${unticked.join(', ')}`] : []),
    ...(overridden ? ['OVERRIDDEN: one approval is enough, whoever gives it'] : []),
  ].join('; ');
}
