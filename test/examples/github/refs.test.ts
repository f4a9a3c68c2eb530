import { stage, type Stage } from './stage';

const ZERO = '0'.repeat(40);
const repo = '/repos/acme/shop';

let at: Stage;
beforeAll(async () => {
  at = await stage();
});
afterEach(() => {
  at.github.lag = {};
  at.repository.archived = false;
  for (const name of Object.keys(at.remote.refs())) {
    if (name !== 'refs/heads/main') at.remote.git('update-ref', '-d', name);
  }
});
afterAll(() => at.stop());

interface RefUpdate {
  readonly name: string;
  readonly beforeOid?: string;
  readonly afterOid: string;
  readonly force?: boolean;
}

async function updateRefs(refUpdates: RefUpdate[], token?: string) {
  const { body } = await at.graphql(
    'mutation Move($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }',
    { input: { repositoryId: await repositoryId(), refUpdates, clientMutationId: 'mine' } },
    token === undefined ? {} : { token },
  );
  return body as { data?: unknown; errors?: { message: string; type: string }[] };
}

async function repositoryId(): Promise<string> {
  const { body } = await at.get(repo);
  return (body as { node_id: string }).node_id;
}

const done = { data: { updateRefs: { clientMutationId: 'mine' } } };

test('updateRefs creates, moves forward, moves back and deletes, each by compare-and-swap', async () => {
  const [one, two] = at.commits;
  const name = 'refs/heads/production';
  expect(await updateRefs([{ name, beforeOid: ZERO, afterOid: one }])).toEqual(done);
  expect(await updateRefs([{ name, beforeOid: one, afterOid: two, force: false }])).toEqual(done);
  expect(at.remote.ref(name)).toBe(two);
  expect(await updateRefs([{ name, beforeOid: two, afterOid: one, force: true }])).toEqual(done);
  expect(at.remote.ref(name)).toBe(one);
  expect(await updateRefs([{ name, beforeOid: one, afterOid: ZERO }])).toEqual(done);
  expect(at.remote.ref(name)).toBeNull();
});

test('updateRefs changes refs outside branches and tags together with a branch, or none of them', async () => {
  const [one, two, three] = at.commits;
  const fence = 'refs/slipway/production';
  const both = (beforeOid: string) => [
    { name: 'refs/heads/production', beforeOid: ZERO, afterOid: two },
    { name: fence, beforeOid, afterOid: one },
  ];
  const refused = await updateRefs(both(three));
  expect(refused).toMatchObject({
    data: { updateRefs: null },
    errors: [{ type: 'UNPROCESSABLE', path: ['updateRefs'] }],
  });
  expect(Object.keys(at.remote.refs())).toEqual(['refs/heads/main']);
  expect(await updateRefs(both(ZERO))).toEqual(done);
  expect(at.remote.refs()).toMatchObject({ 'refs/heads/production': two, [fence]: one });
});

test.each<[string, (commits: Stage['commits']) => RefUpdate, string]>([
  [
    'creates over another',
    ([one]) => ({ name: 'refs/heads/main', beforeOid: ZERO, afterOid: one, force: true }),
    'already exists',
  ],
  [
    'expects another value',
    ([one]) => ({ name: 'refs/heads/main', beforeOid: one, afterOid: one, force: true }),
    'but expected',
  ],
  [
    'goes back unforced',
    ([one, , three]) => ({ name: 'refs/heads/main', beforeOid: three, afterOid: one }),
    'not a fast forward',
  ],
  [
    'names no object',
    ([, , three]) => ({ name: 'refs/heads/main', beforeOid: three, afterOid: 'a'.repeat(40), force: true }),
    'does not exist',
  ],
  ['deletes what is not there', () => ({ name: 'refs/heads/none', afterOid: ZERO }), 'does not exist'],
])('updateRefs that %s changes nothing', async (_, update, words) => {
  const before = at.remote.refs();
  const { errors } = await updateRefs([update(at.commits)]);
  expect(errors?.[0]?.message).toContain(words);
  expect(at.remote.refs()).toEqual(before);
});

test('of many swaps of one ref at once exactly one succeeds', async () => {
  const [one, two, three] = at.commits;
  at.remote.git('update-ref', 'refs/heads/production', one);
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, index) =>
      updateRefs([{ name: 'refs/heads/production', beforeOid: one, afterOid: index % 2 ? two : three, force: false }]),
    ),
  );
  expect(answers.filter(({ errors }) => !errors)).toHaveLength(1);
});

test('a token that may only read, and an archived repository, refuse writes', async () => {
  const reader = at.github.addToken({ login: 'ada', permissions: { contents: 'read' } });
  const update = { name: 'refs/heads/x', beforeOid: ZERO, afterOid: at.commits[0] };
  expect((await updateRefs([update], reader)).errors).toMatchObject([
    { type: 'FORBIDDEN', message: 'Resource not accessible by personal access token' },
  ]);
  at.repository.archived = true;
  expect((await updateRefs([update])).errors).toMatchObject([{ message: 'Repository was archived so is read-only.' }]);
  expect((await at.send('POST', `${repo}/git/refs`, { ref: 'refs/heads/x', sha: at.commits[0] })).status).toBe(403);
});

test('REST creates, moves and deletes refs with the answers of GitHub', async () => {
  const [one, two] = at.commits;
  const create = (sha: string) => at.send('POST', `${repo}/git/refs`, { ref: 'refs/heads/production', sha });
  expect((await create(two)).status).toBe(201);
  expect(await create(two)).toMatchObject({ status: 422, body: { message: 'Reference already exists' } });
  expect(await create('f'.repeat(40))).toMatchObject({ status: 422, body: { message: 'Object does not exist' } });
  const move = (body: object) => at.send('PATCH', `${repo}/git/refs/heads/production`, body);
  expect(await move({ sha: one })).toMatchObject({ status: 422, body: { message: 'Update is not a fast forward' } });
  expect((await move({ sha: one, force: true })).status).toBe(200);
  expect((await at.send('DELETE', `${repo}/git/refs/heads/production`)).status).toBe(204);
  expect(await move({ sha: one })).toMatchObject({ status: 422, body: { message: 'Reference does not exist' } });
});

test('a tag object that is made twice from the same words is the same object', async () => {
  const tag = {
    tag: 'v1',
    message: 'shop 1.0.0',
    object: at.commits[0],
    type: 'commit',
    tagger: { name: 'Ada', email: 'ada@example.org', date: '2024-02-03T04:05:06Z' },
  };
  const [first, second] = [
    await at.send('POST', `${repo}/git/tags`, tag),
    await at.send('POST', `${repo}/git/tags`, tag),
  ];
  expect(first).toMatchObject({
    status: 201,
    body: { tagger: tag.tagger, object: { sha: at.commits[0], type: 'commit' } },
  });
  expect(second.body).toEqual(first.body);
  const { sha } = first.body as { sha: string };
  expect((await at.send('POST', `${repo}/git/refs`, { ref: 'refs/tags/v1', sha })).status).toBe(201);
  expect(at.remote.commitOf('refs/tags/v1')).toBe(at.commits[0]);
});

test('a read after a write gives the older answer as often as is wanted, the write itself never', async () => {
  const [one, two] = at.commits;
  at.github.lag = { reads: 2 };
  at.remote.git('update-ref', 'refs/heads/production', one);
  expect(await updateRefs([{ name: 'refs/heads/production', beforeOid: one, afterOid: two }])).toEqual(done);
  const seen = [];
  for (let read = 0; read < 3; read += 1) {
    const { body } = await at.get(`${repo}/git/ref/heads/production`);
    seen.push((body as { object: { sha: string } }).object.sha);
  }
  expect(seen).toEqual([one, one, two]);
});
