/** What a caller's role comes to, in the words of both interfaces. */
import type { Actor } from './credentials';

/** `permissions` of a repository in the REST interface. */
export function permissionsOf({ role, kind }: Actor) {
  const level = kind === 'anonymous' ? 'read' : role;
  return {
    admin: level === 'admin',
    maintain: level === 'admin',
    push: level !== 'read',
    triage: level !== 'read',
    pull: true,
  };
}

/** `viewerPermission` in GraphQL. */
export function viewerPermission({ role, token }: Actor): 'ADMIN' | 'WRITE' | 'READ' {
  if (token?.kind === 'installation') return token.permissions['contents'] === 'write' ? 'WRITE' : 'READ';
  return role === 'admin' ? 'ADMIN' : role === 'write' ? 'WRITE' : 'READ';
}
