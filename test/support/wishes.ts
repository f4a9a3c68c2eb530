/** Tags that ask for releases, `wish/v1.2.0`, in a shop whose project has a trigger for them. */
import { execFileSync } from 'node:child_process';
import type { Project } from '../../release/project';

/** The project with a trigger of all its services for such tags. It is polled when a test wants it to be. */
export function withWishes(project: Project): Project {
  const services = Object.keys(project.services);
  const never = 24 * 3_600_000;
  const trigger = {
    kind: 'tag',
    pattern: 'wish/v{version}',
    environment: 'production',
    services,
    every: never,
  } as const;
  return { ...project, triggers: [trigger] };
}

/** Linus asks, in the remote in that folder, for the release of `commit` as `version`. */
export function wish(remote: string, version: string, commit: string): void {
  const linus = ['-c', 'user.name=Linus', '-c', 'user.email=l@example.org'];
  execFileSync('git', [...linus, 'tag', '--annotate', '-m', 'please', `wish/v${version}`, commit], { cwd: remote });
}
