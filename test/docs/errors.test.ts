import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { exitCodeOfError } from '../../client/exit-codes';
import { projectRoot } from '../../examples/shop/project-root';
import { errorTable, type ErrorCode } from '../../release/errors';

const file = join(projectRoot, 'docs', 'errors.md');
const begin = '<!-- computed from release/errors.ts: SLIPWAY_WRITE_DOCS=1 npx jest test/docs/errors.test.ts -->';
const end = '<!-- end of what is computed -->';

test('the table of errors says what the program says', () => {
  if (process.env['SLIPWAY_WRITE_DOCS'] === '1') writeTable();
  expect(entriesIn(readFileSync(file, 'utf8'))).toEqual(Object.fromEntries(Object.keys(errorTable).map(entryOf)));
});

function entryOf(name: string): [string, string[]] {
  const code = name as ErrorCode;
  const { message, todo, retryable } = errorTable[code];
  const exit = String(exitCodeOfError(code));
  return [`\`${code}\``, [cell(message), cell(todo), retryable ? 'yes' : 'no', exit]];
}

/** By code, so that it does not matter how the table is formatted. */
function entriesIn(page: string): Record<string, string[]> {
  const table = page.slice(page.indexOf(begin) + begin.length, page.indexOf(end));
  const rows = table.split('\n').filter((line) => line.startsWith('| `'));
  return Object.fromEntries(
    rows.map((row) => {
      const [code = '', ...cells] = row
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((text) => text.trim());
      return [code, cells];
    }),
  );
}

function writeTable(): void {
  const page = readFileSync(file, 'utf8');
  const rows = Object.keys(errorTable).map(entryOf);
  const lines = [
    '| code | sentence | what to do | tried again | exit code |',
    '| --- | --- | --- | --- | --- |',
    ...rows.map(([code, cells]) => `| ${[code, ...cells].join(' | ')} |`),
  ];
  const [before, after] = [page.slice(0, page.indexOf(begin) + begin.length), page.slice(page.indexOf(end))];
  writeFileSync(file, `${before}\n\n${lines.join('\n')}\n\n${after}`);
}

/** A text as it stands in a cell: on one line, with nothing that would end the cell. */
function cell(text: string): string {
  return text.replaceAll('\n', ' ').replaceAll('|', '\\|').trim();
}
