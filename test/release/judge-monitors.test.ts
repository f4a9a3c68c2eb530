import { judgeAlerts, judgeSeries, problemOfPrometheus } from '../../release/judge-monitors';

const now = Date.parse('2026-01-02T10:00:00Z');
const minute = 60_000;

/** As Prometheus 2 and 3 answer. */
const rules = (...of: object[]) =>
  JSON.stringify({ status: 'success', data: { groups: [{ name: 'api', file: 'api.yml', interval: 15, rules: of }] } });
const rule = (change: object = {}) => ({
  state: 'inactive',
  name: 'ApiErrors',
  query: 'rate(errors[5m]) > 1',
  duration: 60,
  labels: {},
  annotations: {},
  alerts: [],
  health: 'ok',
  evaluationTime: 0.0003,
  lastEvaluation: '2026-01-02T09:59:50.123456789Z',
  type: 'alerting',
  ...change,
});
const vector = (...times: number[]) =>
  JSON.stringify({
    status: 'success',
    data: { resultType: 'vector', result: times.map((at) => ({ metric: { job: 'api' }, value: [at, String(at)] })) },
  });

test.each<[string, object[], string, string]>([
  ['an alerting rule that is evaluated', [rule()], 'passed', 'ApiErrors reports'],
  ['one that fires now', [rule({ state: 'firing' })], 'passed', 'ApiErrors reports'],
  ['none of that name', [rule({ name: 'Other' })], 'failed', 'no alerting rule of that name'],
  ['a recording rule of that name', [rule({ type: 'recording' })], 'failed', 'no alerting rule of that name'],
  ['one whose query is broken', [rule({ health: 'err', lastError: 'bad' })], 'failed', 'its evaluation fails: bad'],
  ['one that is new', [rule({ health: 'unknown' })], 'unknown', 'not evaluated yet'],
  ['one that was evaluated long ago', [rule({ lastEvaluation: '2026-01-02T09:00:00Z' })], 'failed', '1h ago'],
  ['one that does not say when', [rule({ lastEvaluation: null })], 'unknown', 'does not say when'],
  ['two of the name, one broken', [rule(), rule({ health: 'err' })], 'failed', 'its evaluation fails'],
])('%s', (_, given, verdict, detail) => {
  const [found] = judgeAlerts(['ApiErrors'], rules(...given), now, 5 * minute);
  expect(found).toMatchObject({ verdict, detail: expect.stringContaining(detail) as string });
});

test('a series reports if its newest sample is new', () => {
  const judge = (text: string) => judgeSeries('up', text, now, 5 * minute);
  expect(judge(vector(now / 1_000 - 3_600, now / 1_000 - 10))).toMatchObject({ verdict: 'passed' });
  expect(judge(vector(now / 1_000 - 600))).toMatchObject({ verdict: 'failed', detail: 'up: it last reported 10m ago' });
  expect(judge(vector())).toMatchObject({ verdict: 'failed', detail: 'up: it gives no series' });
  expect(judge('{"status":"success","data":{"resultType":"scalar"}}')).toMatchObject({ verdict: 'unknown' });
});

test('what is no answer of Prometheus says so', () => {
  expect(problemOfPrometheus(vector())).toBeUndefined();
  expect(problemOfPrometheus('{"status":"error","errorType":"bad_data","error":"parse error"}')).toBe('parse error');
  for (const text of ['', '<html>', '[]', 'null']) expect(problemOfPrometheus(text)).toMatch(/no answer of Prometheus/);
});
