import type { YAMLError, YAMLWarning } from 'yaml';

/** What to say about a syntax error: in our words where people meet it often, otherwise in the parser's. */
export function yamlMessages(error: YAMLError | YAMLWarning, text: string): { message: string; hint: string } {
  const [start] = error.pos;
  const line = text.slice(text.lastIndexOf('\n', start - 1) + 1, text.indexOf('\n', start) >>> 0);
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return {
        message: `${JSON.stringify(/^[^:\s]+/.exec(text.slice(start))?.[0] ?? 'the key')} is written twice here`,
        hint: 'Keep one of the two.',
      };
    case 'TAB_AS_INDENT':
      return { message: 'a tab is used to indent', hint: 'Use blanks.' };
    case 'MULTIPLE_DOCS':
      return { message: 'a second document begins here', hint: 'Keep one document in the file: remove the --- line.' };
    case 'BAD_SCALAR_START':
      return { message: `a value may not begin with ${text.charAt(start)}`, hint: 'Put the value in quotes.' };
    case 'BLOCK_AS_IMPLICIT_KEY':
      return { message: 'the value holds a colon and a blank', hint: 'Put the value in quotes.' };
    case 'MULTILINE_IMPLICIT_KEY':
      return { message: 'there is no colon after the key', hint: 'Write key: value.' };
    case 'UNEXPECTED_TOKEN':
      if (/[{[,].*[\w$]\{/.test(line)) {
        return {
          message: 'braces inside { … } or [ … ] must be in quotes',
          hint: 'Write for example { name: "v{version}" } or { http: "${env:API_URL}/health" }.',
        };
      }
      break;
    case 'TAG_RESOLVE_FAILED':
      return { message: `${text.slice(...error.pos)} is a YAML tag, which means nothing here`, hint: 'Take it out.' };
    case 'BAD_INDENT':
      if (/end with a [\]}]/.test(error.message)) {
        const closing = error.message.at(-1) ?? '';
        return { message: `the line before this one lacks a ${closing}`, hint: `Close it with ${closing}.` };
      }
      return {
        message: 'this line is indented neither like the one above nor like what it belongs to',
        hint: 'Indent what belongs together by the same number of blanks.',
      };
    case 'MISSING_CHAR': {
      const quote = /closing (['"])quote/.exec(error.message)?.[1];
      if (quote === undefined) break;
      return { message: `a ${quote} was opened and not closed before this`, hint: `Close it with ${quote}.` };
    }
    default:
  }
  return { message: error.message.replace(/\.$/, ''), hint: 'Mend the line.' };
}
