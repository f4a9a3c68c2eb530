import { setTimeout as after } from 'node:timers/promises';
import { connect } from '../connect';
import { listReleases, type ListedRelease } from '../list-releases';
import { projectContextIfAny, type ProjectContext } from '../project-context';
import type { Candidate, Knowledge } from './complete';

/** How long somebody who pressed Tab waits for Temporal, in milliseconds. */
const patience = 1_500;

/** What can be known of `cwd`'s project and its Temporal within a moment. */
export function knowledgeOf(cwd: string, env: NodeJS.ProcessEnv, config: string | undefined): Knowledge {
  const context = projectContextIfAny(cwd, config).catch(() => undefined);
  return {
    environments: async () =>
      Object.keys((await context)?.project.environments ?? {}).map((value) => ({ value, about: 'environment' })),
    releases: async ({ running, environment }) => {
      const asked = releasesOf({ context: await context, cwd, env, environment, running }).catch(() => []);
      return Promise.race([asked, after(patience, [])]);
    },
  };
}

interface Question {
  readonly context: ProjectContext | undefined;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly environment: string | undefined;
  readonly running: boolean;
}

async function releasesOf({ running, ...search }: Question): Promise<Candidate[]> {
  const temporal = await connect(search);
  const filter = { project: search.context?.project.name, environment: search.environment, running, limit: 30 };
  const found = await listReleases(temporal.client, filter).finally(() => temporal.close());
  return found.map((release) => ({ value: nameOf(release, search.context), about: aboutOf(release) }));
}

/** Without the project where it goes without saying. */
const nameOf = ({ id, project }: ListedRelease, context: ProjectContext | undefined) =>
  project === context?.project.name ? id.split('/').slice(2).join('/') : id;

const aboutOf = ({ running, phase, outcome, status }: ListedRelease) =>
  running ? (phase ?? status) : (outcome ?? status);
