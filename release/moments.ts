/** Moments and spans of time in words. Moments come in and are compared as ISO 8601 texts; `now` is a parameter. */
import { formatDuration } from './durations';

/** `2026-03-01 10:00 UTC`. */
export function moment(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}

/** `10:00:05Z`. */
export function clockTime(iso: string): string {
  return `${iso.slice(11, 19)}Z`;
}

/** How long from one moment to another: whole seconds from ten seconds on, tenths below. Empty if either is missing. */
export function span(from: string | null, to: string | null): string {
  if (from === null || to === null) return '';
  const ms = Math.max(0, Date.parse(to) - Date.parse(from));
  if (!Number.isFinite(ms)) return '';
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)}s`;
  return formatDuration(Math.round(ms / 1000) * 1000);
}

/** How long until `until`, seen from `now`; `past` if it is over. */
export function remaining(until: string, now: string): string {
  const ms = Date.parse(until) - Date.parse(now);
  return ms <= 0 ? 'past' : formatDuration(Math.ceil(ms / 1000) * 1000);
}

/** How often people have been reminded of what is waited for. */
export function remindedWords({ times, at }: { readonly times: number; readonly at: string }): string {
  return `reminded ${times === 1 ? 'once' : `${times} times`}, last at ${moment(at)}`;
}
