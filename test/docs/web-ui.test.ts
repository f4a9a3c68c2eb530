import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { projectRoot } from '../../examples/shop/project-root';
import type { Outcome, Phase } from '../../release/phase';
import { MAX_PICTURE } from '../../screenshots/web-ui';
import { pages } from './pages';

const page = readFileSync(join(projectRoot, 'docs', 'web-ui.md'), 'utf8');
const views = [
  ...page.matchAll(/^\| (\S.*?) +\| `([^`]+)` +\| `\/namespaces\/default\/workflows\?query=([^`]+)` +\|$/gm),
].map(([, name = '', query = '', link = '']) => ({ name, query, link }));

describe('the views of releases', () => {
  let connection: Connection;
  let client: Client;
  beforeAll(async () => {
    connection = await Connection.connect({ address: process.env['SLIPWAY_TEST_TEMPORAL_ADDRESS']! });
    client = new Client({ connection });
  });
  afterAll(() => connection.close());

  const ask = (query: string) => client.workflow.count(query);

  test('are all of those that a team needs', () =>
    expect(views.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['releases of an environment', 'waiting for approval', 'rolling back', 'needs attention']),
    ));

  test.each(views)('$name: its link holds its query, which the server takes', async ({ query, link }) => {
    expect(decodeURIComponent(link)).toBe(query);
    expect(await ask(query)).toMatchObject({ count: expect.any(Number) as number });
  });

  test('would be refused if they asked for what releases do not carry', async () => {
    await expect(ask('SlipwayColour="red"')).rejects.toMatchObject({
      cause: { message: expect.stringContaining('SlipwayColour') as string },
    });
  });

  test('name phases and outcomes that there are', () => {
    const phases: Phase[] = ['awaiting approval', 'waiting for lock', 'rolling back', 'needs attention'];
    const outcomes: Outcome[] = ['rolled back', 'stopped', 'cancelled', 'abandoned'];
    const named = (attribute: string) =>
      views.flatMap(({ query }) =>
        [...query.matchAll(new RegExp(`${attribute}(?:=| IN \\()([^)]*?)(?: AND|\\)|$)`, 'g'))].flatMap(
          ([, list = '']) => list.split(',').map((word) => word.replaceAll('"', '')),
        ),
      );
    expect(named('SlipwayPhase').sort()).toEqual(phases.sort());
    expect(named('SlipwayOutcome').sort()).toEqual(outcomes.sort());
  });
});

describe('the pictures', () => {
  const folder = join(projectRoot, 'docs', 'images');
  const shown = pages().map(({ text }) => text);

  test.each(readdirSync(folder))('%s stands on a page and is small', (name) => {
    expect(shown.some((text) => text.includes(`images/${name})`))).toBe(true);
    expect(statSync(join(folder, name)).size).toBeLessThanOrEqual(MAX_PICTURE);
  });
});
