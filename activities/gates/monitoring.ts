import { resolveReferences } from '../../release/env-references';
import type { MonitoringGate } from '../../release/gate-rule';
import { judgeAlerts, judgeSeries, problemOfPrometheus, type MonitorFound } from '../../release/judge-monitors';
import { mayAnswerLater, httpRequest } from '../checks/http-request';
import { GateUnanswered, type GateContext, type GateKind, type GateLook } from './gate-kind';
import { ofRelease } from './subjects';

/** Monitors of a Prometheus, by its HTTP API: alerting rules and series that exist and report now. */
export const monitoring: GateKind<MonitoringGate> = {
  kind: 'monitoring',
  subject: ofRelease,
  async look({ rule }, context) {
    const { alerts, series, within } = rule;
    const now = Date.now();
    const ofSeries = series.map(async (query) => {
      const text = await ask(rule, context, `/api/v1/query?query=${encodeURIComponent(`timestamp(${query})`)}`);
      return [judgeSeries(query, text, now, within)];
    });
    const ofAlerts = async () =>
      alerts.length === 0 ? [] : judgeAlerts(alerts, await ask(rule, context, '/api/v1/rules?type=alert'), now, within);
    const looks = [ofAlerts(), ...ofSeries];
    // All of them end before one that failed is told: nothing goes on behind the gate.
    await Promise.allSettled(looks);
    return lookOf((await Promise.all(looks)).flat());
  },
};

function lookOf(monitors: readonly MonitorFound[]): GateLook {
  const evidence = monitors.map((one) => one.evidence);
  const failed = monitors.filter(({ verdict }) => verdict === 'failed');
  const unclear = monitors.filter(({ verdict }) => verdict === 'unknown');
  const told = failed.length > 0 ? failed : unclear;
  if (told.length === 0) {
    const count = monitors.length === 1 ? 'the monitor reports' : `all ${monitors.length} monitors report`;
    return { verdict: 'passed', detail: count, evidence };
  }
  const detail = told.map((one) => one.detail).join('; ');
  const isOpen = failed.length === 0 && unclear.some((one) => one.isOpen);
  return { verdict: told[0]!.verdict, detail, evidence, ...(isOpen && { pending: {} }) };
}

/** Throws GateUnanswered where Prometheus does not answer the question. */
async function ask(rule: MonitoringGate, { lookup, signal }: GateContext, path: string): Promise<string> {
  const { url, headers } = resolveReferences({ url: rule.url, headers: rule.headers }, lookup, `gate ${rule.name}`);
  const outcome = await httpRequest({
    url: `${url.replace(/\/+$/, '')}${path}`,
    method: 'GET',
    headers: { accept: 'application/json', ...headers },
    timeout: rule.timeout,
    redirects: 0,
    signal,
    maxBytes: 4 * 1024 * 1024,
  });
  const unknown = (detail: string): GateLook => ({ verdict: 'unknown', detail });
  if ('noAnswer' in outcome) throw new GateUnanswered({ ...unknown(`no answer: ${outcome.noAnswer}`), pending: {} });
  const { status, text, truncated } = outcome.answer;
  if (mayAnswerLater(status)) throw new GateUnanswered({ ...unknown(`Prometheus answered ${status}`), pending: {} });
  const problem = truncated ? 'its answer is too long' : problemOfPrometheus(text);
  if (status === 200 && problem === undefined) return text;
  throw new GateUnanswered(unknown(`Prometheus answered ${status}: ${problem ?? 'not what was asked'}`));
}
