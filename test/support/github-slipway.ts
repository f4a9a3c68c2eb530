/** A whole Slipway whose shop is at the stand-in for GitHub. */
import { startGitHub, type GitHub } from '../../examples/github/start-github';
import type { Permissions, Repository as Hosted } from '../../examples/github/world';
import type { GitHubAccess, Project } from '../../release/project';
import { CrashStage, type StageOptions } from './crash-stage';
import { startSlipway, type Slipway, type SlipwayOptions } from './slipway';

export interface SlipwayAtGitHub {
  readonly slipway: Slipway;
  readonly github: GitHub;
  /** The shop's repository as the stand-in has it. */
  readonly hosted: Hosted;
  /** Slipway's. */
  readonly token: string;
  stop(): Promise<void>;
}

/** Who has worked on the shop. */
const people = [
  { login: 'ada-l', name: 'Ada', emails: ['ada@shop.example'] },
  { login: 'grace-h', name: 'Grace', emails: ['grace@shop.example'] },
  { login: 'linus-t', name: 'Linus', emails: ['linus@shop.example'] },
];

/** Starts everything, with a token that may do `permissions` besides; `stop` ends and removes it, and fails if the stand-in was not as GitHub is. */
export async function startSlipwayAtGitHub(
  options: SlipwayOptions = {},
  permissions: Permissions = {},
): Promise<SlipwayAtGitHub> {
  const { github, token } = await startGitHubOfTheShop(permissions);
  const { edit = (same: Project) => same, env = {} } = options;
  const access: GitHubAccess = { token: '${env:GITHUB_TOKEN}' };
  const slipway = await startSlipway({
    ...options,
    edit: (project) => edit(atGitHub(project, `${github.url}/acme/shop.git`, access)),
    env: { ...env, GITHUB_TOKEN: token },
  });
  const hosted = await github.addRepository({ owner: 'acme', name: 'shop', folder: slipway.shop.remote });
  return {
    slipway,
    github,
    hosted,
    token,
    async stop() {
      await slipway.stop();
      await github.stop();
    },
  };
}

/** Starts a stand-in with the shop's people, and a token that is enough for Slipway. */
async function startGitHubOfTheShop(
  more: Permissions = {},
): Promise<{ readonly github: GitHub; readonly token: string }> {
  const github = await startGitHub();
  for (const person of people) github.addUser(person);
  github.addUser({ login: 'slipway' });
  return {
    github,
    token: github.addToken({ login: 'slipway', permissions: { contents: 'write', metadata: 'read', ...more } }),
  };
}

/** A stage for crashes whose shop is at a stand-in of its own. */
export async function startCrashStageAtGitHub(options: StageOptions): Promise<CrashStage> {
  const { github, token } = await startGitHubOfTheShop();
  return CrashStage.start({
    ...options,
    edit: (project) => atGitHub(project, `${github.url}/acme/shop.git`, { token: '${env:GITHUB_TOKEN}' }),
    env: { GITHUB_TOKEN: token },
    async prepare({ shop }) {
      await github.addRepository({ owner: 'acme', name: 'shop', folder: shop.remote });
      return () => github.stop();
    },
  });
}

/** The project with every service's repository at that address of a GitHub. */
export function atGitHub(project: Project, url: string, github: GitHubAccess): Project {
  const services = Object.entries(project.services).map(([name, service]) => [
    name,
    { ...service, repository: { ...service.repository, url, github } },
  ]);
  return { ...project, services: Object.fromEntries(services) as Project['services'] };
}
