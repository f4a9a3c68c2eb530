import { usualAllowance } from '../../release/calendar/needed';
import { isYearlyDay } from '../../release/calendar/days';
import { datedInterval, yearlyClosures } from '../../release/calendar/freezes';
import { gaps, overlap, type Interval } from '../../release/calendar/intervals';
import { openings, parseWindow } from '../../release/calendar/windows';
import { isZone, zoned } from '../../release/calendar/zone';
import { formatDuration, parseDuration } from '../../release/durations';
import { namesPeople, personCalled } from '../../release/people';
import type { CalendarWindow } from '../../release/calendar/rules';
import { suggest } from '../nearest';
import type { Path } from '../problems';
import { problemOfRegion } from '../regions';
import type { DraftText } from './draft';
import type { Rule } from './rule';

const DAY = 86_400_000;

/** Some release could begin within four weeks, and be through before its window ends. */
export const windowsLetReleasesThrough: Rule = ({ value }, { problem, warning }) => {
  for (const { path, environment, windows, zone, allowance } of calendarsOf(value)) {
    if (windows.length === 0) continue;
    const at = [...path, 'windows'];
    if (windows.every((window) => window.for === 'hotfix')) {
      warning(at, 'no window is open to any release but a hotfix', 'Write one for everyone, such as Mon-Thu.', 'key');
    }
    const span = { from: 0, to: 28 * DAY };
    // Where everyone has windows, a release that is no hotfix must fit into one of those.
    const kind = windows.some((window) => window.for === 'everyone') ? 'normal' : 'hotfix';
    const longest = Math.max(0, ...openings(windows, zone, span, kind).map(({ from, to }) => to - from));
    const needed = waitsOf(environment) + allowance;
    if (longest >= needed && longest > 0) continue;
    problem(
      at,
      `no window${kind === 'normal' && windows.some((one) => one.for === 'hotfix') ? ' for everyone' : ''} is ever long enough: a release needs ${formatDuration(needed)} (verify wait, monitoring window and allowance), the longest is ${formatDuration(longest)}`,
      'Write a longer window, or shorter waits.',
    );
  }
};

/** Dated freezes end after they begin, and no two of an environment overlap. */
export const freezesAreInOrder: Rule = ({ value }, { problem }) => {
  for (const { zone, freezes } of calendarsOf(value)) {
    const seen: { interval: { from: number; to: number }; words: string }[] = [];
    for (const { path, form } of freezes) {
      const { from, to } = form;
      if (typeof from !== 'string' || typeof to !== 'string') continue;
      const interval = datedInterval({ from, to }, zone);
      if (!interval) continue;
      if (interval.to <= interval.from) {
        problem([...path, 'to'], `the freeze ends before it begins (${from})`, 'Write the earlier date as from.');
        continue;
      }
      const other = seen.find((earlier) => overlap(earlier.interval, interval));
      if (other) {
        const hint = `Let it begin at ${zoned(other.interval.to, zone).slice(4)} or later, or write one freeze for both.`;
        problem([...path, 'from'], `the freeze overlaps with another one, ${other.words}`, hint);
      }
      seen.push({ interval, words: `${from} to ${to}` });
    }
  }
};

/** Freezes of every year do not overlap, and leave some day open. */
export const yearlyFreezesLeaveSomethingOpen: Rule = ({ value }, { problem }) => {
  for (const { path, zone, windows, freezes } of calendarsOf(value)) {
    const seen: { closures: readonly Interval[]; days: string }[] = [];
    for (const { path: at, form } of freezes) {
      const { days } = form;
      if (typeof days !== 'string' || !days.split('..').every(isYearlyDay)) continue;
      const closures = yearlyClosures({ kind: 'days', days, reason: '' }, zone, SOME_YEARS, '');
      const other = seen.find((earlier) => earlier.closures.some((one) => closures.some((two) => overlap(one, two))));
      const words = `the freeze overlaps with another one, ${other?.days} of every year`;
      if (other) problem([...at, 'days'], words, 'Let them follow one another, or write one freeze for both.');
      seen.push({ closures, days });
    }
    const frozen = seen.flatMap(({ closures }) => closures);
    // Each window comes once a week; what takes long is to look at all of them.
    if (frozen.length === 0 || gaps(frozen, SOME_YEARS).some(({ from, to }) => to - from > EIGHT_DAYS)) continue;
    const closed = gaps(openings(windows, zone, SOME_YEARS, 'hotfix'), SOME_YEARS);
    if (gaps([...closed, ...frozen], SOME_YEARS).length > 0) continue;
    const hint = 'Write when it is closed only: on the other days it is open.';
    problem([...path, 'freezes'], 'these leave no day of the year on which it is open', hint);
  }
};

const EIGHT_DAYS = 8 * 86_400_000;

/** Named days fall on other dates each year, all of them within these. */
const SOME_YEARS = { from: Date.UTC(2024, 0, 1), to: Date.UTC(2032, 0, 1) };

/** The holidays of every country and region are known, and none is named twice. */
export const holidayRegionsAreKnown: Rule = ({ value }, { problem }) => {
  for (const { freezes } of calendarsOf(value)) {
    const seen = new Set<string>();
    for (const { path, form } of freezes) {
      for (const { path: at, text } of textOrTexts([...path, 'holidays'], form['holidays'])) {
        if (text === '') continue;
        const wrong = problemOfRegion(text);
        if (wrong) problem(at, wrong.message, wrong.hint);
        else if (seen.has(text)) problem(at, `${JSON.stringify(text)} is named twice`, 'Name each region once.');
        seen.add(text);
      }
    }
  }
};

/** Those whose absence closes an environment are people of this file. */
export const absencesAreOfPeople: Rule = ({ value, whoIsWho }, { problem }) => {
  for (const { freezes } of calendarsOf(value)) {
    for (const { path, form } of freezes) {
      for (const { path: at, text } of textOrTexts([...path, 'needs'], form['needs'])) {
        if (text === '' || !namesPeople(whoIsWho) || personCalled(whoIsWho, text)) continue;
        const hint = suggest(text, Object.keys(whoIsWho.people ?? {})) || 'Describe them under people.';
        problem(at, `there is nobody called ${JSON.stringify(text)} under people`, hint);
      }
    }
  }
};

/** An iCalendar file has an address that can be asked, and one with a secret in it is a reference. */
export const calendarAddressesAreSound: Rule = ({ value }, { problem }) => {
  for (const { freezes } of calendarsOf(value)) {
    for (const { path, form } of freezes) {
      const { ical } = form;
      const at = [...path, 'ical'];
      if (typeof ical !== 'string' || ical.startsWith('$')) continue;
      const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(ical)?.[1]?.toLowerCase();
      if (scheme !== undefined && !['http', 'https'].includes(scheme)) {
        problem(at, `${JSON.stringify(`${scheme}://`)} cannot be asked`, 'Write an address that begins with https://.');
      } else if (scheme !== undefined && isSecret(ical)) {
        const hint = 'Put it into an environment variable of the worker, and write ${env:NAME} in its place.';
        problem(at, 'whoever knows this address can read the calendar: it is a secret', hint);
      }
    }
  }
};

/** Private addresses, as Google, Microsoft and others give them out, hold a part that nobody can guess. */
const isSecret = (address: string): boolean =>
  /[/=](private-)?[0-9a-f]{24,}/i.test(address) || /\/private-/.test(address);

interface DraftCalendar {
  readonly path: Path;
  readonly environment: Fields;
  /** UTC where it is no zone: the schema speaks of that. */
  readonly zone: string;
  /** Those that can be read. */
  readonly windows: readonly CalendarWindow[];
  readonly freezes: readonly { readonly path: Path; readonly form: Fields }[];
  readonly allowance: number;
}

function calendarsOf(value: unknown): DraftCalendar[] {
  return Object.entries(mapAt(mapAt(value)['environments'])).flatMap(([name, form]) => {
    const environment = mapAt(form);
    if (typeof environment['calendar'] !== 'object' || environment['calendar'] === null) return [];
    const calendar = mapAt(environment['calendar']);
    const path = ['environments', name, 'calendar'];
    const zone = typeof calendar['zone'] === 'string' && isZone(calendar['zone']) ? calendar['zone'] : 'UTC';
    return [
      {
        path,
        environment,
        zone,
        windows: listAt(calendar['windows']).flatMap(windowOf),
        freezes: listAt(calendar['freezes']).map((item, n) => ({ path: [...path, 'freezes', n], form: mapAt(item) })),
        allowance: calendar['allowance'] === undefined ? usualAllowance : lengthOf(calendar['allowance']),
      },
    ];
  });
}

function windowOf(item: unknown): CalendarWindow[] {
  const form: Fields = typeof item === 'string' ? { open: item } : mapAt(item);
  const { open } = form;
  if (typeof open !== 'string' || !('window' in parseWindow(open))) return [];
  return [{ open, for: form['for'] === 'hotfix' ? 'hotfix' : 'everyone' }];
}

function waitsOf(environment: Fields): number {
  const monitor = environment['monitor'];
  const window = typeof monitor === 'object' ? mapAt(monitor)['window'] : monitor;
  return lengthOf(mapAt(environment['verify'])['wait']) + lengthOf(window);
}

function lengthOf(written: unknown): number {
  const parsed = typeof written === 'string' ? parseDuration(written) : undefined;
  return parsed?.ok ? parsed.ms : 0;
}

type Fields = Readonly<Record<string, unknown>>;

const textOrTexts = (path: Path, value: unknown): DraftText[] =>
  typeof value === 'string'
    ? [{ path, text: value }]
    : listAt(value).flatMap((item, n) => (typeof item === 'string' ? [{ path: [...path, n], text: item }] : []));

const listAt = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const mapAt = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
