/** When an environment is open: windows of the week as people write them, and the openings that they make. */
import type { ReleaseKind } from '../rule-words';
import type { CalendarWindow } from './rules';
import { weekdayOf, weekdays } from './days';
import { joined, type Interval } from './intervals';
import { minuteOf, momentOf, wallTimeAt } from './zone';

/** Days of the week (0 = Monday), from and until a time of day in minutes. */
export interface WeekWindow {
  readonly days: readonly number[];
  readonly from: number;
  readonly until: number;
}

const form = 'Write days and maybe a time, such as Mon-Thu, Fri until 14:00, Sat from 09:00 or Mon-Fri 09:00-16:00.';

/** What `text` says, or advice on what to write instead: `DAY[-DAY] [until HH:MM | from HH:MM | HH:MM-HH:MM]`. */
export function parseWindow(
  text: string,
): { readonly window: WeekWindow } | { readonly problem: string; readonly advice: string } {
  const [, first, last = first, word, one, from, until] =
    /^(\w{3})(?:-(\w{3}))?(?: (?:(until|from) (\S+)|(\d{2}:\d{2})-(\d{2}:\d{2})))?$/.exec(text) ?? [];
  const no = (problem: string, advice = form) => ({ problem, advice });
  const begin = weekdays.findIndex((name) => name === first);
  const end = weekdays.findIndex((name) => name === last);
  if (first === undefined || begin < 0 || end < 0) return no('is no window of the week');
  const said = { from: word === 'from' ? one : from, until: word === 'until' ? one : until };
  const times = { from: minuteOf(said.from ?? '00:00'), until: minuteOf(said.until ?? '24:00') };
  if (times.from === undefined || times.until === undefined || times.from === 1440)
    return no('holds no time of day', 'Write hours and minutes from 00:00 to 24:00, such as 09:00 or 14:30.');
  if (times.until <= times.from)
    return no(
      'ends before it begins',
      `Write the earlier time first; over midnight it is two windows, such as Mon from 22:00 and Tue until 02:00.`,
    );
  const days = Array.from({ length: ((end - begin + 7) % 7) + 1 }, (_, n) => (begin + n) % 7);
  return { window: { days, from: times.from, until: times.until } };
}

/** The stretches of `span` in which these windows let a release of this kind in. Without windows that is all of it. */
export function openings(
  windows: readonly CalendarWindow[],
  zone: string,
  span: Interval,
  kind: ReleaseKind,
): Interval[] {
  const meant = windows.filter((window) => window.for === 'everyone' || kind === 'hotfix');
  if (windows.length === 0) return [span];
  const first = wallTimeAt(span.from, zone).day - 1;
  const last = wallTimeAt(span.to, zone).day + 1;
  const found: Interval[] = [];
  for (const { open } of meant) {
    const parsed = parseWindow(open);
    if (!('window' in parsed)) continue;
    const { days, from, until } = parsed.window;
    for (let day = first; day <= last; day++) {
      if (!days.includes(weekdayOf(day))) continue;
      found.push({ from: momentOf({ day, minute: from }, zone), to: momentOf({ day, minute: until }, zone) });
    }
  }
  return joined(found, span);
}

/** The windows as people read them: `Mon-Thu, Fri until 14:00; hotfixes also Sat-Sun`. */
export function describeWindows(windows: readonly CalendarWindow[]): string {
  const list = (those: readonly CalendarWindow[]) => those.map(({ open }) => open).join(', ');
  const everyone = windows.filter((window) => window.for === 'everyone');
  const hotfix = windows.filter((window) => window.for === 'hotfix');
  return [
    ...(everyone.length ? [list(everyone)] : []),
    ...(hotfix.length ? [`${everyone.length ? 'hotfixes also' : 'hotfixes only'} ${list(hotfix)}`] : []),
  ].join('; ');
}
