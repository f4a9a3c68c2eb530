import type { Project } from './project';

/**
 * What those who work for one environment are told of a project: the rules of no other, and nothing of what starts
 * releases. undefined = it has no such environment.
 */
export function onlyEnvironment(project: Project, environment: string): Project | undefined {
  const rules = Object.hasOwn(project.environments, environment) ? project.environments[environment] : undefined;
  return rules && { ...project, environments: { [environment]: rules }, triggers: [] };
}
