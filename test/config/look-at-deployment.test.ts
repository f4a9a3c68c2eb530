/** Realistic repositories, and what is proposed for them. */
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as fc from 'fast-check';
import { joinFacts, type DeploymentFacts } from '../../config/deployment-facts';
import { parseProject } from '../../config/load-project';
import { lookAtDeploymentFile, lookForDeployment } from '../../config/look-at-deployment';
import { lookAtScript } from '../../config/look-at-script';
import { proposeProject } from '../../config/propose-project';
import type { Project } from '../../release/project';

let folder: string;
beforeEach(async () => (folder = await realpath(await mkdtemp(join(tmpdir(), 'slipway-deployed-')))));
afterEach(() => rm(folder, { recursive: true }));

const git = { names: ['shop'], remote: 'git@git.example:shop/shop.git', trunk: 'main', tags: [], branches: ['main'] };

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

/** The proposal for the folder, or for one file of it; it must validate, and each origin in it must be true. */
async function proposed(
  from?: string,
  facts = {},
): Promise<{ text: string; project: Project; files: readonly string[] }> {
  const found = from === undefined ? await lookForDeployment(folder) : await lookAtDeploymentFile(folder, from);
  const text = proposeProject({ ...git, ...facts }, found.facts);
  const { project, warnings } = parseProject(text, { file: 'slipway.yaml', folder });
  expect(warnings).toEqual([]);
  for (const [, file = '', line] of text.matchAll(/(?:# from |# - |^ *# )([\w./-]+):(\d+)/gm)) {
    const lines = (await readFile(join(folder, file), 'utf8')).split('\n');
    expect(lines[Number(line) - 1]?.trim()).toBeTruthy();
  }
  return { text, project, files: found.files };
}

const app = (project: Project) => project.services['app']!;

describe('a deploy script', () => {
  const script = `#!/usr/bin/env bash
set -euo pipefail
ENVIRONMENT="$1"
VERSION="$2"

case "$ENVIRONMENT" in
  staging|production) ;;
  *) echo "usage: $0 staging|production VERSION"; exit 2 ;;
esac

psql "$DATABASE_URL" -f db/migrations/next.up.sql
git tag -a "release-$VERSION" -m "Release $VERSION"
git push origin "release-$VERSION"
# curl https://old.example/health
curl --fail --retry 10 "https://shop.example/healthz"
curl --fail "https://shop.example/api/status?deep=1"
ssh deploy@shop.example sudo systemctl restart shop
`;

  test('tells tag, environments, checks and who runs migrations, each with its line', async () => {
    await write({ 'scripts/deploy.sh': script, 'db/migrations/1.up.sql': '', 'db/migrations/1.down.sql': '' });
    const { project, text, files } = await proposed('scripts/deploy.sh', { migrations: 'db/migrations' });
    expect(files).toEqual(['scripts/deploy.sh']);
    expect(app(project)).toMatchObject({
      pointer: { kind: 'tag', name: 'release-{version}' },
      live: { url: 'https://shop.example/version' },
      database: { migrations: 'db/migrations' },
    });
    expect(app(project).smoke.map((check) => check.url)).toEqual([
      'https://shop.example/healthz',
      'https://shop.example/api/status?deep=1',
    ]);
    expect(Object.keys(project.environments)).toEqual(['production']);
    expect(text).toContain('# from scripts/deploy.sh:12');
    expect(text).toContain('# staging: {} # from scripts/deploy.sh:7');
    expect(text).toContain('scripts/deploy.sh:11: runs migrations: psql');
    expect(text).toContain('scripts/deploy.sh:17: commands run on a host here');
    expect(text).toContain('scripts/deploy.sh:13: a tag is pushed here: with Slipway the release does that');
    expect(text).not.toContain('old.example');
    expect(text).not.toMatch(/# from (?!scripts\/deploy\.sh:\d+)/);
  });

  test('is found without being named', async () => {
    await write({ 'scripts/deploy.sh': script });
    expect((await proposed()).project).toEqual((await proposed('scripts/deploy.sh')).project);
  });

  test('gives the addresses that stand in it, and a reference where it gives several to one variable', async () => {
    const lines = ['BASE_URL="https://shop.example/"', 'curl -f "${BASE_URL}/health"', 'curl -f $OTHER_URL/ready'];
    const several = ['OTHER_URL=https://staging.example', 'OTHER_URL=https://live.example'];
    await write({ 'scripts/deploy.sh': [...lines, ...several].join('\n') });
    const { project } = await proposed('scripts/deploy.sh');
    expect(app(project).live.url).toBe('https://shop.example/version');
    expect(app(project).smoke.map((check) => check.url)).toEqual([
      'https://shop.example/health',
      '${env:OTHER_URL}/ready',
    ]);
  });

  test('that pushes a branch moves that branch, and addresses in variables become references', async () => {
    await write({
      'bin/deploy': `#!/bin/sh\ngit push --force-with-lease origin HEAD:production\nwget -qO- "$APP_URL/health/ready"\ncurl \${API_HOST:?}/ping\ncurl http://localhost:3000/health\n`,
    });
    const { project } = await proposed();
    expect(app(project)).toMatchObject({
      pointer: { kind: 'branch', name: 'production' },
      live: { url: '${env:APP_URL}/version' },
    });
    expect(app(project).smoke.map((check) => check.url)).toEqual([
      '${env:APP_URL}/health/ready',
      '${env:API_HOST}/ping',
    ]);
  });

  test('of which nothing is known proposes what there would be without it', async () => {
    await write({ 'deploy.sh': 'echo done\n' });
    const { text, files } = await proposed();
    expect(files).toEqual([]);
    expect(text).toBe(proposeProject(git));
  });
});

describe('a workflow of GitHub Actions', () => {
  const workflow = `name: Release
on:
  push:
    tags:
      - '!v*-rc*'
      - 'v[0-9]+.[0-9]+.[0-9]+'
jobs:
  deploy:
    runs-on: ubuntu-latest
    environment:
      name: production
      url: https://shop.example/start
    steps:
      - uses: actions/checkout@v4
      - run: npm run db:migrate
      - name: Ask
        run: |
          echo deployed
          curl -f https://shop.example/health
`;

  test('tells what starts it, its environment, and what its steps ask', async () => {
    await write({
      '.github/workflows/release.yml': workflow,
      '.github/workflows/ci.yml':
        'name: CI\non: { push: { branches: [main] } }\njobs: { test: { steps: [{ run: npm test }] } }\n',
    });
    const { project, text, files } = await proposed();
    expect(files).toEqual(['.github/workflows/release.yml']);
    expect(app(project)).toMatchObject({
      pointer: { kind: 'tag', name: 'v{version}' },
      live: { url: 'https://shop.example/version' },
      smoke: [{ url: 'https://shop.example/health' }],
    });
    expect(text).toContain('name: "v{version}", undo: new-tag } # from .github/workflows/release.yml:6');
    expect(text).toContain('production: # from .github/workflows/release.yml:11');
    expect(text).toContain('# from .github/workflows/release.yml:19');
    expect(text).toContain('release.yml:15: runs migrations: npm run db:migrate');
  });

  test('that merges to the trunk start is told what must change, and no release moves the trunk', async () => {
    await write({
      '.github/workflows/deploy.yaml':
        'on: { push: { branches: [main] } }\njobs:\n  deploy:\n    environment: prod\n    steps: []\n',
    });
    const { project, text } = await proposed('.github/workflows/deploy.yaml');
    expect(app(project).pointer).toMatchObject({ kind: 'tag', name: 'v{version}' });
    expect(text).toContain('deploy.yaml:1: a push to main deploys, which is the trunk');
    expect(Object.keys(project.environments)).toEqual(['prod']);
  });

  test('with a branch of its own, a choice of environments and published releases', async () => {
    await write({
      '.github/workflows/ship.yml': `on:
  push: { branches: [main, production] }
  release: { types: [published] }
  workflow_dispatch:
    inputs:
      environment: { type: choice, options: [staging, production] }
jobs:
  ship: { environment: '\${{ inputs.environment }}', steps: [{ run: 'curl \${{ vars.APP_URL }}/health' }] }
`,
    });
    const { project, text } = await proposed();
    expect(app(project)).toMatchObject({
      pointer: { kind: 'branch', name: 'production' },
      smoke: [{ url: '${env:APP_URL}/health' }],
    });
    expect(text).toContain('# staging: {} # from .github/workflows/ship.yml:6');
    expect(text).toContain('published GitHub releases start this workflow');
  });
});

test('a Vercel project deploys a branch, and what is missing is said', async () => {
  await write({
    'vercel.json':
      '{\n  "framework": "nextjs",\n  "git": { "deploymentEnabled": { "main": false, "production": true } },\n  "crons": []\n}\n',
  });
  const { project, text } = await proposed();
  expect(app(project).pointer).toMatchObject({ kind: 'branch', name: 'production' });
  expect(text).toContain('# from vercel.json:3');
  expect(text).toContain('Slipway has no pointer kind for Vercel');
});

test('Kubernetes manifests tell health, address and what runs', async () => {
  await write({
    'k8s/api.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: api, namespace: production }
spec:
  template:
    spec:
      containers:
        - name: api
          image: registry.example/shop/api:1.2.0
          readinessProbe: { httpGet: { path: /readyz, port: 8080 } }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: api }
spec:
  tls: [{ hosts: [shop.example] }]
  rules: [{ host: shop.example }]
`,
    'deploy/overlays/production/kustomization.yaml':
      'resources: [../../base]\nimages:\n  - name: registry.example/shop/api\n    newTag: 1.2.0\nkind: Kustomization\napiVersion: kustomize.config.k8s.io/v1beta1\n',
    'charts/shop/Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.2.0\n',
    'charts/shop/templates/deployment.yaml': '{{ if .Values.on }}\nkind: Deployment\n{{ end }}\n',
  });
  const { project, text, files } = await proposed();
  expect(files).toEqual(['charts/shop/Chart.yaml', 'deploy/overlays/production/kustomization.yaml', 'k8s/api.yaml']);
  expect(app(project)).toMatchObject({
    live: { url: 'https://shop.example/version' },
    smoke: [{ url: 'https://shop.example/readyz' }],
  });
  expect(Object.keys(project.environments)).toEqual(['production']);
  expect(text).toContain('k8s/api.yaml:3: Deployment api runs registry.example/shop/api:1.2.0');
  expect(text).toContain('kustomization.yaml:3: Kustomize sets registry.example/shop/api to 1.2.0');
  expect(text).toContain('charts/shop/Chart.yaml:2: the Helm chart shop');
});

describe('what cannot be used', () => {
  test.each<[string, string, string | Buffer | undefined]>([
    ['is not there', 'deploy.sh', undefined],
    ['is binary', 'deploy.sh', Buffer.from([0x23, 0x21, 0, 0xff])],
    ['is not UTF-8', 'release.yml', Buffer.from([0x6f, 0x6e, 0x3a, 0xff])],
    ['cannot be parsed', 'release.yml', 'on: [push\njobs: {'],
    ['cannot be parsed either', 'vercel.json', '{ "git": '],
    ['has an alias of nothing', 'k8s.yaml', 'kind: Deployment\napiVersion: *nothing\n'],
    [
      'grows without end',
      'k8s.yaml',
      `kind: A\napiVersion: v1\na: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefgh'.replace(/./g, (c) => `${c}: &${c} [${`*${String.fromCharCode(c.charCodeAt(0) - 1)},`.repeat(9)}]\n`)}`,
    ],
    ['is empty', 'release.yml', ''],
    ['is something else', 'notes.yml', 'groceries: [milk]\n'],
    ['is another kind of file', 'notes.txt', 'milk\n'],
    ['is far too large', 'deploy.sh', `#!/bin/sh\n${'#'.repeat(600_000)}`],
  ])('a file that %s is refused with its name', async (_, name, content) => {
    if (content !== undefined) await writeFile(join(folder, name), content);
    const refused = lookAtDeploymentFile(folder, name);
    await expect(refused).rejects.toMatchObject({ code: 'SOURCE_UNUSABLE', details: { file: name } });
  });

  test('a folder is refused', async () => {
    await mkdir(join(folder, 'deploy.sh'));
    await expect(lookAtDeploymentFile(folder, 'deploy.sh')).rejects.toMatchObject({ code: 'SOURCE_UNUSABLE' });
  });

  test('is left out and told where it was only found', async () => {
    await write({ '.github/workflows/release.yml': 'on: [', 'deploy.sh': 'git push origin production\n' });
    const { skipped, facts } = await lookForDeployment(folder);
    expect(skipped).toMatchObject([
      { file: '.github/workflows/release.yml', problem: expect.stringContaining('line 1') as string },
    ]);
    expect(facts.pointers).toMatchObject([{ value: { kind: 'branch', name: 'production' } }]);
  });
});

test('a password in an address does not get into the file', async () => {
  await write({
    'deploy.sh':
      'curl https://ada:hunter2@shop.example/health\npsql postgres://ada:hunter2@db/shop -f migrations/1.sql\n',
  });
  expect((await proposed()).text).not.toContain('hunter2');
});

test('whatever a script says, the proposal validates', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'git tag ', 'git push origin ', '"v$VERSION"', '$1', '${X', 'production', 'main', 'staging|production)', 'curl ', 'https://a/health',
      '$URL/health', '${{ vars.X }}/health', 'psql -f db/migrations/', 'kubectl apply ', '{version}', '\n', ' ', '#', '"', "'", 'refs/tags/', '..',
      '\u2028', '\u0085', '\ud800', ': ', '- ', '[ "$1" = "on" ]', '[ "$1" == "prod" ]', '${env:', '}', '@', 'https://u:p@h/health',
    ),
  ); // prettier-ignore
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), fc.string({ unit: 'binary' }), (pieces, file) => {
      const text = proposeProject(
        git,
        lookAtScript(pieces.join(''), (line) => ({ file, line: line + 1 })),
      );
      expect(parseProject(text, { file: 'slipway.yaml', folder: '/srv' }).warnings).toEqual([]);
    }),
    { numRuns: 400 },
  );
});

test('whatever facts there are, the proposal validates', () => {
  const odd = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'a\nb: 1',
      '/health',
      'https://a/x',
      '${env:A}',
      '${env:A}/x',
      '{version}',
      'on',
      'null',
      'main',
      'v{version}{version}',
      'x'.repeat(80),
    ),
  );
  const seen = <T>(value: fc.Arbitrary<T>) =>
    fc.array(fc.record({ value, from: fc.record({ file: odd, line: fc.nat() }) }), { maxLength: 4 });
  const facts: fc.Arbitrary<DeploymentFacts> = fc.record({
    pointers: seen(fc.record({ kind: fc.constantFrom('tag' as const, 'branch' as const), name: odd })),
    environments: seen(odd),
    checks: seen(odd),
    addresses: seen(odd),
    migrations: seen(fc.record({ folder: odd, command: odd })),
    notes: seen(odd),
  });
  fc.assert(
    fc.property(facts, odd, (found, migrations) => {
      const text = proposeProject({ ...git, migrations }, joinFacts([found]));
      expect(parseProject(text, { file: 'slipway.yaml', folder: '/srv' }).warnings).toEqual([]);
    }),
    { numRuns: 400 },
  );
});
