import { conformity } from '../../../examples/github/recognise';
import { onRepositories, onTheRest } from '../../../examples/github/rest/operations';
import { stage, type Stage } from './stage';

let at: Stage;
beforeAll(async () => {
  at = await stage();
  at.remote.tag('v1', at.commits[0]);
  at.github.addPullRequest(at.repository, { title: 'Two', author: 'ada', commits: [at.commits[1]] });
  at.github.protectBranch(at.repository, 'main', {
    requiredApprovals: 1,
    requiredChecks: ['build'],
    enforceAdmins: false,
  });
  at.github.addRuleset(at.repository, {
    target: 'branch',
    include: ['~DEFAULT_BRANCH'],
    bypass: ['ada'],
    rules: [
      { type: 'deletion' },
      { type: 'non_fast_forward' },
      { type: 'update' },
      { type: 'pull_request' },
      { type: 'required_status_checks', contexts: ['build'] },
      { type: 'branch_name_pattern', pattern: '^main$' },
    ],
  });
});
afterAll(() => at.stop());

const repo = '/repos/acme/shop';

test.each([
  ['repos/get', () => repo],
  ['repos/list-branches', () => `${repo}/branches`],
  ['repos/get-branch', () => `${repo}/branches/main`],
  ['repos/get-branch-rules', () => `${repo}/rules/branches/main`],
  ['repos/get-repo-rulesets', () => `${repo}/rulesets?targets=branch`],
  ['repos/list-tags', () => `${repo}/tags`],
  ['repos/list-commits', () => `${repo}/commits?sha=main&per_page=2`],
  ['repos/get-commit', () => `${repo}/commits/main`],
  ['repos/get-commit', () => `${repo}/commits/${at.commits[0]}`],
  ['repos/list-pull-requests-associated-with-commit', () => `${repo}/commits/${at.commits[1]}/pulls`],
  ['repos/compare-commits-with-basehead', () => `${repo}/compare/${at.commits[0]}...main`],
  ['repos/get-content', () => `${repo}/contents/README.md`],
  ['repos/get-content', () => `${repo}/contents/src?ref=main`],
  ['repos/get-content', () => `${repo}/contents/`],
  ['git/get-ref', () => `${repo}/git/ref/heads/main`],
  ['git/list-matching-refs', () => `${repo}/git/matching-refs/tags/`],
  ['git/get-tag', () => `${repo}/git/tags/${at.remote.ref('refs/tags/v1')}`],
  ['git/get-commit', () => `${repo}/git/commits/${at.commits[0]}`],
  ['git/get-tree', () => `${repo}/git/trees/main?recursive=1`],
  ['users/get-authenticated', () => '/user'],
  ['users/get-by-username', () => '/users/root'],
  ['rate-limit/get', () => '/rate_limit'],
  ['meta/get', () => '/meta'],
  ['meta/root', () => '/'],
])('%s answers 200 in the published form', async (operation, path) => {
  const { status } = await at.get(path());
  expect(status).toBe(200);
  expect(at.github.calls.at(-1)).toMatchObject({ operation, status: 200, problem: null });
  expect(at.github.defects).toEqual([]);
});

test('GraphQL answers what a release asks for, many things at once', async () => {
  const { body } = await at.graphql(
    `query Ask($owner: String!, $name: String!) {
      rateLimit { remaining }
      repository(owner: $owner, name: $name) {
        id viewerPermission isArchived defaultBranchRef { name prefix target { oid } }
        main: ref(qualifiedName: "refs/heads/main") {
          name target { __typename oid }
          refUpdateRule { pattern allowsForcePushes allowsDeletions viewerCanPush }
          rules(first: 10) { nodes { type repositoryRuleset { name enforcement } } }
        }
        gone: ref(qualifiedName: "refs/heads/none") { name }
        tag: ref(qualifiedName: "refs/tags/v1") { target { __typename oid ... on Tag { name tagger { name } target { oid } } } }
        refs(refPrefix: "refs/tags/", first: 5) { totalCount nodes { name target { oid } } pageInfo { hasNextPage } }
        c1: object(oid: "${at.commits[1]}") { ... on Commit {
          messageHeadline author { name email user { login } }
          associatedPullRequests(first: 3) { nodes { number title merged author { login } } }
          parents(first: 1) { nodes { oid } }
        } }
        file: object(expression: "main:README.md") { ... on Blob { text } }
        rulesets(first: 5) { nodes { name target conditions { refName { include } } } }
      }
    }`,
    { owner: 'acme', name: 'shop' },
  );
  expect(body).not.toHaveProperty('errors');
  expect(body).toMatchObject({
    data: {
      repository: {
        viewerPermission: 'WRITE',
        main: {
          name: 'main',
          target: { __typename: 'Commit', oid: at.commits[2] },
          refUpdateRule: { viewerCanPush: false },
        },
        gone: null,
        tag: { target: { __typename: 'Tag', name: 'v1', target: { oid: at.commits[0] } } },
        refs: { totalCount: 1 },
        c1: {
          messageHeadline: 'two',
          author: { user: { login: 'ada' } },
          associatedPullRequests: { nodes: [{ number: 1 }] },
        },
        file: { text: 'three\n' },
      },
    },
  });
});

test('GraphQL refuses what GitHub has no field for', async () => {
  const { status, body } = await at.graphql('{ repository(owner: "acme", name: "shop") { colour } }');
  expect(status).toBe(200);
  expect(body).toMatchObject({ errors: [{ message: 'Cannot query field "colour" on type "Repository".' }] });
});

test.each([
  ['POST', `${repo}/git/refs`, { ref: 'refs/tags/x' }, 422],
  ['POST', `${repo}/git/tags`, { tag: 'x', message: 'x', object: 'x', type: 'house' }, 422],
  ['GET', '/nowhere', undefined, 404],
])('%s %s that is not as published is refused and noted', async (method, path, body, status) => {
  const reply = await at.send(method, path, body);
  expect(reply.status).toBe(status);
  expect(at.github.calls.at(-1)?.problem).not.toBeNull();
});

test('every published operation of the extract is carried out, and no other', () => {
  const published = conformity.operations.map(({ described }) => described.operationId);
  expect(published.sort()).toEqual([...Object.keys(onRepositories), ...Object.keys(onTheRest)].sort());
});

test('an answer that GitHub would not give is a 500, and stopping fails with it', async () => {
  const broken = await stage();
  const title = 7 as unknown as string;
  broken.github.addPullRequest(broken.repository, { title, author: 'ada', commits: [broken.commits[0]] });
  expect((await broken.get(`${repo}/commits/${broken.commits[0]}/pulls`)).status).toBe(500);
  await expect(broken.stop()).rejects.toThrow('/title must be string');
});
