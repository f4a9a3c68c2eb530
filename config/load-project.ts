import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { SlipwayError } from '../release/errors';
import type { Project } from '../release/project';
import { assembleProject } from './assemble-project';
import { readBySchema } from './findings-of-schema';
import { ConfigInvalidError, fieldOf, type Finding, type Problem } from './problems';
import { quote } from './quote';
import { readYaml } from './read-yaml';
import { judgeByRules } from './rules';
import { projectFile, readableVersions } from './schema/project';

/** A file that may be used, and what is doubtful about it. */
export interface LoadedProject {
  readonly project: Project;
  readonly warnings: readonly Problem[];
}

/**
 * Reads `slipway.yaml` at `file` (as the user named it; messages name it so too). Throws CONFIG_MISSING, or
 * CONFIG_INVALID (a `ConfigInvalidError`) with every problem at once.
 */
export async function loadProject(file: string): Promise<LoadedProject> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') throw new SlipwayError('CONFIG_MISSING', { file });
    const reason = error.code === 'EISDIR' ? 'is a folder' : `cannot be read (${error.code ?? error.message})`;
    throw wholeFile(file, `the file ${reason}`, 'Name a YAML file that you may read.');
  });
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw wholeFile(file, 'the file is not UTF-8 text', 'Save it as UTF-8.');
  }
  return parseProject(text, { file, folder: dirname(resolve(file)) });
}

/**
 * Reads the text of a `slipway.yaml`: `file` is what messages call it, relative paths in it count from `folder`.
 * Throws CONFIG_INVALID (a `ConfigInvalidError`) with every problem at once.
 */
export function parseProject(text: string, { file, folder }: { file: string; folder: string }): LoadedProject {
  if (text.includes('\0')) throw wholeFile(file, 'the file is not UTF-8 text', 'Save it as UTF-8.');
  const yaml = readYaml(text);
  const locate = ({ path, at, message, hint, others = [] }: Finding): Problem => ({
    file,
    ...yaml.placeOf(path, at),
    field: fieldOf(path),
    message: message + others.map((other) => `; see also line ${yaml.placeOf(other, at).line}`).join(''),
    hint,
  });
  const problems: Problem[] = yaml.findings.map((finding) => ({ file, field: '', ...finding }));
  if (yaml.broken) throw new ConfigInvalidError(file, inOrder(problems));

  if (yaml.value === null) throw wholeFile(file, 'the file is empty', 'Run `slipway init` to have one written.');
  if (typeof yaml.value !== 'object' || Array.isArray(yaml.value)) {
    throw wholeFile(file, 'the file is no map of keys and values', 'Run `slipway init` to see one.');
  }
  const other = otherVersion(yaml.value);
  if (other) throw new ConfigInvalidError(file, inOrder([...problems, locate(other)]));

  const read = readBySchema(projectFile, yaml.value);
  const judged = judgeByRules(yaml.value, folder);
  const findings = [...('findings' in read ? read.findings : []), ...judged.problems];
  problems.push(...findings.map(locate));
  if (problems.length > 0 || !('parsed' in read)) throw new ConfigInvalidError(file, inOrder(problems));
  return { project: assembleProject(read.parsed, folder), warnings: inOrder(judged.warnings.map(locate)) };
}

/** A file of another format version is not judged any further: what this program knows does not apply to it. */
function otherVersion(value: object): Finding | undefined {
  const version = (value as { version?: unknown }).version;
  if (version === undefined || version === null || readableVersions.some((known) => known === version))
    return undefined;
  return {
    path: ['version'],
    at: 'value',
    message: `${quote(version)} is a format that this program does not read`,
    hint:
      version === '1'
        ? 'Write version: 1, without quotes.'
        : `It reads version ${readableVersions.join(', ')}; a newer Slipway may read more.`,
  };
}

function wholeFile(file: string, message: string, hint: string): ConfigInvalidError {
  return new ConfigInvalidError(file, [{ file, line: 1, column: 1, field: '', message, hint }]);
}

/** By place in the file; what two rules say of the same place in the same words is said once. */
function inOrder(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return [...problems]
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .filter((problem) => {
      const key = JSON.stringify(problem);
      return !seen.has(key) && seen.add(key);
    });
}
