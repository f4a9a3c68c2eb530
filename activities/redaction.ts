import type { Lookup } from '../release/env-references';
import { secretForms } from './secret-forms';

/** Masks what must not be told. One for a whole worker, so that a secret of one activity is masked in all. */
export interface Redactor {
  /** `lookup`, but every value that it gives out is masked from then on. */
  readonly remember: (lookup: Lookup) => Lookup;
  /**
   * `text` with every remembered secret masked (also as it looks in URLs, JSON and Basic authorization), and with
   * every login in a URL and every value of a header or field whose name says that it is secret. Never fails.
   */
  readonly redact: (text: string) => string;
}

const mask = '***';

/** A redactor that knows no secret yet. */
export function createRedactor(): Redactor {
  const values = new Set<string>();
  const forms = new Set<string>();
  let pattern: RegExp | undefined;
  const note = (value: string) => {
    if (values.has(value)) return;
    values.add(value);
    for (const form of secretForms(value)) forms.add(form);
    pattern = matchAny(forms);
  };
  return {
    remember: (lookup) => (name) => {
      const value = lookup(name);
      if (value !== undefined) note(value);
      return value;
    },
    redact: (text) => maskPatterns(pattern ? text.replace(pattern, mask) : text),
  };
}

/** Longest first, so that a secret which begins like another is masked whole. */
function matchAny(texts: ReadonlySet<string>): RegExp | undefined {
  if (texts.size === 0) return undefined;
  const longestFirst = [...texts].sort((one, other) => other.length - one.length);
  return new RegExp(longestFirst.map((text) => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')).join('|'), 'g');
}

/** `//user:password@` and `//token@`, also with a `/` that should have been encoded; no port. Lengths are bounded, since a text may be large and hostile. */
const urlLogin = /\/\/(?:[^\s/?#@"':]{0,256}:(?!\d{1,5}[/?#])[^\s"']{0,256}|[^\s/?#@"']{1,256})@/g;

const separator = String.raw`\\?["']?\s{0,4}[:=]\s{0,4}`;

/** How a value of JSON begins that is no text: masking it would break the line. */
const noText = String.raw`[[{]|(?:null|true|false)\b`;

/** A whole line of cookies: they are separated by what ends other values. */
const cookies = new RegExp(String.raw`((?<![\w-])(?:set-)?cookie${separator}\\?["']?)(?!${noText})[^\r\n"'\\]+`, 'gi');

const secretName = String.raw`(?<![\w-])[\w-]{0,40}(?:authorization|api[-_]?key|access[-_]?key|password|passwd|secret|token)`;

const scheme = String.raw`(?:(?:Basic|Bearer|Token)\s+)?`;

/** `name: value`, `name=value` and `"name":"value"`; the last also inside a text of JSON. What stays is captured. */
const secretField = new RegExp(
  `(${secretName}${separator})(?:` +
    [
      String.raw`(\\["']${scheme})[^"'\\]+`,
      String.raw`("${scheme})(?:[^"\\]|\\.)+`,
      String.raw`('${scheme})[^']+`,
      String.raw`(${scheme})(?!${noText})[^\s"'\\,;&})]+`,
    ].join('|') +
    ')',
  'gi',
);

const bearer = /\bBearer\s+(?=[^\s"',;]{0,200}[\d._~+/=-])[^\s"'\\,;]{8,}/gi;

function maskPatterns(text: string): string {
  return text
    .replace(urlLogin, `//${mask}@`)
    .replace(cookies, `$1${mask}`)
    .replace(secretField, `$1$2$3$4$5${mask}`)
    .replace(bearer, `Bearer ${mask}`);
}
