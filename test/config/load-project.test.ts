import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { loadProject, parseProject } from '../../config/load-project';
import { ConfigInvalidError, formatProblem } from '../../config/problems';
import type { Project } from '../../release/project';

const at = { file: 'slipway.yaml', folder: '/srv/shop' };

const read = (name: string) => readFileSync(join(__dirname, 'good', name), 'utf8');

describe('good files', () => {
  test('the smallest file gets every default', () => {
    expect(parseProject(read('smallest.yaml'), at).project).toEqual<Project>({
      version: 1,
      name: 'shop',
      versions: { kind: 'commit' },
      services: {
        web: {
          name: 'web',
          repository: { url: '/srv/shop/shop.git', trunk: 'main' },
          after: [],
          pointer: {
            kind: 'branch',
            name: 'production',
            undo: { by: 'force' },
            builds: { settle: 10_000, patience: 900_000 },
          },
          live: {
            url: 'https://shop.example/version',
            headers: {},
            json: '',
            is: 'commit',
            readings: 3,
            interval: 1_000,
            timeout: 5_000,
            patience: 600_000,
          },
          smoke: [],
        },
      },
      environments: {
        production: {
          name: 'production',
          approvals: [],
          may: {
            request: ['anyone'],
            pause: ['anyone'],
            rollback: ['anyone'],
            skipWait: ['approvers'],
            override: ['approvers'],
            resolve: ['approvers'],
            freeze: ['anyone'],
            stop: ['anyone'],
            adopt: ['approvers'],
            stopEverything: ['approvers'],
          },
          signed: 'optional',
          verify: { wait: 0, interval: 10_000, checks: [] },
          monitor: { window: 0, interval: 10_000 },
          queue: 'queue',
          onFailure: 'rollback',
          rollback: { approvals: 'none' },
          pauseLimit: 3_600_000,
          stopLimit: 900_000,
          lockPatience: 14_400_000,
          embedded: false,
          gates: [],
          drift: { every: 300_000 },
          observed: false,
        },
      },
      triggers: [],
      people: {},
      teams: {},
    });
  });

  test('a tag service with a database gets every default', () => {
    const { api } = parseProject(read('shop.yaml'), at).project.services;
    expect(api?.database).toEqual({
      url: '${env:API_DATABASE_URL}',
      migrations: 'db/migrations',
      onRollback: 'keep',
      backup: { kind: 'none', reason: 'no backup is configured' },
      limits: { lockTimeout: 200, statementTimeout: 300_000, lockPatience: 300_000 },
    });
    expect(api?.pointer).toMatchObject({
      undo: { by: 'new-tag', name: 'v{previous}-rollback.{n}', deleteBadTag: false },
    });
    expect(api?.smoke).toEqual([
      {
        kind: 'http',
        name: 'GET /books',
        url: '${env:API_URL}/books',
        method: 'GET',
        headers: {},
        status: 200,
        contains: 'title',
        json: {},
        within: 500,
        timeout: 10_000,
        redirects: 0,
        tries: 3,
        interval: 1_000,
      },
    ]);
  });

  test('what is written wins over every default', () => {
    expect(parseProject(read('everything.yaml'), at).project).toEqual(JSON.parse(read('everything.json')));
  });

  test('anchors and merge keys share what services have in common', () => {
    const { services } = parseProject(read('anchors.yaml'), at).project;
    expect(services['site']?.live).toEqual(services['web']?.live);
    expect(services['site']?.pointer).toMatchObject({ kind: 'branch', name: 'site' });
  });

  test('a byte order mark and Windows line ends change nothing', () => {
    const text = read('shop.yaml');
    expect(parseProject(`\uFEFF${text.replaceAll('\n', '\r\n')}`, at)).toEqual(parseProject(text, at));
  });

  test('a single document between --- and ... is one document', () => {
    const { project } = parseProject(`---\n${read('smallest.yaml')}...\n`, at);
    expect(project).toEqual(parseProject(read('smallest.yaml'), at).project);
  });

  test.each([
    ['./shop.git', '/srv/shop/shop.git'],
    ['../shop.git', '/srv/shop.git'],
    ['shop.git', '/srv/shop/shop.git'],
    ['/srv/shop.git', '/srv/shop.git'],
    ['https://git.example/shop.git', 'https://git.example/shop.git'],
    ['file:///srv/shop.git', 'file:///srv/shop.git'],
    ['git@git.example:shop.git', 'git@git.example:shop.git'],
    ['host:shop.git', 'host:shop.git'],
    ['${env:REPOSITORY}', '${env:REPOSITORY}'],
    ['./a:b/shop.git', '/srv/shop/a:b/shop.git'],
  ])('the repository %s is %s', (written, absolute) => {
    const text = read('smallest.yaml').replace('./shop.git', JSON.stringify(written));
    expect(parseProject(text, at).project.services['web']?.repository.url).toBe(absolute);
  });

  test.each([
    ['commit', 'commit'],
    ['version', 'version'],
    ['app.buildVersion', 'version'],
    ['versions.web', 'commit'],
  ])('the value at %s is taken for a %s, unless the file says otherwise', (json, is) => {
    const text = read('smallest.yaml').replace("/version'", `/version', json: ${json}`);
    expect(parseProject(text, at).project.services['web']?.live.is).toBe(is);
    const said = text.replace(`json: ${json}`, `json: ${json}, is: version`);
    expect(parseProject(said, at).project.services['web']?.live.is).toBe('version');
  });
});

describe('warnings', () => {
  test('say what is doubtful, and where', () => {
    const { warnings } = parseProject(read('doubtful.yaml'), at);
    expect(warnings.map(formatProblem)).toEqual([
      'slipway.yaml:6:3 services.api: no smoke check proves that a release of this service works. Write for example smoke: [{ http: "${env:URL}/health", status: 200 }].',
      'slipway.yaml:7:5 services.api.database: no backup is made before a migration. Write backup: { command: … }, or backup: { none: "why none is needed" }.',
      'slipway.yaml:8:53 services.api.pointer.undo: a failed release of this service cannot be rolled back. Write undo: new-tag, delete or { command: … }.',
      'slipway.yaml:11:3 environments.staging: nobody is asked before a release changes this environment. Write for example approvals: [{ approvers: [ada, grace] }].',
      'slipway.yaml:12:3 environments.production: a release here moves the same pointers as one to staging: api. Keep one environment in the file, or let repository.url be a reference that differs between their workers.',
    ]);
  });

  test('say where four eyes rest on claims, might be too few, or are never asked', () => {
    const rule = (more: string) => `{ approvers: [ada, grace], ${more} }`;
    const text = `${read('smallest.yaml').replace(/environments:[\s\S]*/, '')}
people: { ada: { emails: [ada@shop.example] }, grace: {} }
environments:
  production:
    approvals:
      - ${rule('not: [author], remind: 30m, at: after-smoke, name: a')}
      - ${rule('not: [requester], required: 2, name: b')}
      - ${rule('when: destructive, remind: 1d, name: c')}
`;
    const said = parseProject(text, at).warnings.map(({ field, message }) => `${field}: ${message}`);
    const place = 'environments.production.approvals';
    expect(said.filter((words) => words.startsWith(place))).toEqual([
      `${place}[0].not: somebody else must approve, but one who can send messages to Temporal can write another’s name`,
      `${place}[1].not[0]: when ada or grace asks for a release, 2 must approve, but there is 1 other approver`,
      `${place}[1].required: 2 must approve, but one who can send messages to Temporal can write 2 names`,
      `${place}[2].when: nobody is ever asked: no service has a database that migrates`,
      `${place}[2].remind: nobody is ever reminded: the time is over before`,
    ]);
  });

  test('there are none about a careful file, also one that may run on the embedded stack', () => {
    expect(parseProject(read('everything.yaml'), at).warnings).toEqual([]);
  });
});

describe('files on disk', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'slipway-config-'))));
  afterEach(() => rm(folder, { recursive: true }));

  const write = async (bytes: string | Uint8Array) => {
    const file = join(folder, 'slipway.yaml');
    await writeFile(file, bytes);
    return file;
  };

  test('relative paths count from the folder of the file', async () => {
    const file = await write(read('smallest.yaml'));
    const { project } = await loadProject(relative(process.cwd(), file));
    expect(project.services['web']?.repository.url).toBe(join(folder, 'shop.git'));
  });

  test('a file that is not there is CONFIG_MISSING', async () => {
    await expect(loadProject(join(folder, 'none.yaml'))).rejects.toMatchObject({ code: 'CONFIG_MISSING' });
    const file = await write('version: 1');
    await expect(loadProject(join(file, 'slipway.yaml'))).rejects.toMatchObject({ code: 'CONFIG_MISSING' });
  });

  test('a folder is named as such', async () => {
    await mkdir(join(folder, 'slipway.yaml'));
    await expect(loadProject(join(folder, 'slipway.yaml'))).rejects.toThrow(/:1:1 the file is a folder\. Name a YAML/);
  });

  test.each([
    ['bytes that are no UTF-8', Uint8Array.of(0x76, 0xff, 0xfe)],
    ['UTF-16', new Uint8Array(Buffer.from('version: 1', 'utf16le'))],
  ])('%s are refused as such', async (_, bytes) => {
    await expect(loadProject(await write(bytes))).rejects.toThrow(/:1:1 the file is not UTF-8 text\. Save it as UTF-8/);
  });

  test('the error carries its problems as data', async () => {
    const file = await write('version: 1\nproject: Shop\n');
    const error: unknown = await loadProject(file).catch((thrown: unknown) => thrown);
    if (!(error instanceof ConfigInvalidError)) throw error;
    expect(error.details).toMatchObject({ file, count: '4 problems' });
    expect(error.problems[3]).toEqual({
      file,
      line: 2,
      column: 10,
      field: 'project',
      message: '"Shop" has the wrong form',
      hint: 'Write small letters, digits and hyphens, at most 63, such as shop-api.',
    });
  });

  test('a hundred aliases cannot grow into a memory full of copies', async () => {
    const levels = Array.from(
      { length: 12 },
      (_, level) => `l${level + 1}: &l${level + 1} [${`*l${level}, `.repeat(9)}]`,
    );
    const file = await write(['l0: &l0 [x]', ...levels, ''].join('\n'));
    await expect(loadProject(file)).rejects.toThrow('the hundredth alias');
  });
});
