/** What release notes say of one version. */

/**
 * The section of `version` in a Markdown text, without its heading: from the first heading that names the version (as
 * `## [1.2.0] - 2026-01-02` or `## v1.2.0`) to the next one of its level or above. Undefined = there is none.
 */
export function sectionOf(markdown: string, version: string): string | undefined {
  const lines = withoutCode(markdown.replace(/\r\n?/g, '\n').split('\n'));
  const begin = lines.findIndex(({ heading }) => heading !== undefined && names(heading.text, version));
  if (begin === -1) return undefined;
  const level = lines[begin]?.heading?.level ?? 0;
  const rest = lines.slice(begin + 1);
  const end = rest.findIndex(({ heading }) => heading !== undefined && heading.level <= level);
  return (end === -1 ? rest : rest.slice(0, end))
    .map(({ text }) => text)
    .join('\n')
    .trim();
}

/** Whether notes say anything: more than headings, rules, comments, the addresses of links and the version itself. */
export function saySomething(notes: string, version: string): boolean {
  const rest = notes
    .replace(/<!--[\s\S]*?-->/g, '')
    .split('\n')
    .filter((line) => !/^\s{0,3}(#{1,6}(\s|$)|[-=*_]{3,}\s*$|\[[^\]]+\]:\s)/.test(line))
    .map((line) => line.replace(/^[\s>*+-]+/, '').trim())
    .filter((line) => line !== '' && !(line.length <= version.length + 20 && names(line, version)));
  return rest.length > 0;
}

interface Line {
  readonly text: string;
  readonly heading?: { readonly level: number; readonly text: string };
}

function withoutCode(lines: readonly string[]): Line[] {
  let fence = '';
  return lines.map((text, index) => {
    const [, mark = ''] = /^\s{0,3}(```+|~~~+)/.exec(text) ?? [];
    if (mark !== '') fence = fence === '' ? mark.slice(0, 3) : mark.startsWith(fence) ? '' : fence;
    if (fence !== '' || mark !== '') return { text };
    const [, marks = '', title = ''] = /^\s{0,3}(#{1,6})\s+(.*)$/.exec(text) ?? [];
    if (marks !== '') return { text, heading: { level: marks.length, text: title } };
    const under = /^\s{0,3}(=+|-+)\s*$/.exec(lines[index + 1] ?? '')?.[1];
    if (under !== undefined && text.trim() !== '' && !/^\s{0,3}[-=*>]/.test(text)) {
      return { text, heading: { level: under.startsWith('=') ? 1 : 2, text } };
    }
    return { text };
  });
}

/** Whether the version stands in a text as a word of its own: 1.2.0 is neither in 11.2.0 nor in 1.2.0-rc.1. */
function names(text: string, version: string): boolean {
  const escaped = version.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  return new RegExp(`(?<![\\w.+-])(?:[vV]|[\\w-]+[-@/][vV]?)?${escaped}(?![\\w+-]|\\.\\w)`).test(text);
}
