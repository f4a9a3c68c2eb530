import { matches } from '../../../examples/github/rules';
import { stage, type Stage } from './stage';

const repo = '/repos/acme/shop';
const production = 'refs/heads/production';

let at: Stage;
beforeAll(async () => {
  at = await stage();
});
beforeEach(() => {
  at.repository.rulesets.length = 0;
  at.repository.protections.length = 0;
  at.remote.git('update-ref', production, at.commits[1]);
});
afterAll(() => at.stop());

/** Moves refs to commits of the trunk by their place, or deletes them; gives the errors' messages. */
async function move(to: 0 | 1 | 2 | 'deleted', { name = production, token = at.token } = {}): Promise<string[]> {
  const { body: found } = await at.get(repo);
  const afterOid = to === 'deleted' ? '0'.repeat(40) : at.commits[to];
  const input = {
    repositoryId: (found as { node_id: string }).node_id,
    refUpdates: [{ name, afterOid, force: true }],
  };
  const mutation = 'mutation($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }';
  const { body } = await at.graphql(mutation, { input }, { token });
  return ((body as { errors?: { message: string }[] }).errors ?? []).map(({ message }) => message);
}

const said = (reason: string): unknown[] => [expect.stringContaining(reason)];

test('a ruleset holds the way back and the deletion, and lets the way forward pass', async () => {
  at.github.addRuleset(at.repository, {
    target: 'branch',
    include: ['refs/heads/production'],
    rules: [{ type: 'non_fast_forward' }, { type: 'deletion' }],
  });
  expect(await move(0)).toEqual(said('Repository rule violations found\n\nCannot force-push to this branch'));
  expect(await move('deleted')).toEqual(said('Cannot delete this branch'));
  expect(await move(2)).toEqual([]);
  const rest = await at.send('PATCH', `${repo}/git/${production}`, { sha: at.commits[0], force: true });
  expect(rest).toMatchObject({
    status: 422,
    body: { message: said('Cannot force-push to this branch')[0] },
  });
});

test('tag rules hold tags only, and the names that they are made for', async () => {
  at.github.addRuleset(at.repository, { target: 'tag', include: ['refs/tags/v*'], rules: [{ type: 'creation' }] });
  at.github.addRuleset(at.repository, {
    target: 'tag',
    include: ['~ALL'],
    exclude: ['refs/tags/v*'],
    rules: [{ type: 'tag_name_pattern', pattern: '^release-' }],
  });
  expect(await move(0, { name: 'refs/tags/v1' })).toEqual(said('Cannot create ref due to creations being restricted.'));
  expect(await move(0, { name: 'refs/tags/x1' })).toEqual(said('Tag name must match a given regex pattern'));
  expect(await move(0, { name: 'refs/tags/release-1' })).toEqual([]);
  expect(await move(0, { name: 'refs/heads/v1' })).toEqual([]);
});

test('who may bypass a ruleset is not held by it, nor anyone by one that only evaluates', async () => {
  const rules = [{ type: 'update' }] as const;
  at.github.addRuleset(at.repository, { target: 'branch', include: ['~ALL'], bypass: ['root'], rules });
  at.github.addRuleset(at.repository, { target: 'branch', include: ['~ALL'], enforcement: 'evaluate', rules });
  const token = at.github.addToken({ login: 'root', permissions: { contents: 'write' } });
  expect(await move(2, { token })).toEqual([]);
  expect(await move(1)).toEqual(said('Cannot update this protected ref.'));
});

test.each([
  ['requiredApprovals', { requiredApprovals: 1 }, 'Changes must be made through a pull request.'],
  ['requiredChecks', { requiredChecks: ['build'] }, 'Required status check "build" is expected.'],
  ['pushers', { pushers: ['root'] }, "You're not authorized to push to this branch."],
  ['signatures', { signatures: true }, 'Commits must have verified signatures.'],
])('branch protection with %s refuses the way forward', async (_, protection, reason) => {
  at.github.protectBranch(at.repository, 'prod*', protection);
  expect(await move(2)).toEqual(said(reason));
});

test('branch protection as it comes refuses force and deletion; administrators may be let pass', async () => {
  at.github.protectBranch(at.repository, 'production', { enforceAdmins: false });
  expect(await move(0)).toEqual(said('Cannot force-push to this protected branch'));
  expect(await move('deleted')).toEqual(said('Cannot delete a protected branch'));
  expect(await move(2)).toEqual([]);
  const token = at.github.addToken({ login: 'root', permissions: { contents: 'write' } });
  expect(await move(0, { token })).toEqual([]);
});

test('GraphQL tells of protection, REST and GraphQL of rulesets and of who may bypass them', async () => {
  at.github.protectBranch(at.repository, 'production', { allowsForcePushes: true });
  const { id } = at.github.addRuleset(at.repository, {
    name: 'releases',
    target: 'branch',
    include: ['refs/heads/prod*'],
    bypass: ['ada'],
    rules: [{ type: 'deletion' }, { type: 'required_status_checks', contexts: ['build'] }],
  });
  const rules = await at.get(`${repo}/rules/branches/production`);
  expect(rules.body).toMatchObject([
    { type: 'deletion', ruleset_id: id },
    { type: 'required_status_checks', parameters: { required_status_checks: [{ context: 'build' }] } },
  ]);
  expect((await at.get(`${repo}/rules/branches/not/yet/there`)).body).toEqual([]);
  expect((await at.get(`${repo}/rulesets/${id}`)).body).toMatchObject({
    name: 'releases',
    conditions: { ref_name: { include: ['refs/heads/prod*'] } },
    current_user_can_bypass: 'always',
  });
  const { body } = await at.graphql(
    `{ repository(owner: "acme", name: "shop") { ref(qualifiedName: "${production}") {
      refUpdateRule { allowsForcePushes allowsDeletions } rules(first: 5) { nodes { type } } } } }`,
  );
  expect(body).toMatchObject({
    data: {
      repository: {
        ref: {
          refUpdateRule: { allowsForcePushes: true, allowsDeletions: false },
          rules: { nodes: [{ type: 'DELETION' }, { type: 'REQUIRED_STATUS_CHECKS' }] },
        },
      },
    },
  });
});

test('only administration reads branch protection over REST', async () => {
  at.github.protectBranch(at.repository, 'production', { requiredApprovals: 2, requiredChecks: ['build'] });
  const path = `${repo}/branches/production/protection`;
  expect((await at.get(path)).status).toBe(403);
  const token = at.github.addToken({ login: 'root', permissions: { administration: 'read' } });
  expect((await at.get(path, { token })).body).toMatchObject({
    required_pull_request_reviews: { required_approving_review_count: 2 },
    allow_force_pushes: { enabled: false },
  });
  at.repository.protections.length = 0;
  expect(await at.get(path, { token })).toMatchObject({ status: 404, body: { message: 'Branch not protected' } });
});

test.each([
  ['refs/heads/*', 'refs/heads/a', true],
  ['refs/heads/*', 'refs/heads/a/b', false],
  ['refs/heads/**', 'refs/heads/a/b', true],
  ['refs/heads/**/x', 'refs/heads/x', true],
  ['v?.*', 'v1.2', true],
  ['v1.2', 'v1x2', false],
])('the pattern %s against %s: %s', (pattern, name, expected) => {
  expect(matches(pattern, name)).toBe(expected);
});
