/** Who people are, over REST: their keys, and the teams that they are in. */
import { Refusal, notFound, ok } from '../answers';
import { page, type Context, type Operation } from '../call-context';
import { nodeId, type Team, type User } from '../world';
import { api } from './addresses';

const madeAt = '2020-01-01T00:00:00Z';

export const identityOperations: Record<string, Operation> = {
  'users/list-public-keys-for-user': async (context) => keysOf(context, 'keys', (key, id) => ({ id, key })),
  'users/list-ssh-signing-keys-for-user': async (context) =>
    keysOf(context, 'signingKeys', (key, id) => ({ id, key, title: 'a key', created_at: madeAt })),
  'teams/get-membership-for-user-in-org': async (context) => {
    const { world, params } = context;
    demandMembers(context);
    const [org = '', slug = '', login = ''] = [params['org'], params['team_slug'], params['username']];
    const team = world.teams.find((one) => one.org === org.toLowerCase() && one.slug === slug.toLowerCase());
    const state = team && stateIn(team, login);
    // As it is described: without a body.
    if (!state) return { status: 404 };
    const url = api(world, `/organizations/${nodeId('O', org)}/team/${nodeId('T', slug)}/memberships/${login}`);
    return ok({ url, role: 'member', state });
  },
};

function keysOf(context: Context, which: 'keys' | 'signingKeys', body: (key: string, id: number) => object) {
  const { world, params } = context;
  const user: User | undefined = world.user(params['username'] ?? '');
  if (!user) throw notFound();
  const path = `/users/${user.login}/${which === 'keys' ? 'keys' : 'ssh_signing_keys'}`;
  const { items, headers } = page(context, path, user[which]);
  return { status: 200, headers, body: items.map((line, index) => body(withoutComment(line), user.id * 100 + index)) };
}

const withoutComment = (line: string): string => line.split(/\s+/).slice(0, 2).join(' ');

const stateIn = ({ members, invited }: Team, login: string): 'active' | 'pending' | undefined => {
  const among = (logins: readonly string[]) => logins.some((one) => one.toLowerCase() === login.toLowerCase());
  return among(members) ? 'active' : among(invited) ? 'pending' : undefined;
};

/** Teams are the organization's: a token needs its permission for members. */
function demandMembers({ actor }: Context): void {
  const { token } = actor;
  if (!token) throw new Refusal(actor.kind === 'anonymous' ? 401 : 403, 'Requires authentication');
  if (token.kind === 'classic') {
    if (!token.scopes.some((scope) => scope === 'read:org' || scope === 'admin:org')) throw notFound();
    return;
  }
  if (token.permissions['members']) return;
  const words = token.kind === 'installation' ? 'integration' : 'personal access token';
  throw new Refusal(403, `Resource not accessible by ${words}`, { 'x-accepted-github-permissions': 'members=read' });
}
