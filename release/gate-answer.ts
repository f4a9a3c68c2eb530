/** The contract with gates that are not ours: what a program prints, or a server answers. docs/gates.md */
import { clip } from './clip';
import { MAX_EVIDENCE, type Evidence } from './gate-rule';
import { parseJson } from './json-path';
import type { Verdict } from './verdict';

/** What such a gate says. */
export interface GateAnswer {
  readonly verdict: Verdict | 'pending';
  readonly detail: string;
  readonly evidence: readonly Evidence[];
}

const verdicts = ['passed', 'failed', 'unknown', 'pending'];

const longestDetail = 300;
const longestValue = 200;
const longestLink = 500;

/** The answer in `text`, or why that is none, in a few words that quote nothing of it. */
export function readGateAnswer(text: string): GateAnswer | { readonly malformed: string } {
  const json = parseJson(text);
  if (!isMap(json)) return { malformed: 'it is no JSON object' };
  const { verdict, detail = '', evidence = [] } = json;
  if (typeof verdict !== 'string' || !verdicts.includes(verdict)) {
    return { malformed: `its verdict is none of ${verdicts.join(', ')}` };
  }
  if (typeof detail !== 'string') return { malformed: 'its detail is no text' };
  if (!Array.isArray(evidence)) return { malformed: 'its evidence is no list' };
  const read = evidence.slice(0, MAX_EVIDENCE).map(readEvidence);
  const wrong = read.find((one) => typeof one === 'string');
  if (wrong !== undefined) return { malformed: wrong };
  return {
    verdict: verdict as GateAnswer['verdict'],
    detail: clip(detail, longestDetail),
    evidence: read.filter((one) => typeof one !== 'string'),
  };
}

/** Evidence within its limits; each text through `redact`. */
export function tidyEvidence(evidence: readonly Evidence[], redact: (text: string) => string): Evidence[] {
  return evidence.slice(0, MAX_EVIDENCE).map(({ name, value, link, at }) => ({
    name: clip(redact(name), longestValue),
    ...(value !== undefined && { value: clip(redact(value), longestValue) }),
    ...(link !== undefined && link.length <= longestLink && { link: redact(link) }),
    ...(at !== undefined && { at }),
  }));
}

function readEvidence(item: unknown): Evidence | string {
  if (!isMap(item)) return 'a piece of its evidence is no object';
  const { name, value, link, at } = item;
  if (typeof name !== 'string' || name.trim() === '') return 'a piece of its evidence has no name';
  if (value !== undefined && value !== null && !isPlain(value)) {
    return 'a value of its evidence is no text';
  }
  if (link !== undefined && link !== null && !isLink(link)) return 'a link of its evidence is no address of the web';
  const moment = at === undefined || at === null ? null : typeof at === 'string' ? Date.parse(at) : Number.NaN;
  if (Number.isNaN(moment)) return 'a time of its evidence is no date';
  return {
    name,
    ...(isPlain(value) && { value: String(value) }),
    ...(typeof link === 'string' && { link }),
    ...(moment !== null && { at: new Date(moment).toISOString() }),
  };
}

const isLink = (value: unknown): boolean =>
  typeof value === 'string' && value.length <= longestLink && /^https?:\/\/[^\s"<>]+$/i.test(value);

const isPlain = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
