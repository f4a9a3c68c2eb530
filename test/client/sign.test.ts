/** People who sign at the command line, with real keys, git and ssh-agent. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Project } from '../../release/project';
import { eventually } from '../support/eventually';
import { startSlipway as startEverything, type ReleaseUnderTest, type Slipway } from '../support/slipway';
import { SshKeys } from '../support/ssh-keys';
import { containing, matching } from './matchers';
import { endAll, slipway, type RunOptions } from './run-slipway';

const keys = new SshKeys();
const identities = { ada: keys.make('ada'), grace: keys.make('grace'), linus: keys.make('linus') };
const names = Object.keys(identities) as (keyof typeof identities)[];

let all: Slipway;
let release: ReleaseUnderTest;
let digest: string;
let agent: ChildProcess;
const socket = join(keys.folder, 'agent');

const people = Object.fromEntries(
  names.map((name) => [
    name,
    { name, emails: [`${name}@shop.example`], keys: [identities[name].publicKey], bot: false },
  ]),
);

beforeAll(async () => {
  all = await startEverything({
    edit: (project: Project) => ({ ...project, people }),
    environment: {
      approvals: [
        { name: 'go', approvers: [...names], required: 3, signed: 'required', timeout: 600_000, guard: 'soft' },
      ],
    },
  });
  const text = readFileSync(all.shop.configFile, 'utf8').replace(/^project: .*$/m, `project: ${all.project.name}`);
  const described = names.map(
    (name) => `  ${name}: { emails: [${name}@shop.example], keys: ['${identities[name].publicKey}'] }`,
  );
  writeFileSync(join(all.shop.folder, 'slipway.yaml'), [text, 'people:', ...described, ''].join('\n'));
  agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
  await eventually('the agent listens', () => existsSync(socket) || undefined);
  for (const name of ['grace', 'linus'] as const) {
    execFileSync('ssh-add', ['-q', identities[name].file], {
      env: { ...process.env, SSH_AUTH_SOCK: socket },
      stdio: 'ignore',
    });
  }
  release = await all.release('1.1.0');
  digest = (await release.in('awaiting approval')).plan!.digest;
});

afterAll(async () => {
  await endAll();
  agent?.kill();
  await all?.stop();
  keys.clear();
});

/** Somebody at a machine: git's settings are those of the folder's own file. */
function as(name: string, git: Readonly<Record<string, string>> = {}, env: NodeJS.ProcessEnv = {}): RunOptions {
  const settings = Object.entries(git).flatMap(([key, value], n) => [
    [`GIT_CONFIG_KEY_${n}`, key],
    [`GIT_CONFIG_VALUE_${n}`, value],
  ]);
  return {
    cwd: all.shop.folder,
    env: {
      TEMPORAL_ADDRESS: process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS'],
      SLIPWAY_USER: name,
      GIT_CONFIG_COUNT: String(settings.length / 2),
      ...(Object.fromEntries(settings) as NodeJS.ProcessEnv),
      ...env,
    },
  };
}

const approve = (...more: string[]) => ['approve', release.id, '--digest', digest.slice(0, 12), ...more];
const withKey = (file: string) => ({ 'gpg.format': 'ssh', 'user.signingkey': file });

test('an approval that must be signed needs a key, and says what to do without one', async () => {
  const { code, err } = await slipway(approve(), as('ada'));
  expect({ code, err }).toEqual({
    code: 2,
    err: matching(/cannot be: no key was found[^]*git config user\.signingkey FILE[^]*as a key of ada/),
  });
});

test('a key of somebody else is not used', async () => {
  const { code, err } = await slipway(approve(), as('ada', withKey(identities.grace.file), { SSH_AUTH_SOCK: socket }));
  expect({ code, err }).toEqual({ code: 2, err: containing('git’s user.signingkey is no key of ada') });
});

test('a passphrase is never asked for where nobody can be asked', async () => {
  const locked = join(keys.folder, 'locked');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret words', '-f', locked]);
  const { code, err } = await slipway(approve('--sign', locked), as('ada'));
  expect({ code, err }).toEqual({ code: 2, err: matching(/passphrase.*ssh-add/) });
});

test('with --no-sign it is a claim, which is not accepted', async () => {
  const { code, err } = await slipway(approve('--no-sign'), as('ada', withKey(identities.ada.file)));
  expect({ code, err }).toEqual({ code: 3, err: containing('it is only claimed, and go needs a signature') });
});

test('where an environment takes signed words only, no other decision is sent without a key', async () => {
  const file = join(all.shop.folder, 'signed.yaml');
  const text = readFileSync(join(all.shop.folder, 'slipway.yaml'), 'utf8');
  const strict = text.replace(/^( +)production:.*$/m, '$&\n$1  signed: required');
  writeFileSync(file, `${strict}\nrules: { branch: main }\n`);
  const { code, err } = await slipway(['reject', release.id, '--config', file], as('ada'));
  expect({ code, err }).toEqual({ code: 2, err: containing('Your decision must be signed, and it cannot be: no key') });
});

test('no override of a signed approval is printed that would not count, and a claim says that it is one', async () => {
  const print = (...words: string[]) => slipway([...words, release.id, '--print-payload'], as('ada'));
  const override = ['override', release.id, 'approval:go', '--reason', 'in a hurry', '--print-payload'];
  const { code, err } = await slipway(override, as('ada'));
  expect({ code, err }).toEqual({ code: 2, err: containing('Your decision must be signed, and it cannot be: no key') });
  const rejection = await print('reject');
  expect(rejection).toMatchObject({ code: 0, err: containing('not signed: it counts only where a claim is enough') });
});

test('nobody is asked for a key when a running release is to be put back', async () => {
  const back = ['rollback', release.id, '--print-payload'];
  const { code, out } = await slipway(back, as('ada', withKey(identities.ada.file)));
  expect(code).toBe(0);
  expect(JSON.parse(out)).not.toHaveProperty('signature');
});

test('it is signed with the key that git signs with, under the person’s one name', async () => {
  const email = { ...withKey(identities.ada.file), 'user.email': 'Ada@Shop.example' };
  const { code, out, err } = await slipway(approve(), as('', email));
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toContain('approve by ada, signed with SHA256:');
  expect(out).toMatch(/as ada \(git user\.email\), signed with SHA256:\S+ \(git’s user\.signingkey\)/);
});

test('a printed payload counts when it is pasted into the Web UI', async () => {
  const printed = await slipway(
    approve('--comment', 'seen', '--print-payload'),
    as('grace', {}, { SSH_AUTH_SOCK: socket }),
  );
  expect(printed.code).toBe(0);
  expect((await release.state()).approvals).toHaveLength(1);
  await all.client.workflow.getHandle(release.id).signal('approve', JSON.parse(printed.out));
  const { approvals } = await release.until('it counts', (state) => state.approvals.length === 2);
  expect(approvals[1]).toMatchObject({ by: 'grace', proof: 'signed', comment: 'seen' });
});

test('it is signed with the agent’s first key that is the person’s', async () => {
  const { code, out } = await slipway(approve('--json'), as('linus', {}, { SSH_AUTH_SOCK: socket }));
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ signed: true, verdict: { accepted: true } });
  await release.until('it is approved', ({ phase }) => phase !== 'awaiting approval');
});
