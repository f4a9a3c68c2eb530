/** Longest version: it stands in workflow ids, tags and search attributes. */
const longest = 100;

/** Why `text` cannot be a version, in a few words; undefined if it can. What it means is found out by the release. */
export function problemOfVersion(text: string): string | undefined {
  if (text.length > longest) return `it is longer than ${longest} characters`;
  if (!/^[A-Za-z0-9]/.test(text)) return 'it must begin with a letter or a digit';
  if (!/^[A-Za-z0-9._+-]+$/.test(text)) return 'it may hold letters, digits and . _ + - only';
  return text.includes('..') ? 'it holds ".."' : undefined;
}
