import { execFileSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSurveyActivities } from '../../../activities/survey';
import type { GateReport } from '../../../release/gate';
import type { Pointer, Service } from '../../../release/project';
import { anEnvironment, aProject } from '../../support/builders';
import { aRelease, codeOf, Mover, pointers, Shop } from '../pointers/harness';

describe('a repository at GitHub that a release cannot use as it is', () => {
  let shop: Shop;
  let probe: Server;
  beforeEach(async () => {
    shop = await Shop.open('github');
    probe = createServer((_, answer) => answer.end(shop.commits.first));
    await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    probe.closeAllConnections();
    probe.close();
    await shop.close();
  });

  interface Wish {
    readonly pointer?: Pointer;
    readonly edit?: (service: Service) => Service;
    readonly variables?: Record<string, string>;
  }

  /** What the survey of a release of 1.1.0 says: the commit stands on the trunk, under the tag rc/1.1.0. */
  async function survey({ pointer = pointers.tag, edit = (same) => same, variables = {} }: Wish = {}) {
    const mover = new Mover(shop, pointer, aRelease(), { variables });
    const { port } = probe.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/version`;
    const service = edit({ ...mover.service, live: { ...mover.service.live, url, timeout: 5_000, patience: 5_000 } });
    const project = {
      ...aProject([service], anEnvironment()),
      versions: { kind: 'tag', pattern: 'rc/{version}' } as const,
    };
    const activities = createSurveyActivities(mover.surroundings);
    return activities.surveyRelease({ release: mover.release, project, commit: null }, mover.attempt);
  }

  const gate = (gates: readonly GateReport[], id: string) => gates.find((one) => one.id === `${id}:api`);
  const tagVersion = (object = shop.commits.second) => shop.remote.git('update-ref', 'refs/tags/rc/1.1.0', object);

  test('is told apart from one that is fine', async () => {
    tagVersion();
    const { gates, plan } = await survey();
    expect(gates.filter(({ verdict }) => verdict !== 'passed')).toEqual([]);
    expect(plan.services[0]?.commits).toMatchObject({ total: 1, shown: [{ id: shop.commits.second }] });
    expect(gate(gates, 'way-back')?.detail).toContain('its rules allow that');
  });

  test.each<[string, string, Wish]>([
    [
      'no token is set',
      'ENV_REFERENCE_UNDEFINED',
      { edit: (s) => ({ ...s, repository: { ...s.repository, github: { token: '${env:NOWHERE}' } } }) },
    ],
    ['the token is empty', 'GITHUB_CREDENTIALS_REFUSED', { variables: { GITHUB_TOKEN: '' } }],
    ['the token is wrong', 'GITHUB_CREDENTIALS_REFUSED', { variables: { GITHUB_TOKEN: 'github_pat_wrong' } }],
    [
      'the repository is not there, or may not be seen',
      'GITHUB_REPOSITORY_MISSING',
      {
        edit: (s) => ({
          ...s,
          repository: { ...s.repository, github: { ...s.repository.github, repository: 'acme/nothing' } },
        }),
      },
    ],
    [
      'the address names none',
      'GITHUB_REPOSITORY_UNNAMED',
      { edit: (s) => ({ ...s, repository: { ...s.repository, url: '/srv/shop.git' } }) },
    ],
    [
      'the key of the App is none',
      'GITHUB_CREDENTIALS_REFUSED',
      {
        edit: (s) => ({
          ...s,
          repository: { ...s.repository, github: { app: { id: '1', privateKey: '${env:GITHUB_TOKEN}' } } },
        }),
      },
    ],
  ])('%s', async (_, code, wish) => {
    tagVersion();
    expect(await codeOf(survey(wish))).toBe(code);
  });

  test('its version is a tag of something that is no commit', async () => {
    const tree = shop.remote.git('rev-parse', `${shop.commits.second}^{tree}`);
    tagVersion(tree);
    await expect(survey()).rejects.toMatchObject({
      code: 'TAG_OF_NO_COMMIT',
      details: { tag: 'rc/1.1.0', type: 'tree' },
    });
    const text = `object ${tree}\ntype tree\ntag rc/1.1.0\ntagger A <a@b> 1 +0000\n\nno\n`;
    tagVersion(execFileSync('git', ['mktag'], { cwd: shop.remote.path, input: text }).toString().trim());
    expect(await codeOf(survey())).toBe('TAG_OF_NO_COMMIT');
  });

  test('it is empty', async () => {
    for (const ref of Object.keys(shop.remote.refs())) shop.remote.git('update-ref', '-d', ref);
    expect(await codeOf(survey())).toBe('GITHUB_REPOSITORY_EMPTY');
  });

  test.each<[string, string, string, () => void, Wish?]>([
    ['it is archived', 'remote', 'archived', () => void (shop.hosted!.archived = true)],
    [
      'the credentials may only read',
      'remote',
      'Contents: read and write',
      () =>
        void (shop.variables['GITHUB_TOKEN'] = shop.github!.addToken({
          login: 'slipway',
          permissions: { contents: 'read', metadata: 'read' },
        })),
    ],
    [
      'its trunk was renamed',
      'trunk',
      'default branch is trunk',
      () => {
        shop.remote.git('branch', '-m', 'main', 'trunk');
        shop.hosted!.defaultBranch = 'trunk';
      },
    ],
    [
      'a rule forbids the tag',
      'pointer',
      'ruleset "releases" forbids to create refs/tags/v1.1.0 (creation)',
      () =>
        shop.github!.addRuleset(shop.hosted!, {
          name: 'releases',
          target: 'tag',
          include: ['refs/tags/v*'],
          rules: [{ type: 'creation' }],
        }),
    ],
    [
      'a rule forbids only the tag of the way back',
      'way-back',
      'forbids to create refs/tags/v1.0.0-rollback.1',
      () =>
        shop.github!.addRuleset(shop.hosted!, {
          target: 'tag',
          include: ['refs/tags/*-rollback.*'],
          rules: [{ type: 'creation' }],
        }),
    ],
    [
      'a protected branch cannot go back',
      'way-back',
      'no force pushes',
      () => shop.github!.protectBranch(shop.hosted!, 'production'),
      { pointer: pointers.branch },
    ],
    [
      'a protected branch takes pull requests only',
      'pointer',
      'only by pull requests',
      () => shop.github!.protectBranch(shop.hosted!, 'production', { requiredApprovals: 1, allowsForcePushes: true }),
      { pointer: pointers.branch },
    ],
  ])('%s: a gate is closed and says what to do', async (...[, id, words, change, wish]) => {
    tagVersion();
    change();
    const { gates } = await survey(wish);
    expect(gate(gates, id)).toMatchObject({ verdict: 'failed', detail: expect.stringContaining(words) as unknown });
  });

  test('a rule that lets us pass closes nothing', async () => {
    tagVersion();
    shop.github!.addRuleset(shop.hosted!, {
      target: 'tag',
      include: ['~ALL'],
      rules: [{ type: 'creation' }],
      bypass: ['slipway'],
    });
    expect(gate((await survey()).gates, 'pointer')?.verdict).toBe('passed');
  });

  test('a ref that a rule holds after all is refused, and stays as it was', async () => {
    const mover = new Mover(shop, pointers.tag);
    const plan = await mover.plan();
    await mover.take();
    shop.github!.addRuleset(shop.hosted!, { target: 'tag', include: ['~ALL'], rules: [{ type: 'creation' }] });
    await expect(mover.move(plan)).rejects.toMatchObject({ code: 'PUSH_REJECTED', details: { ref: plan.move.ref } });
    expect(shop.remote.ref(plan.move.ref)).toBeNull();
  });

  test('an App works with the permissions of its installation', async () => {
    tagVersion();
    const { id, privateKey } = shop.github!.addApp({
      slug: 'slipway-app',
      permissions: { contents: 'write', metadata: 'read' },
    });
    const app = { id: String(id), privateKey: '${env:APP_KEY}' };
    const { gates } = await survey({
      variables: { APP_KEY: privateKey.replace(/\n/g, '\\n') },
      edit: (s) => ({ ...s, repository: { ...s.repository, github: { app } } }),
    });
    expect(gate(gates, 'remote')?.verdict).toBe('passed');
  });
});
