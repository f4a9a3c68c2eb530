import { clip } from './clip';
import type { Finding } from './facts';
import { parseJson, valueAt } from './json-path';
import type { HttpCheck } from './project';

/** The part of an answer that is judged. */
export interface JudgedAnswer {
  readonly status: number;
  readonly text: string;
  /** Milliseconds. */
  readonly latency: number;
  /** `text` is only the beginning of the body. */
  readonly truncated: boolean;
}

/** What a check expects of an answer. */
export type HttpExpectation = Pick<HttpCheck, 'status' | 'contains' | 'json' | 'within'>;

/**
 * Judges an answer: one wrong thing fails it; what may stand in a part of the body that was not read is unknown. The
 * detail names everything that is wrong. `mask` is put on all that is quoted, before it is shortened.
 */
export function judgeHttp(expected: HttpExpectation, answer: JudgedAnswer, mask: (text: string) => string): Finding {
  const quote = (value: unknown, length: number) => clip(mask(JSON.stringify(value)), length);
  const findings = [
    ...judgeStatus(expected, answer, quote),
    ...judgeText(expected, answer, quote),
    ...judgeJson(expected, answer, quote),
    ...judgeLatency(expected, answer),
  ];
  for (const verdict of ['failed', 'unknown'] as const) {
    const those = findings.filter((finding) => finding.verdict === verdict);
    if (those.length > 0) return { verdict, detail: those.map(({ detail }) => detail).join('; ') };
  }
  return { verdict: 'passed', detail: `status ${answer.status} in ${answer.latency} ms` };
}

type Quote = (value: unknown, length: number) => string;

const wrong = (detail: string): Finding => ({ verdict: 'failed', detail });

const unread: Finding = { verdict: 'unknown', detail: 'the body is too long to be read whole' };

function judgeStatus({ status }: HttpExpectation, answer: JudgedAnswer, quote: Quote): Finding[] {
  if (answer.status === status) return [];
  const body = answer.text.trim() ? `: ${quote(answer.text, 120)}` : '';
  return [wrong(`status ${answer.status}, expected ${status}${body}`)];
}

function judgeText({ contains }: HttpExpectation, { text, truncated }: JudgedAnswer, quote: Quote): Finding[] {
  if (contains === undefined || text.includes(contains)) return [];
  if (truncated) return [unread];
  return [wrong(`the body lacks ${quote(contains, 60)}`)];
}

function judgeJson({ json }: HttpExpectation, { text, truncated }: JudgedAnswer, quote: Quote): Finding[] {
  const paths = Object.keys(json);
  if (paths.length === 0) return [];
  if (truncated) return [unread];
  const body = parseJson(text);
  if (body === undefined) return [wrong('the body is not JSON')];
  return paths.flatMap((path) => {
    const value = valueAt(body, path);
    if (value === json[path]) return [];
    const found = value === undefined ? 'missing' : quote(value, 60);
    return [wrong(`${path} is ${found}, expected ${quote(json[path], 60)}`)];
  });
}

function judgeLatency({ within }: HttpExpectation, { latency }: JudgedAnswer): Finding[] {
  if (within === undefined || latency <= within) return [];
  return [wrong(`took ${latency} ms, allowed are ${within} ms`)];
}
