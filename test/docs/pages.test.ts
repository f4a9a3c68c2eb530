import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseProject } from '../../config/load-project';
import { examplePayload, parseDecision, type DecisionKind } from '../../release/decision';
import { projectRoot } from '../../examples/shop/project-root';
import { buildProgram } from '../../client/program';
import { blocksOf, pages, proseOf } from './pages';

describe.each(pages().map(({ path, text }) => [path, text] as const))('%s', (path, text) => {
  test('links lead to files and headings that are there', () => {
    const broken = [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter((target) => !/^[a-z]+:/.test(target) && !leadsSomewhere(path, target, text));
    expect(broken).toEqual([]);
  });

  test('paths that it names are there', () => {
    const missing = [...proseOf(text).matchAll(/`([^`\n]+)`/g)]
      .map(([, code = '']) => code)
      .filter((code) => looksLikePath(code) && !existsSync(join(projectRoot, code)));
    expect(missing).toEqual([]);
  });

  test('whole files in it are valid', () => {
    const files = blocksOf(text).filter(({ info }) => info === 'yaml whole-file');
    for (const block of files) expect(() => parseProject(block.text, { file: path, folder: '/' })).not.toThrow();
  });

  test('JSON for decisions is read as such', () => {
    const rows = [...text.matchAll(/^\| `(\w+)` +\| `(\{.*?\})`/gm)];
    for (const [, kind = '', payload = ''] of rows) {
      expect(examplePayload(kind as DecisionKind)).toEqual(expect.any(String));
      expect(parseDecision(kind as DecisionKind, JSON.parse(payload), 'id')).toHaveProperty('decision');
    }
  });

  test('commands and options of slipway that it shows are there', () => {
    const shown = [...text.matchAll(/(?:^|`|\n) *(?:npx )?slipway ([a-z][a-z-]*)((?: +(?:[^\s`#]+))*)/g)];
    for (const [whole, name = '', rest = ''] of shown) {
      const command = buildProgram().commands.find((known) => known.name() === name);
      const known = [...(command?.options ?? []), ...buildProgram().options].flatMap(({ long }) => long ?? []);
      const unknown = [...rest.matchAll(/--[a-z-]+/g)].map(([option]) => option).filter((o) => !known.includes(o));
      expect({ whole, is: command?.name(), unknown }).toEqual({ whole, is: name, unknown: [] });
    }
  });
});

function leadsSomewhere(from: string, target: string, text: string): boolean {
  const [file = '', heading] = target.split('#');
  const path = file === '' ? from : join(dirname(from), file);
  if (!existsSync(join(projectRoot, path))) return false;
  const page = path === from ? text : pages().find((known) => known.path === path)?.text;
  return heading === undefined || (page !== undefined && headingsOf(page).includes(heading));
}

/** As the usual hosts make anchors of headings. */
function headingsOf(text: string): string[] {
  return [...proseOf(text).matchAll(/^#+ +(.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

const inFolder =
  /^(release|config|workflows|activities|worker|client|test|docs|examples|benchmarks|\.ci)\/([\w.-]+\/)*([\w-]+(\.[\w-]+)*\.(ts|mjs|js|json|md|yaml|sh))?$/;
const inRoot = /^((jest|eslint|tsconfig|package)[\w.-]*\.(js|mjs|json)|README\.md|CHANGELOG\.md)$/;

/** A path of this project: a folder of its tree, a file in one, or a file of its root. */
function looksLikePath(code: string): boolean {
  return inFolder.test(code) || inRoot.test(code);
}
