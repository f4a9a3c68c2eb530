import { isAbsolute, resolve } from 'node:path';
import type { ApprovalRule, Environment, Project, Repository, Service } from '../release/project';
import type { ProjectFile } from './schema/project';

/** Puts together what the file says in one place and means in several: names, repositories, addresses. */
export function assembleProject(file: ProjectFile, folder: string): Project {
  return {
    version: file.version,
    name: file.project,
    versions: file.versions,
    services: mapRecord(file.services, (form, name): Service => {
      const { repository, ...rest } = form;
      return { name, ...rest, repository: resolveRepository(repository, file.repository, folder) };
    }),
    environments: mapRecord(file.environments, (form, name): Environment => ({
      name,
      ...form,
      approvals: form.approvals.map((approval, index): ApprovalRule => ({
        ...approval,
        name: approval.name ?? (form.approvals.length === 1 ? 'approval' : `approval-${index + 1}`),
      })),
    })),
  };
}

/** A service's repository: its own, completed by the project's, with relative paths made absolute. */
export function resolveRepository(
  own: Partial<Repository> | undefined,
  shared: Partial<Repository> | undefined,
  folder: string,
): Repository {
  return {
    url: absoluteUrl(own?.url ?? shared?.url ?? '', folder),
    trunk: own?.trunk ?? shared?.trunk ?? 'main',
  };
}

/** Makes a relative path absolute; addresses (`https://…`, `git@host:path`) and references stay as they are. */
export function absoluteUrl(url: string, folder: string): string {
  const isAddress = /^[a-z][a-z0-9+.-]*:\/\//i.test(url) || /^[^/\\:]{2,}:/.test(url) || url.startsWith('${env:');
  return isAddress || isAbsolute(url) ? url : resolve(folder, url);
}

function mapRecord<A, B>(
  record: Readonly<Record<string, A>>,
  change: (value: A, name: string) => B,
): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value, name)]));
}
