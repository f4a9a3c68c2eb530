/** Whether monitors of a Prometheus exist and report now, told from the answers of its HTTP API. Pure. */
import { clip } from './clip';
import { formatDuration } from './durations';
import type { Finding } from './facts';
import type { Evidence } from './gate-rule';
import { parseJson, valueAt } from './json-path';

/** What is known of one monitor. */
export interface MonitorFound extends Finding {
  readonly evidence: Evidence;
  /** It will be told soon. */
  readonly isOpen?: boolean;
}

/** Why an answer is none of Prometheus, in a few words; undefined = it is one. */
export function problemOfPrometheus(text: string): string | undefined {
  const json = parseJson(text);
  if (valueAt(json, 'status') === 'success') return undefined;
  const error = valueAt(json, 'error');
  return typeof error === 'string' ? clip(error, 200) : 'it is no answer of Prometheus';
}

/** Each of the alerting rules in `names`, by the answer of `/api/v1/rules`: it is there, and was evaluated within `within` milliseconds. */
export function judgeAlerts(names: readonly string[], text: string, now: number, within: number): MonitorFound[] {
  const groups = listAt(parseJson(text), 'data.groups');
  const rules = groups
    .flatMap((group) => listAt(group, 'rules'))
    .filter((rule) => valueAt(rule, 'type') === 'alerting');
  return names.map((name) => {
    const alike = rules.filter((rule) => valueAt(rule, 'name') === name);
    if (alike.length === 0) return found('failed', name, 'there is no alerting rule of that name', 'missing');
    const judged = alike.map((rule) => judgeRule(name, rule, now, within));
    // Of one name in several groups the worst counts.
    return (
      judged.find(({ verdict }) => verdict === 'failed') ??
      judged.find(({ verdict }) => verdict === 'unknown') ??
      judged[0]!
    );
  });
}

function judgeRule(name: string, rule: unknown, now: number, within: number): MonitorFound {
  const [health, state, last, error] = ['health', 'state', 'lastEvaluation', 'lastError'].map((path) =>
    valueAt(rule, path),
  );
  if (health === 'unknown') return { ...found('unknown', name, 'it was not evaluated yet', 'unknown'), isOpen: true };
  if (health !== 'ok') {
    const why = typeof error === 'string' && error !== '' ? `: ${clip(error, 200)}` : '';
    return found('failed', name, `its evaluation fails${why}`, typeof health === 'string' ? health : 'no health');
  }
  const at = typeof last === 'string' ? Date.parse(last) : Number.NaN;
  return fresh(name, at, typeof state === 'string' ? state : 'ok', now, within);
}

/** A query, by the answer of `/api/v1/query` to `timestamp(query)`: its newest sample is of the last `within` milliseconds. */
export function judgeSeries(query: string, text: string, now: number, within: number): MonitorFound {
  const json = parseJson(text);
  if (valueAt(json, 'data.resultType') !== 'vector')
    return found('unknown', query, 'its answer is no list of series', '');
  const times = listAt(json, 'data.result').map((series) => Number(valueAt(series, 'value.1')) * 1_000);
  if (times.length === 0) return found('failed', query, 'it gives no series', 'nothing');
  const count = times.length === 1 ? '1 series' : `${times.length} series`;
  return fresh(query, Math.max(...times), count, now, within);
}

function fresh(name: string, at: number, value: string, now: number, within: number): MonitorFound {
  if (!Number.isFinite(at)) return found('unknown', name, 'it does not say when it reported', value);
  const time = new Date(at).toISOString();
  const age = Math.max(0, now - at);
  const evidence = { name, value, at: time };
  if (age <= within) return { verdict: 'passed', detail: `${name} reports`, evidence };
  const detail = `${name}: it last reported ${formatDuration(Math.round(age / 1_000) * 1_000)} ago`;
  return { verdict: 'failed', detail, evidence };
}

function found(verdict: Finding['verdict'], name: string, detail: string, value: string): MonitorFound {
  return { verdict, detail: `${name}: ${detail}`, evidence: { name, value } };
}

function listAt(json: unknown, path: string): readonly unknown[] {
  const value = valueAt(json, path);
  return Array.isArray(value) ? value : [];
}
