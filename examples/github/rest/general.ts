/** What is asked of the server itself and of people over REST. */
import { Refusal, notFound, ok } from '../answers';
import type { Operation } from '../call-context';
import { api } from './addresses';
import { publicUser } from './people';

export const generalOperations: Record<string, Operation> = {
  'meta/root': async ({ world }) => ok(Object.fromEntries(rootNames.map((name) => [name, api(world, `/${name}`)]))),
  'meta/get': async () => ok({ verifiable_password_authentication: false, installed_version: '3.19.0' }),
  'rate-limit/get': async ({ limits, actor }) => {
    const core = limits.overview(actor, 'core');
    return ok({ resources: { core, graphql: limits.overview(actor, 'graphql'), search: core }, rate: core });
  },
  'users/get-authenticated': async ({ world, actor }) => {
    if (actor.kind === 'anonymous') throw new Refusal(401, 'Requires authentication');
    const user = world.user(actor.login);
    if (actor.app || !user) throw new Refusal(403, 'Resource not accessible by integration');
    return ok(publicUser(world, user));
  },
  'users/get-by-username': async ({ world, params }) => {
    const user = world.user(params['username'] ?? '');
    if (!user) throw notFound();
    return ok(publicUser(world, user));
  },
};

const rootNames =
  `current_user_url current_user_authorizations_html_url authorizations_url code_search_url commit_search_url
  emails_url emojis_url events_url feeds_url followers_url following_url gists_url hub_url issue_search_url issues_url keys_url
  label_search_url notifications_url organization_url organization_repositories_url organization_teams_url public_gists_url
  rate_limit_url repository_url repository_search_url current_user_repositories_url starred_url starred_gists_url topic_search_url
  user_url user_organizations_url user_repositories_url user_search_url`.split(/\s+/);
