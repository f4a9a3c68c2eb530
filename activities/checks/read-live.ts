import { clip } from '../../release/clip';
import { resolveReferences } from '../../release/env-references';
import type { LiveReading } from '../../release/judge-live';
import { parseJson, valueAt } from '../../release/json-path';
import type { LiveProbe } from '../../release/project';
import { sleep } from '../sleep';
import type { Attempt, Surroundings } from '../surroundings';
import { httpRequest, type HttpAnswer } from './http-request';

/** As many as browsers' users would not notice: a probe may be behind a change of host or scheme. */
const redirects = 5;

/** Longer than any version. */
const longestValue = 200;

/**
 * Looks once at what is live. `nothing` = the service answers, but has no version to tell: 404, an empty body or no
 * such field. Anything else that is no version is `unknown`. Throws ENV_REFERENCE_UNDEFINED, or the signal's reason.
 */
export async function readLive(
  { probe }: { readonly probe: LiveProbe },
  { lookup, redact }: Pick<Surroundings, 'lookup' | 'redact'>,
  { signal }: Pick<Attempt, 'signal'>,
): Promise<LiveReading> {
  const { url, headers } = resolveReferences({ url: probe.url, headers: probe.headers }, lookup, 'the live probe');
  const outcome = await httpRequest({ url, headers, method: 'GET', timeout: probe.timeout, redirects, signal });
  if ('noAnswer' in outcome) return { state: 'unknown', detail: `no answer: ${outcome.noAnswer}` };
  const reading = judgeAnswer(outcome.answer, probe.json);
  return reading.state === 'value' ? reading : { ...reading, detail: clip(redact(reading.detail), 200) };
}

/** How often a plan asks for what is live, and milliseconds between two times. */
const forPlan = { tries: 3, pause: 250 };

/**
 * The same for a plan: where that cannot be told it is asked again, twice. An answer that is late once, on a busy host, would
 * otherwise end a release which people have approved.
 */
export async function readLiveForPlan(
  question: { readonly probe: LiveProbe },
  surroundings: Pick<Surroundings, 'lookup' | 'redact'>,
  { signal }: Pick<Attempt, 'signal'>,
): Promise<LiveReading> {
  for (let tries = 1; ; tries += 1) {
    const reading = await readLive(question, surroundings, { signal });
    if (reading.state !== 'unknown' || tries >= forPlan.tries) return reading;
    await sleep(forPlan.pause, signal);
  }
}

function judgeAnswer({ status, text, truncated }: HttpAnswer, path: string): LiveReading {
  if (status === 404) return { state: 'nothing', detail: 'status 404: there is no version to be seen' };
  if (status < 200 || status > 299) return { state: 'unknown', detail: `status ${status} instead of a version` };
  if (truncated) return { state: 'unknown', detail: 'the answer is too long for a version' };
  if (text.trim() === '') return { state: 'nothing', detail: 'the answer is empty' };
  if (path === '') return asReading(text.trim().replace(/^"(.*)"$/, '$1'), 'the answer');
  const body = parseJson(text);
  if (body === undefined) return { state: 'unknown', detail: 'the answer is not JSON' };
  return asReading(valueAt(body, path), path);
}

function asReading(value: unknown, what: string): LiveReading {
  if (value === undefined || value === null || value === '') return { state: 'nothing', detail: `${what} is empty` };
  if (typeof value !== 'string' && typeof value !== 'number') {
    return { state: 'unknown', detail: `${what} is neither text nor a number` };
  }
  const text = String(value).trim();
  if (text.length > longestValue) return { state: 'unknown', detail: `${what} is too long for a version` };
  return text === '' ? { state: 'nothing', detail: `${what} is empty` } : { state: 'value', value: text };
}
