import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { loadProject } from '../config/load-project';
import type { Problem } from '../config/problems';
import { SlipwayError } from '../release/errors';
import type { Project } from '../release/project';
import { unknownEnvironment } from './request-release';

/** The name of the configuration file. */
export const configFileName = 'slipway.yaml';

/** The project that a command is about. */
export interface ProjectContext {
  /** Path of its file, as people are told. */
  readonly file: string;
  /** Where its `.slipway` folder is. */
  readonly folder: string;
  readonly project: Project;
  readonly warnings: readonly Problem[];
}

/**
 * The configuration that a command run in `cwd` means: `--config`, else the nearest `slipway.yaml` in this folder or one
 * above it. Fails with CONFIG_MISSING or CONFIG_INVALID.
 */
export async function projectContext(cwd: string, config: string | undefined): Promise<ProjectContext> {
  const path = config === undefined ? nearestConfig(cwd) : resolve(cwd, config);
  if (path === undefined) {
    throw new SlipwayError('CONFIG_MISSING', { file: `${configFileName} in ${cwd} or a folder above it` });
  }
  const shown = relative(cwd, path) || '.';
  const file = shown.startsWith(join('..', '..')) ? path : shown;
  // The file is named as the user would, but read wherever we stand.
  const { project, warnings } = await loadProject(cwd === process.cwd() ? file : path);
  return { file, folder: dirname(path), project, warnings };
}

/** The same, or undefined if there is no such file and none was named. Fails with CONFIG_INVALID. */
export async function projectContextIfAny(
  cwd: string,
  config: string | undefined,
): Promise<ProjectContext | undefined> {
  if (config === undefined && nearestConfig(cwd) === undefined) return undefined;
  return projectContext(cwd, config);
}

/** The environment `name` of a project must exist: fails with ENVIRONMENT_UNKNOWN. */
export function environmentOf({ project, file }: ProjectContext, name: string): string {
  if (!Object.hasOwn(project.environments, name)) throw unknownEnvironment(project, name, file);
  return name;
}

/** The same of an environment that is released to: one that somebody else deploys to fails with ENVIRONMENT_OBSERVED. */
export function releasableEnvironment(context: ProjectContext, name: string): string {
  const environment = environmentOf(context, name);
  if (context.project.environments[environment]?.observed)
    throw new SlipwayError('ENVIRONMENT_OBSERVED', { environment });
  return environment;
}

/** The folder in which the embedded stack of a project, or of this folder, keeps its data. */
export function stackFolderOf(context: ProjectContext | undefined, cwd: string): string {
  return join(context?.folder ?? cwd, '.slipway');
}

function nearestConfig(cwd: string): string | undefined {
  for (let folder = resolve(cwd); ; folder = dirname(folder)) {
    const path = join(folder, configFileName);
    if (existsSync(path)) return path;
    if (folder === dirname(folder)) return undefined;
  }
}
