/** Lengths of time as people write them (`90s`, `5m`, `1h30m`, `0`), to and from whole milliseconds. */

/** Milliseconds, or advice on what to write instead. */
export type ParsedDuration =
  { readonly ok: true; readonly ms: number } | { readonly ok: false; readonly advice: string };

/** The longest length of time that Slipway waits for anything: a year. */
export const longestDuration = 365 * 86_400_000;

/** What a written duration looks like, for editors: units from the largest to the smallest, each at most once. */
export const durationPattern = '^(0|(?=\\d)(\\d+d)?(\\d+h)?(\\d+m(?!s))?(\\d+s)?(\\d+ms)?)$';

const milliseconds = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;

const units = Object.entries(milliseconds);

/** The milliseconds that `text` stands for: whole numbers with a unit (ms, s, m, h, d), or a bare 0. Never throws. */
export function parseDuration(text: string): ParsedDuration {
  if (/^\d+$/.test(text) && Number(text) !== 0) {
    const [small, large] = Number(text) < 100 ? ['s', 'm'] : ['ms', 's'];
    return { ok: false, advice: `Write a unit: ${text}${small} or ${text}${large}, for example.` };
  }
  if (/^\d+[.,]\d+/.test(text)) return { ok: false, advice: 'Write whole numbers: 1h30m, not 1.5h.' };
  if (!new RegExp(durationPattern).test(text)) {
    return { ok: false, advice: 'Write a length of time such as 500ms, 90s, 5m, 24h or 1h30m.' };
  }
  let ms = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|[dhms])/g)) {
    ms += Number(count) * milliseconds[unit as keyof typeof milliseconds];
  }
  if (ms > longestDuration) return { ok: false, advice: 'The longest that Slipway waits is 365d.' };
  return { ok: true, ms };
}

/** `ms` as people write it: `1h30m`, `500ms`, `0s`. Parts of a millisecond are rounded; days are used from 48 h on. */
export function formatDuration(ms: number): string {
  let rest = Math.round(Math.abs(ms));
  if (rest === 0) return '0s';
  const sign = ms < 0 ? '-' : '';
  const parts: string[] = [];
  for (const [unit, size] of units) {
    if (unit === 'd' && rest < 2 * size) continue;
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${unit}`);
  }
  return sign + parts.join('');
}
