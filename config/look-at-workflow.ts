import { isMap, isScalar, isSeq, type Document, type LineCounter } from 'yaml';
import {
  addressOf,
  joinFacts,
  noDeployment,
  originOf,
  type DeploymentFacts,
  type Seen,
  type SeenPointer,
  type Source,
} from './deployment-facts';
import { lineOf } from './line-of';
import { lookAtScript } from './look-at-script';

/** What a workflow of GitHub Actions tells: what starts it, its environments, and the commands of its steps. */
export function lookAtWorkflow(document: Document, lines: LineCounter, file: string): DeploymentFacts {
  const at: At = (path) => ({ file, line: lineOf(document, lines, path) });
  const jobs = keysAt(document, ['jobs']);
  const parts = jobs.flatMap((job) => [environmentOf(document, job, at), ...stepsOf(document, job, at)]);
  return joinFacts([startOf(document, at), ...parts]);
}

/** Whether it deploys, by its words; a workflow that only tests says nothing of releases. */
export function isAboutDeploying(text: string): boolean {
  return /\b(deploy|release|publish|promote|rollout|ship)/i.test(text.replace(/^\s*#.*$/gm, ''));
}

type At = (path: readonly (string | number)[]) => Source;

function startOf(document: Document, at: At): DeploymentFacts {
  const pointers: Seen<SeenPointer>[] = [];
  const notes: Seen<string>[] = [];
  textsAt(document, ['on', 'push', 'tags']).forEach(({ text, path }) => {
    const name = patternOf(text);
    if (name !== undefined) pointers.push({ value: { kind: 'tag', name }, from: at(path) });
  });
  textsAt(document, ['on', 'push', 'branches']).forEach(({ text, path }) => {
    if (/^[\w][\w./-]*$/.test(text)) pointers.push({ value: { kind: 'branch', name: text }, from: at(path) });
  });
  if (document.hasIn(['on', 'release'])) {
    notes.push({
      value: 'published GitHub releases start this workflow; Slipway pushes a tag, so let it start `on: push: tags:`',
      from: at(['on', 'release']),
    });
  }
  const environments = textsAt(document, ['on', 'workflow_dispatch', 'inputs', 'environment', 'options']).map(
    ({ text, path }) => ({ value: text, from: at(path) }),
  );
  return { ...noDeployment, pointers, notes, environments };
}

/** `v*` and the like → `v{version}`. */
function patternOf(glob: string): string | undefined {
  if (glob.startsWith('!')) return undefined;
  const start = glob.search(/[*?+[]/);
  const prefix = start < 0 ? undefined : glob.slice(0, start).replace(/\d+\.$/, '');
  return prefix !== undefined && /^[\w./-]*$/.test(prefix) ? `${prefix}{version}` : undefined;
}

function environmentOf(document: Document, job: string, at: At): DeploymentFacts {
  const path = ['jobs', job, 'environment'];
  const isPair = isMap(document.getIn(path, true));
  const [name, url] = [isPair ? [...path, 'name'] : path, [...path, 'url']];
  const environments = textsAt(document, name).map(({ text }) => ({ value: text, from: at(name) }));
  const address = isPair ? addressOf(textsAt(document, url)[0]?.text ?? '') : undefined;
  const origin = address === undefined ? undefined : originOf(address);
  return { ...noDeployment, environments, addresses: origin === undefined ? [] : [{ value: origin, from: at(url) }] };
}

function stepsOf(document: Document, job: string, at: At): DeploymentFacts[] {
  const steps = document.getIn(['jobs', job, 'steps'], true);
  if (!isSeq(steps)) return [];
  return steps.items.flatMap((_, index) => {
    const path = ['jobs', job, 'steps', index, 'run'];
    const node = document.getIn(path, true);
    if (!isScalar(node) || typeof node.value !== 'string') return [];
    const { file, line } = at(path);
    // The text of a block begins on the line behind its `|`.
    const first = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED' ? line + 1 : line;
    return [lookAtScript(node.value, (offset) => ({ file, line: first + offset }))];
  });
}

function keysAt(document: Document, path: readonly string[]): string[] {
  const node = document.getIn(path, true);
  return isMap(node) ? node.items.flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : [])) : [];
}

/** The text at a path, or each text of the list there. */
function textsAt(
  document: Document,
  path: readonly (string | number)[],
): { text: string; path: readonly (string | number)[] }[] {
  const node = document.getIn(path, true);
  if (isScalar(node)) return typeof node.value === 'string' ? [{ text: node.value, path }] : [];
  if (!isSeq(node)) return [];
  return node.items.flatMap((item, index) =>
    isScalar(item) && typeof item.value === 'string' ? [{ text: item.value, path: [...path, index] }] : [],
  );
}
