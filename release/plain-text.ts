/**
 * Text from outside (commit subjects, error messages, answers of services) made safe to show: nothing in it can move
 * a terminal's cursor, hide other text or turn into markup.
 */

// Control characters, and the characters that change the direction of text around them.
// eslint-disable-next-line no-control-regex
const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** `text` with every character that could fool a reader written out as `\u{…}`; lines and tabs stay. */
export function visibleText(text: string): string {
  return text
    .replace(/\r\n/g, '\n')
    .replace(unsafe, (character) => `\\u{${character.codePointAt(0)!.toString(16).padStart(4, '0')}}`);
}

/** `text` on one line. */
export function oneLine(text: string): string {
  return visibleText(text).replace(/\s+/g, ' ').trim();
}

/** `text` on one line of at most `width` characters; what is cut off is told by `…`. */
export function fitted(text: string, width: number): string {
  const line = [...oneLine(text)];
  return line.length <= width ? line.join('') : `${line.slice(0, Math.max(0, width - 1)).join('')}…`;
}

/** `text` on one line of Markdown, where it is text and nothing else (no HTML, no link, no emphasis). */
export function markdownText(text: string): string {
  return escaped(oneLine(text));
}

/** `text` as code within a line of Markdown. */
export function markdownCode(text: string): string {
  const line = oneLine(text);
  const fence = '`'.repeat(longestRun(line) + 1);
  const space = line.startsWith('`') || line.endsWith('`') || line === '' ? ' ' : '';
  return `${fence}${space}${line}${space}${fence}`;
}

/** `text` as a block of code in Markdown, whatever it holds. */
export function markdownBlock(language: string, text: string): string[] {
  const fence = '`'.repeat(Math.max(3, longestRun(text) + 1));
  return [`${fence}${language}`, ...visibleText(text).trimEnd().split('\n'), fence];
}

/** How many bytes `text` is in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at++) bytes += utf8Bytes(text.charCodeAt(at));
  return bytes;
}

/** How many bytes `text` is inside a web address, where most characters are written as `%xx`. */
export function urlLength(text: string): number {
  let bytes = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    bytes += isPlainInUrl(code) ? 1 : 3 * utf8Bytes(code);
  }
  return bytes;
}

/** Of one UTF-16 unit: the two of a pair have two bytes each. A workflow counts often, so there are no objects here. */
function utf8Bytes(code: number): number {
  return code < 0x80 ? 1 : code < 0x800 || (code >= 0xd800 && code < 0xe000) ? 2 : 3;
}

/** What `encodeURIComponent` leaves as it is. */
function isPlainInUrl(code: number): boolean {
  const isDigit = code >= 48 && code <= 57;
  const isLetter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
  return isDigit || isLetter || plainMarks.has(code);
}

const plainMarks = new Set([..."_.!~*'()-"].map((mark) => mark.charCodeAt(0)));

/** One line of at most `limit` bytes in UTF-8; what is cut off is told by `…`. */
export function fittedBytes(text: string, limit: number): string {
  const line = oneLine(text);
  if (utf8Length(line) <= limit) return line;
  let kept = '';
  let used = utf8Length('…');
  for (const character of line) {
    used += utf8Length(character);
    if (used > limit) break;
    kept += character;
  }
  return `${kept}…`;
}

/** A sentence of ours as a line of Markdown: what stands between backticks in it stays code, all else is text. */
export function markdownSentence(text: string): string {
  return oneLine(text)
    .split(/(`[^`]+`)/)
    .map((part) => (/^`[^`]+`$/.test(part) ? markdownCode(part.slice(1, -1)) : part && escaped(part)))
    .join('');
}

function escaped(text: string): string {
  // An underscore within a word means nothing.
  return text.replace(/[\\`*<>[\]|~]|(?<!\w)_|_(?!\w)/g, '\\$&');
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}
