import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseProject } from '../../config/load-project';
import { exampleProject } from '../support/example-project';

const folder = join(__dirname, 'processes');

const read = (name: string) =>
  parseProject(readFileSync(join(folder, name), 'utf8'), { file: name, folder: '/srv/shop' });

describe('the release processes of real teams, as far as the kinds of today go', () => {
  test.each(readdirSync(folder))('%s validates without a warning', (name) => {
    expect(read(name).warnings).toEqual([]);
  });

  test.each(['trunk-and-tags', 'deploy-scripts', 'promote-staging'])(
    'examples/%s validates without a warning',
    (name) => {
      expect(exampleProject(name).warnings).toEqual([]);
    },
  );

  test('services of several repositories may use the same names for their pointers', () => {
    const { services } = exampleProject('trunk-and-tags').project;
    expect(services['user-management']?.pointer.name).toBe(services['video-streaming-server']?.pointer.name);
    expect(services['user-management']?.repository.url).not.toBe(services['video-streaming-server']?.repository.url);
  });

  test('a trunk may be called staging, and the pointer main', () => {
    const { app } = read('003-staging-into-main.yaml').project.services;
    expect(app).toMatchObject({ repository: { trunk: 'staging' }, pointer: { name: 'main', undo: { by: 'revert' } } });
  });
});
