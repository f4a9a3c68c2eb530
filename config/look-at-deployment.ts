import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, extname, join, relative, resolve } from 'node:path';
import { LineCounter, parseAllDocuments, type Document } from 'yaml';
import { SlipwayError } from '../release/errors';
import { joinFacts, noDeployment, type DeploymentFacts } from './deployment-facts';
import { isManifest, lookAtChart, lookAtKubernetes } from './look-at-kubernetes';
import { lookAtScript } from './look-at-script';
import { lookAtVercel } from './look-at-vercel';
import { isAboutDeploying, lookAtWorkflow } from './look-at-workflow';

/** What was found, and files that were looked at in vain. */
export interface DeploymentFound {
  readonly facts: DeploymentFacts;
  /** The files that told something, as people name them. */
  readonly files: readonly string[];
  readonly skipped: readonly { readonly file: string; readonly problem: string }[];
}

/** More is no file that somebody wrote by hand. */
const largest = 512 * 1024;

/**
 * Reads the one file that says how a project is deployed: a shell script, a workflow of GitHub Actions, `vercel.json`,
 * Kubernetes manifests, `kustomization.yaml` or `Chart.yaml`. Fails with SOURCE_UNUSABLE if it is none or cannot be read.
 */
export async function lookAtDeploymentFile(cwd: string, name: string): Promise<DeploymentFound> {
  const file = shown(cwd, resolve(cwd, name));
  const read = await look(resolve(cwd, name), file);
  if ('problem' in read) throw new SlipwayError('SOURCE_UNUSABLE', { file, problem: read.problem });
  if (!read.facts) throw new SlipwayError('SOURCE_UNUSABLE', { file, problem: unknownKind });
  return { facts: read.facts, files: [file], skipped: [] };
}

/** Looks where such files usually are, not deeper than four folders. What cannot be read is told, and left out. */
export async function lookForDeployment(cwd: string): Promise<DeploymentFound> {
  const found: { facts: DeploymentFacts; file: string }[] = [];
  const skipped: { file: string; problem: string }[] = [];
  for (const path of (await usualFiles(cwd)).slice(0, 200)) {
    const file = shown(cwd, path);
    const read = await look(path, file);
    if ('problem' in read) skipped.push({ file, problem: read.problem });
    else if (read.facts && !(read.kind === 'workflow' && !read.isDeploying)) found.push({ facts: read.facts, file });
  }
  const telling = found.filter(({ facts }) => Object.values(facts).some((list) => (list as unknown[]).length > 0));
  return {
    facts: telling.length > 0 ? joinFacts(telling.map(({ facts }) => facts)) : noDeployment,
    files: telling.map(({ file }) => file),
    skipped,
  };
}

const unknownKind =
  'it is no shell script, workflow of GitHub Actions, vercel.json, Kubernetes manifest, kustomization.yaml or Chart.yaml';

type Read =
  | { readonly problem: string }
  | { readonly facts: DeploymentFacts | undefined; readonly kind?: 'workflow'; readonly isDeploying?: boolean };

async function look(path: string, file: string): Promise<Read> {
  const text = await textOf(path);
  if (typeof text !== 'string') return text;
  if (isScript(path, text)) return { facts: lookAtScript(text, (line) => ({ file, line: line + 1 })) };
  if (!/\.(ya?ml|json)$/.test(path)) return { facts: undefined };
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    lineCounter: lines,
    logLevel: 'silent',
    prettyErrors: false,
    uniqueKeys: false,
  });
  if (!Array.isArray(documents)) return { problem: 'it is empty' };
  const broken = documents.flatMap(({ errors }) => errors)[0];
  if (broken) {
    const { line, col } = lines.linePos(broken.pos[0]);
    return { problem: `it cannot be parsed (${broken.message.split('\n')[0]} in line ${line}, column ${col})` };
  }
  return readDocuments(documents as Document[], lines, path, file, text);
}

function readDocuments(
  documents: readonly Document[],
  lines: LineCounter,
  path: string,
  file: string,
  text: string,
): Read {
  const [first] = documents;
  if (first === undefined) return { problem: 'it is empty' };
  const has = (...keys: string[]) => typeof first.toJS() === 'object' && keys.every((key) => first.has(key));
  try {
    if (basename(path) === 'vercel.json') return { facts: lookAtVercel(first, lines, file) };
    if (has('on', 'jobs')) {
      return {
        facts: lookAtWorkflow(first, lines, file),
        kind: 'workflow',
        isDeploying: isAboutDeploying(`${basename(path)}\n${text}`),
      };
    }
    if (/^Chart\.ya?ml$/.test(basename(path)) && has('name')) return { facts: lookAtChart(first, lines, file) };
    if (documents.some(isManifest) || /^kustomization\.ya?ml$/.test(basename(path))) {
      return { facts: lookAtKubernetes(documents, lines, file) };
    }
    return { facts: undefined };
  } catch (error) {
    // An alias without its anchor, or one that grows without end, is only found when it is followed.
    return {
      problem: `it cannot be parsed (${error instanceof Error ? error.message.split('\n')[0] : String(error)})`,
    };
  }
}

async function textOf(path: string): Promise<string | { problem: string }> {
  try {
    const { size } = await stat(path);
    if (size > largest) return { problem: `it is larger than ${largest / 1024} KiB` };
    const bytes = await readFile(path);
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return text.includes('\0') ? { problem: 'it is binary' } : text;
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { problem: 'it does not exist' };
    if (code === 'EISDIR') return { problem: 'it is a folder' };
    return { problem: name === 'TypeError' ? 'it is binary' : `it cannot be read (${code ?? String(error)})` };
  }
}

const isScript = (path: string, text: string) =>
  ['.sh', '.bash', '.zsh'].includes(extname(path)) ||
  /^#!.*\b(ba|z|da|k)?sh\b/.test(text) ||
  /^(Makefile|Justfile|Procfile)$/i.test(basename(path));

/** Workflows, scripts whose names say deploy or release, vercel.json, and what lies in folders for Kubernetes. */
async function usualFiles(top: string): Promise<string[]> {
  const found: string[] = [];
  const walk = async (folder: string, depth: number): Promise<void> => {
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const path = join(folder, entry.name);
      if (entry.isFile() && isUsual(relative(top, path).replaceAll('\\', '/'))) found.push(path);
      const isSkipped = strange.has(entry.name) || (entry.name.startsWith('.') && entry.name !== '.github');
      if (entry.isDirectory() && !isSkipped && depth < 4) await walk(path, depth + 1);
    }
  };
  await walk(top, 0);
  return found;
}

function isUsual(path: string): boolean {
  if (/^\.github\/workflows\/[^/]+\.ya?ml$/.test(path)) return true;
  if (/(^|\/)(vercel\.json|kustomization\.ya?ml|Chart\.ya?ml)$/.test(path)) return true;
  if (/(^|\/)templates\//.test(path)) return false;
  if (/(^|\/)(k8s|kube|kubernetes|manifests|deploy|deployment|deployments)\/.*\.ya?ml$/.test(path)) return true;
  return /(^|\/)[\w-]*(deploy|release|promote)[\w-]*(\.(sh|bash))?$/.test(path);
}

/** Folders that hold others' code. */
const strange = new Set(['node_modules', 'vendor', 'dist', 'build', 'target', 'venv']);

function shown(cwd: string, path: string): string {
  const short = relative(cwd, path).replaceAll('\\', '/');
  return short === '' || short.startsWith('../..') ? path : short;
}
