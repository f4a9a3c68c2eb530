import { isAbsolute, resolve } from 'node:path';
import type { CalendarRules } from '../release/calendar/rules';
import { isBotLogin, membersOf, type WhoIsWho } from '../release/people';
import type {
  ApprovalRule,
  Environment,
  GitHubAccess,
  Project,
  Repository,
  Service,
  RulesPlace,
} from '../release/project';
import type { ProjectFile } from './schema/project';

/** Puts together what the file says in one place and means in several: names, repositories, addresses. */
export function assembleProject(file: ProjectFile, folder: string): Project {
  const whoIsWho = assemblePeople(file);
  return {
    version: file.version,
    name: file.project,
    versions: file.versions,
    ...(file.rules && { rules: assembleRules(file.rules, file.repository, folder) }),
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
        members: membersOf(whoIsWho, approval.approvers),
      })),
      gates: form.gates.map((gate) => ({ ...gate, name: gate.name ?? gate.kind })),
      ...(form.calendar && { calendar: assembleCalendar(form.calendar, whoIsWho, folder) }),
    })),
    triggers: file.triggers.map(({ tag, services, ...rest }) => ({
      kind: 'tag',
      pattern: tag,
      services: services ?? Object.keys(file.services),
      ...rest,
    })),
    ...whoIsWho,
  };
}

function assembleRules(
  { repository, branch, file }: NonNullable<ProjectFile['rules']>,
  shared: ProjectFile['repository'],
  folder: string,
): RulesPlace {
  const resolved = resolveRepository(repository, shared, folder);
  return { repository: resolved, branch: branch ?? resolved.trunk, file, folder };
}

/** Files have absolute paths, and people their one name. */
function assembleCalendar(calendar: CalendarRules, whoIsWho: WhoIsWho, folder: string): CalendarRules {
  const freezes = calendar.freezes.map((freeze) =>
    freeze.kind === 'ical'
      ? { ...freeze, ical: absoluteUrl(freeze.ical, folder), needs: membersOf(whoIsWho, freeze.needs) }
      : freeze,
  );
  return { ...calendar, freezes };
}

function assemblePeople({ people, teams }: Pick<ProjectFile, 'people' | 'teams'>): Required<WhoIsWho> {
  return {
    people: mapRecord(people, ({ keys, ...form }, name) => ({
      name,
      ...form,
      keys: keys === 'github' ? [] : keys,
      githubKeys: keys === 'github',
      bot: form.bot || isBotLogin(form.github ?? ''),
    })),
    teams: mapRecord(teams, (form, name) =>
      'org' in form ? { name, members: [], github: form } : { name, members: form },
    ),
  };
}

/** A service's repository: its own, completed by the project's, with relative paths made absolute. */
export function resolveRepository(
  own: Partial<Repository> | undefined,
  shared: Partial<Repository> | undefined,
  folder: string,
): Repository {
  const github = own?.github ?? sharedAccess(own?.url, shared);
  return {
    url: absoluteUrl(own?.url ?? shared?.url ?? '', folder),
    trunk: own?.trunk ?? shared?.trunk ?? 'main',
    ...(github && { github }),
  };
}

/** The project's access to GitHub holds for a service's own repository on the same host, under that one's name. */
function sharedAccess(url: string | undefined, shared: Partial<Repository> | undefined): GitHubAccess | undefined {
  if (!shared?.github || url === undefined || url === shared.url) return shared?.github;
  const host = hostOf(url);
  if (host === undefined || host !== hostOf(shared.url ?? '')) return undefined;
  const access = { ...shared.github };
  delete access.repository;
  return access;
}

const hostOf = (url: string): string | undefined =>
  (/^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?([^/]+)/i.exec(url) ?? /^(?:[^/@:]+@)?([^/\\:]{2,}):/.exec(url))?.[1];

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
