import * as fc from 'fast-check';
import { parseProject } from '../../config/load-project';
import { proposeProject } from '../../config/propose-project';
import type { RepositoryFacts } from '../../config/repository-facts';

const at = { file: 'slipway.yaml', folder: '/srv/shop' };

const nothing: RepositoryFacts = { names: [], tags: [], branches: [] };

const parsed = (facts: Partial<RepositoryFacts>) => parseProject(proposeProject({ ...nothing, ...facts }), at).project;

describe('a proposed file', () => {
  test('of an empty folder validates and says what to fill in', () => {
    const project = parsed({ names: ['shop'] });
    expect(project.name).toBe('shop');
    expect(project.services['app']).toMatchObject({
      repository: { url: '${env:REPOSITORY_URL}', trunk: 'main' },
      pointer: { kind: 'tag', name: 'v{version}' },
    });
  });

  test('of a known repository uses what was seen', () => {
    const text = proposeProject({
      names: ['@shop/book-shop', 'checkout'],
      remote: 'git@git.example:shop/shop.git',
      trunk: 'master',
      manifest: { file: 'package.json', field: 'version' },
      tags: ['v1.2.0', 'v1.1.0', 'nightly', 'docs-1.0'],
      branches: ['master', 'feature/x'],
      migrations: 'db/migrations',
      databaseVariable: 'SHOP_DATABASE_URL',
      person: 'Ada Lovelace',
    });
    const { project, warnings } = parseProject(text, at);
    expect(warnings).toEqual([]);
    expect(project).toMatchObject({
      name: 'book-shop',
      versions: { kind: 'manifest', file: 'package.json', field: 'version' },
      environments: { production: { approvals: [{ approvers: ['Ada Lovelace'] }] } },
      services: {
        app: {
          repository: { url: 'git@git.example:shop/shop.git', trunk: 'master' },
          pointer: { kind: 'tag', name: 'v{version}' },
          database: { url: '${env:SHOP_DATABASE_URL}', migrations: 'db/migrations' },
        },
      },
    });
  });

  test('takes a branch from which hosts deploy for the pointer, and tags for the versions', () => {
    const project = parsed({ branches: ['main', 'production'], trunk: 'main', tags: ['v1.0.0'] });
    expect(project.services['app']?.pointer).toMatchObject({ kind: 'branch', name: 'production' });
    expect(project.versions).toEqual({ kind: 'tag', pattern: 'v{version}' });
  });

  test('does not move the trunk, whatever it is called', () => {
    const project = parsed({ branches: ['production'], trunk: 'production' });
    expect(project.services['app']).toMatchObject({ repository: { trunk: 'production' }, pointer: { kind: 'tag' } });
  });

  test('follows the pattern that most tags have', () => {
    const project = parsed({ tags: ['release-1.0', 'release-1.1', 'v1.0.0', 'release-1.1-rc'] });
    expect(project.services['app']?.pointer.name).toBe('release-{version}');
  });

  test('holds no password of the remote', () => {
    const text = proposeProject({ ...nothing, remote: 'https://ada:hunter2@git.example/shop.git' });
    expect(text).not.toContain('hunter2');
    expect(parseProject(text, at).project.services['app']?.repository.url).toBe('${env:REPOSITORY_URL}');
  });

  test.each([
    ['true'],
    ['007'],
    ['1e3'],
    ['---'],
    ['Ärger & Söhne'],
    ['@scope/'],
    ['a'.repeat(200)],
    ['null'],
    ['.git'],
  ])('can be named after %j', (name) => {
    expect(parsed({ names: [name] }).name).toMatch(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
  });

  test('always validates without a warning, whatever was seen', () => {
    const odd = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.constantFrom(
        '${env:X}', '$X', '{env:X}', 'a{version}', '{version}', 'refs/heads/main', 'main', 'production', 'live', 'v1.2.3',
        'a b', 'x\ny: 1', '# no', '"', "'", '\\', ': ', '- ', 'https://a:b@c/', '1.0', '$1.0', 'refs/1.0', '~', 'a.lock',
        'null', '\u2028', '\ufeff', '\ud800', '*a', '&a', '!t', '%', '@', '`',
      ),
    ); // prettier-ignore
    const facts = fc.record(
      {
        names: fc.array(odd),
        tags: fc.array(odd),
        branches: fc.array(odd),
        remote: odd,
        trunk: odd,
        manifest: fc.record({ file: odd, field: odd }),
        migrations: odd,
        databaseVariable: odd,
        person: odd,
      },
      { requiredKeys: ['names', 'tags', 'branches'] },
    );
    fc.assert(
      fc.property(facts, (seen) => {
        expect(parseProject(proposeProject(seen), at).warnings).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });
});
