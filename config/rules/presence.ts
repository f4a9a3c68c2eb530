import type { Rule } from './rule';

/** There is something to release, and somewhere to release it to. */
export const somethingIsReleased: Rule = ({ value, services, environments }, { problem }) => {
  const isEmptyMap = (key: string) => {
    const found = (value as Record<string, unknown>)[key];
    return typeof found === 'object' && found !== null && !Array.isArray(found);
  };
  if (services.length === 0 && isEmptyMap('services')) {
    problem(['services'], 'there is no service', 'Describe at least one, such as api.', 'key');
  }
  if (environments.length === 0 && isEmptyMap('environments')) {
    problem(['environments'], 'there is no environment', 'Describe at least one, such as production.', 'key');
  }
};

/** Every service has a repository, its own or the project's. */
export const servicesHaveRepositories: Rule = ({ value, services }, { problem }) => {
  if ('repository' in (value as object)) return;
  for (const { path, repository } of services) {
    if (repository.url !== '') continue;
    const hint = 'Write repository: { url: "./shop.git", trunk: main } at the top of the file, or in the service.';
    problem(path, 'has no repository', hint, 'key');
  }
};

/** The state before a migration can be restored. */
export const databasesHaveBackups: Rule = ({ services }, { warning }) => {
  for (const { path, hasDatabase, hasBackup } of services) {
    if (!hasDatabase || hasBackup) continue;
    const hint = 'Write backup: { command: … }, or backup: { none: "why none is needed" }.';
    warning([...path, 'database'], 'no backup is made before a migration', hint, 'key');
  }
};
