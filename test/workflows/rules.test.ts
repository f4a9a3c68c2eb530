/** Rules from a protected commit: what a copy of slipway.yaml says does not matter any more. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { previewRelease, releaseInput, requestRelease } from '../../client';
import type { ApprovalRule, Project } from '../../release/project';
import { containing } from '../client/matchers';
import { startSlipway, underTest, type Slipway } from '../support/slipway';

let slipway: Slipway;
let protectedCommit: string;

const approvers = (names: readonly string[]): ApprovalRule[] => [
  { name: 'approval', approvers: names, members: names, required: 1, timeout: 60_000 },
];

/** What linus has on his machine: himself as the only one who is asked. */
let ownCopy: Project;

beforeAll(async () => {
  slipway = await startSlipway();
  const { shop, project } = slipway;
  const text = await readFile(shop.configFile, 'utf8');
  const rules = text.replace(/^project: .*$/m, `project: ${project.name}\nrules: { branch: rules }`);
  await shop.push('main:refs/heads/rules');
  protectedCommit = await shop.commit(
    { author: 'grace', subject: 'The rules', files: { 'slipway.yaml': rules } },
    'rules',
  );
  const { repository } = project.services['web']!;
  const production = { ...project.environments['production']!, approvals: approvers(['linus']) };
  ownCopy = {
    ...project,
    environments: { production },
    rules: { repository, branch: 'rules', file: 'slipway.yaml', folder: shop.folder },
  };
});
afterAll(() => slipway.stop());

const input = (project: Project) =>
  releaseInput(project, { environment: 'production', version: '1.1.0', commit: null, by: 'linus' });

async function ask(project: Project) {
  const { releaseId } = await requestRelease(slipway.client, { ...input(project), requestId: randomUUID() }, 30_000);
  return underTest(slipway.client, releaseId);
}

test('are those that count, in the preview and in the release, which names their commit', async () => {
  const { plan } = await previewRelease(slipway.client, input(ownCopy), 30_000);
  expect(plan.approvals).toMatchObject([{ approvers: ['ada', 'grace'] }]);

  const release = await ask(ownCopy);
  const state = await release.in('awaiting approval');
  expect(state.plan).toMatchObject({
    approvals: [{ approvers: ['ada', 'grace'] }],
    rulesFrom: { branch: 'rules', commit: protectedCommit },
  });
  await expect(release.approve('linus')).rejects.toThrow();
  await release.decide('reject', { by: 'grace', comment: 'the test is over' });
  await release.result().catch(() => undefined);
});

test('count from then on also for a copy that does not say where they are', async () => {
  const silent = { ...ownCopy };
  delete (silent as { rules?: unknown }).rules;
  const release = await ask(silent);
  const state = await release.in('awaiting approval');
  expect(state.plan).toMatchObject({
    approvals: [{ approvers: ['ada', 'grace'] }],
    rulesFrom: { commit: protectedCommit },
  });
  expect((await slipway.environmentState()).rules).toMatchObject({ origin: { commit: protectedCommit } });
  await release.decide('reject', { by: 'grace', comment: 'the test is over' });
  await release.result().catch(() => undefined);
});

test('that cannot be read start nothing', async () => {
  await slipway.shop.push(':refs/heads/rules');
  await expect(ask(ownCopy)).rejects.toMatchObject({ code: 'RULES_MISSING', message: containing('no branch rules') });
  expect((await slipway.environmentState()).queue).toEqual([]);
});
