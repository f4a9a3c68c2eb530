/** The addresses of things, as answers carry them. */
import { fullName, type Repository, type World } from '../world';

export const api = (world: World, path: string): string => `${world.url}/api/v3${path}`;
export const repoApi = (world: World, repository: Repository, path = ''): string =>
  api(world, `/repos/${fullName(repository)}${path}`);
export const html = (world: World, repository: Repository, path = ''): string =>
  `${world.url}/${fullName(repository)}${path}`;
