/** A release as it was asked for. */
import type { Project } from './project';
import { rulesFor } from './release-kind';
import type { ReleaseKind } from './rule-words';

/** Whose environment it goes to, and of which kind it is; absent = normal. */
interface AskedRelease {
  readonly project: Project;
  readonly environment: string;
  readonly kind?: ReleaseKind;
}

interface Asked extends AskedRelease {
  readonly requestedBy: string;
  readonly version: string;
  readonly reason?: string;
  /** rollback: what the last release left is put back. */
  readonly restores?: true;
}

/** The order, with the environment's rules as they hold for its kind. */
export function withRulesOfKind<O extends AskedRelease>(order: O): O {
  const { project, environment, kind = 'normal' } = order;
  const rules = project.environments[environment]!;
  const own = rulesFor(rules, kind);
  return own === rules ? order : { ...order, project: { ...project, environments: { [environment]: own } } };
}

/** Who asked for what, where, and why. */
export function askedWords({ requestedBy, version, environment, kind = 'normal', reason, restores }: Asked): string {
  const why = reason ? `: “${reason}”` : '';
  switch (kind) {
    case 'normal':
      return `${requestedBy} asked for ${version} to ${environment}${why}`;
    case 'hotfix':
      return `${requestedBy} asked for the hotfix ${version} to ${environment}${why}`;
    case 'rollback':
      if (restores)
        return `${requestedBy} asked to put back what the last release left in ${environment}: ${version}${why}`;
      return `${requestedBy} asked to roll ${environment} back to ${version}${why}`;
    case 'redeploy':
      return `${requestedBy} asked to redeploy ${version} to ${environment}${why}`;
  }
}
