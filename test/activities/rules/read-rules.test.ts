/** The rules of an environment, read from the branch that people protect. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRulesActivities } from '../../../activities/rules';
import type { RulesReading } from '../../../release/rules-origin';
import { anAttempt, someSurroundings } from '../../support/attempts';
import { GitRemote } from '../../support/git-remote';

let remote: GitRemote;
let workspaces: string;
let first: string;

const file = (approver: string, { name = 'shop', environment = 'production' } = {}) => `
version: 1
project: ${name}
repository: { url: ${remote.path} }
rules: { branch: main }
versions: commit
services:
  web:
    pointer: { kind: branch, name: production, undo: force }
    live: { http: 'http://shop.example/version' }
environments:
  ${environment}: { approvals: [{ approvers: [${approver}] }] }
  other: { approvals: [{ approvers: [linus] }] }
`;

beforeEach(() => {
  remote = new GitRemote();
  workspaces = mkdtempSync(join(tmpdir(), 'slipway-rules-'));
  first = remote.commit('main', { message: 'Rules', files: { 'slipway.yaml': file('ada') } });
});
afterEach(() => {
  remote.remove();
  rmSync(workspaces, { recursive: true, force: true });
});

function read({ version = first, live = {}, branch = 'main', path = 'slipway.yaml' } = {}): Promise<RulesReading> {
  const place = {
    repository: { url: remote.path, trunk: 'main' },
    branch,
    file: path,
    folder: remote.folder,
  };
  const activities = createRulesActivities(someSurroundings({}, { workspaces }));
  const question = { place, project: 'shop', environment: 'production', version, commit: null, live };
  return activities.readRules(question, anAttempt());
}

const approversOf = ({ project }: RulesReading) =>
  project.environments['production']?.approvals.flatMap(({ approvers }) => approvers);

const change = (approver: string) =>
  remote.commit('main', { message: `Rules for ${approver}`, files: { 'slipway.yaml': file(approver) } });

test('they are those at the head of the branch, of the one environment, and say where they are read next', async () => {
  const reading = await read();
  expect(approversOf(reading)).toEqual(['ada']);
  expect(Object.keys(reading.project.environments)).toEqual(['production']);
  expect(reading.origin).toEqual({ repository: remote.path, branch: 'main', file: 'slipway.yaml', commit: first });
  expect(reading.place).toMatchObject({ branch: 'main', file: 'slipway.yaml', folder: remote.folder });
});

test('a change of the rules counts as soon as it is on the branch, for a release that does not bring it', async () => {
  const version = remote.commit('main', { message: 'A feature', files: { 'web.txt': '1' } });
  const rules = change('grace');
  const reading = await read({ version, live: { web: first } });
  expect(approversOf(reading)).toEqual(['grace']);
  expect(reading.origin).toMatchObject({ commit: rules });
});

test('a release that brings other rules is judged by those that are live, and the next one by the new ones', async () => {
  const rules = change('linus');
  const after = remote.commit('main', { message: 'A feature', files: { 'web.txt': '1' } });
  for (const version of [rules, after]) {
    const reading = await read({ version, live: { web: first } });
    expect(approversOf(reading)).toEqual(['ada']);
    expect(reading.origin).toMatchObject({
      commit: first,
      remark: 'newer rules are part of what is released, and count for the next release',
    });
  }
  expect(approversOf(await read({ version: after, live: { web: rules } }))).toEqual(['linus']);
});

test('rules on a branch of their own count at once: no release brings them', async () => {
  remote.git('branch', 'rules', first);
  const version = change('linus');
  const rules = remote.commit('rules', { message: 'Other rules', files: { 'slipway.yaml': file('grace') } });
  const reading = await read({ version, live: { web: first }, branch: 'rules' });
  expect(approversOf(reading)).toEqual(['grace']);
  expect(reading.origin.commit).toBe(rules);
});

test('nothing live, or a commit that is not known there, holds no rules back', async () => {
  const rules = change('grace');
  expect(approversOf(await read({ version: rules }))).toEqual(['grace']);
  expect(approversOf(await read({ version: rules, live: { web: 'f'.repeat(40) } }))).toEqual(['grace']);
});

test('where those that are live are no longer valid, the release that mends them is not held up, and it is said', async () => {
  const invalid = remote.commit('main', {
    message: 'Once valid',
    files: { 'slipway.yaml': 'version: 1\nproject: shop\n' },
  });
  const version = change('grace');
  const reading = await read({ version, live: { web: invalid } });
  expect(approversOf(reading)).toEqual(['grace']);
  expect(reading.origin).toMatchObject({ commit: version, remark: expect.stringMatching(/no longer valid/) as string });
});

test('a version that is not known is left to the survey to refuse', async () => {
  change('grace');
  expect(approversOf(await read({ version: 'e'.repeat(40), live: { web: first } }))).toEqual(['grace']);
});

describe('there are no rules, and the error says so,', () => {
  test('where the branch is missing', async () => {
    await expect(read({ branch: 'gone' })).rejects.toMatchObject({
      code: 'RULES_MISSING',
      message: expect.stringContaining('there is no branch gone') as string,
    });
  });

  test('where the file is missing', async () => {
    await expect(read({ path: 'deploy/slipway.yaml' })).rejects.toMatchObject({
      code: 'RULES_MISSING',
      message: expect.stringContaining(first.slice(0, 10)) as string,
    });
  });

  test('where the file is invalid: with its lines, and the commit', async () => {
    const bad = remote.commit('main', { message: 'Oops', files: { 'slipway.yaml': 'version: 1\nproject: shop\n' } });
    await expect(read()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(`slipway.yaml (main at ${bad.slice(0, 10)}):1:1`) as string,
    });
  });

  test('where it is the file of another project', async () => {
    remote.commit('main', { message: 'Other', files: { 'slipway.yaml': file('ada', { name: 'cinema' }) } });
    await expect(read()).rejects.toMatchObject({ code: 'RULES_FOREIGN' });
  });

  test('where it has no such environment', async () => {
    remote.commit('main', { message: 'Other', files: { 'slipway.yaml': file('ada', { environment: 'staging' }) } });
    await expect(read()).rejects.toMatchObject({ code: 'ENVIRONMENT_UNKNOWN' });
  });
});
