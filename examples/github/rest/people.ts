/** People in the form of the REST interface. */
import { nodeId, type User, type World } from '../world';
import { api } from './addresses';

/** A `simple-user`. */
export function simpleUser(world: World, { id, login }: Pick<User, 'id' | 'login'>, type: 'User' | 'Bot' = 'User') {
  const url = api(world, `/users/${login}`);
  return {
    login,
    id,
    node_id: nodeId('U', login),
    avatar_url: `${world.url}/avatars/u/${id}`,
    gravatar_id: '',
    url,
    html_url: `${world.url}/${login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type,
    site_admin: false,
  };
}

/** The owner of a repository or a login that nobody was made for. */
export const simpleUserByLogin = (world: World, login: string) =>
  simpleUser(world, world.user(login) ?? { id: 1, login });

/** A `public-user`. */
export function publicUser(world: World, user: User) {
  return {
    ...simpleUser(world, user),
    name: user.name,
    company: null,
    blog: '',
    location: null,
    email: user.emails[0] ?? null,
    hireable: null,
    bio: null,
    public_repos: 0,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: '2020-01-01T00:00:00Z',
    updated_at: '2020-01-01T00:00:00Z',
  };
}
