/** The words of a command line, or what in it only a shell could do. */
export type CommandWords =
  | { readonly ok: true; readonly argv: readonly string[] }
  | { readonly ok: false; readonly problem: string; readonly needsShell: boolean };

type Refused = Extract<CommandWords, { ok: false }>;

const shellOnly = /&&|\|\||>>|<<|[|&;<>`*\n]|\$\(|\$(?!\{env:)\{?\w*\}?/y;
const shellOnlyInDoubleQuotes = /`|\$\(|\$(?!\{env:)\{?\w+\}?/y;

/**
 * Splits a command line at blanks, with single and double quotes and backslashes as in a shell, but runs no shell: what
 * only a shell could do is refused, unless it is quoted. References `${env:NAME}` stay as they are.
 */
export function wordsOfCommand(line: string): CommandWords {
  const argv: string[] = [];
  let word: string | undefined;
  let at = 0;
  while (at < line.length) {
    const char = line.charAt(at);
    if (/[ \t]/.test(char)) {
      if (word !== undefined) argv.push(word);
      word = undefined;
      at += 1;
    } else if (char === '\\') {
      word = (word ?? '') + line.charAt(at + 1);
      at += 2;
    } else if (char === "'" || char === '"') {
      const quoted = quotedPart(line, at);
      if ('problem' in quoted) return quoted;
      word = (word ?? '') + quoted.text;
      at = quoted.end;
    } else {
      const found = matchAt(shellOnly, line, at);
      if (found !== undefined) return needsShell(found);
      if (word === undefined && char === '~') return needsShell('~');
      word = (word ?? '') + char;
      at += 1;
    }
  }
  if (word !== undefined) argv.push(word);
  if (argv.length === 0 || argv[0] === '') return { ok: false, problem: 'names no program', needsShell: false };
  if (/^\w+=/.test(argv[0] ?? '')) return needsShell(`${argv[0]?.replace(/=.*/s, '=…')}`);
  return { ok: true, argv };
}

/** The text between the quote at `start` and its partner, and where the line goes on; or a problem. */
function quotedPart(line: string, start: number): { text: string; end: number } | Refused {
  const quote = line.charAt(start);
  let text = '';
  for (let at = start + 1; at < line.length; at += 1) {
    const char = line.charAt(at);
    if (char === quote) return { text, end: at + 1 };
    if (quote === '"') {
      const found = matchAt(shellOnlyInDoubleQuotes, line, at);
      if (found !== undefined) return needsShell(found);
      if (char === '\\' && /["\\$`]/.test(line.charAt(at + 1))) at += 1;
    }
    text += line.charAt(at);
  }
  return { ok: false, problem: `has a ${quote} without its partner`, needsShell: false };
}

function matchAt(pattern: RegExp, line: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(line)?.[0];
}

const needsShell = (what: string): Refused => ({
  ok: false,
  problem: `holds ${what === '\n' ? 'a line break' : what}, which needs a shell`,
  needsShell: true,
});
