/** An environment's calendar for a terminal: whether it is open, and its coming weeks, a line a day. */
import { moment } from '../moments';
import { plainPaint, type Paint } from '../paint';
import { dayOf, weekdayOf, weekdays } from './days';
import type { AnnouncedFreeze } from './announced';
import type { CalendarDay, CalendarView, MinuteSpan } from './view';
import { textOfMinute } from './zone';

/** The lines of `slipway calendar`. */
export function renderCalendar(view: CalendarView, paint: Paint = plainPaint): string[] {
  const { environment, zone, verdict, hotfix, days, freezes, unknown } = view;
  const colour = { open: paint.green, closed: paint.red, unknown: paint.yellow }[verdict.verdict];
  const hasHotfix = hotfix.detail !== verdict.detail;
  return [
    `${paint.bold(environment)}: ${colour(verdict.detail)}`,
    ...(hasHotfix ? [`for a hotfix: ${hotfix.detail}`] : []),
    ...unknown.map((sentence) => paint.yellow(`? could not tell ${sentence}`)),
    '',
    ...(freezes.length ? ['Announced freezes:', ...freezes.map(freezeLine), ''] : []),
    paint.dim(`                0     6     12    18      (time in ${zone})`),
    ...days.map((day) => dayLine(day, paint)),
    '',
    paint.dim('█ open, ▒ open to hotfixes, · closed'),
  ];
}

/** One announced freeze, in a line. */
export function freezeLine({ id, from, until, by, reason }: AnnouncedFreeze): string {
  return `  ${id}  ${moment(from)} to ${moment(until)}, by ${by}: ${reason}`;
}

function dayLine({ date, open, hotfix, why }: CalendarDay, paint: Paint): string {
  const name = `${weekdays[weekdayOf(dayOf(date) ?? 0)]} ${date}`;
  const bar = Array.from({ length: 24 }, (_, hour) => sign(hour, open, hotfix)).join('');
  const reasons = why.length > 0 ? `  ${why.join('; ')}` : '';
  return `${name}  ${paint.green(bar)}  ${wordsOf(open, hotfix)}${paint.dim(reasons)}`;
}

function sign(hour: number, open: readonly MinuteSpan[], hotfix: readonly MinuteSpan[]): string {
  const isIn = (spans: readonly MinuteSpan[]) =>
    spans.some(({ from, until }) => from < (hour + 1) * 60 && hour * 60 < until);
  if (isIn(open)) return '█';
  return isIn(hotfix) ? '▒' : '·';
}

function wordsOf(open: readonly MinuteSpan[], hotfix: readonly MinuteSpan[]): string {
  if (open.length === 0) return hotfix.length === 0 ? 'closed' : `hotfixes only ${times(hotfix)}`.trimEnd();
  return `open ${times(open)}`.trimEnd();
}

/** Nothing for a whole day. */
function times(spans: readonly MinuteSpan[]): string {
  if (spans.length === 1 && spans[0]!.from === 0 && spans[0]!.until === 1440) return '';
  return spans.map(({ from, until }) => `${textOfMinute(from)}–${textOfMinute(until)}`).join(', ');
}
