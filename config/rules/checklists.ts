import { parseDuration } from '../../release/durations';
import { usualTimeout } from '../../release/approval-place';
import type { ApprovalPlace } from '../../release/rule-words';
import type { DraftText } from './draft';
import type { Report, Rule } from './rule';

/** What is ticked is in a list once. */
export const itemsAreDifferent: Rule = ({ environments }, report) => {
  for (const { approvals, gates } of environments) {
    for (const { checklist } of approvals) judgeItems(checklist, report);
    for (const { items } of gates) judgeItems(items, report);
  }
};

function judgeItems(items: readonly DraftText[], { problem }: Report): void {
  const same = (a: DraftText, b: DraftText) => a.text.trim().toLowerCase() === b.text.trim().toLowerCase();
  for (const [index, item] of items.entries()) {
    if (items.slice(0, index).some((other) => same(other, item)))
      problem(item.path, `${JSON.stringify(item.text)} is in the list already`, 'Name each item once.');
    if (/^\s*\d+\s*$/.test(item.text))
      problem(item.path, 'would be taken for the number of an item', 'Write what is to be seen to, in words.');
  }
}

/** People are reminded before the time is over. */
export const remindersComeInTime: Rule = ({ environments }, { warning }) => {
  for (const { path, form } of environments.flatMap(({ approvals }) => approvals)) {
    const [remind, timeout] = [length(form['remind']), length(form['timeout']) ?? usual(form['at'])];
    if (remind === undefined || timeout === undefined || remind < timeout) continue;
    warning([...path, 'remind'], 'nobody is ever reminded: the time is over before', 'Write less than the timeout.');
  }
};

const usual = (at: unknown): number | undefined => usualTimeout[(at ?? 'before-migrating') as ApprovalPlace];

function length(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const parsed = parseDuration(value);
  return parsed.ok ? parsed.ms : undefined;
}
