import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseProject } from '../../config/load-project';
import { SlipwayError } from '../../release/errors';

const folder = join(__dirname, 'bad');
const names = readdirSync(folder).flatMap((file) => (file.endsWith('.yaml') ? [file.slice(0, -'.yaml'.length)] : []));

/** The whole text that a person reads about the file. */
function textFor(name: string): string {
  const text = readFileSync(join(folder, `${name}.yaml`), 'utf8');
  try {
    parseProject(text, { file: 'slipway.yaml', folder: '/srv/shop' });
  } catch (error) {
    if (error instanceof SlipwayError) return `${error.message}\n`;
    throw error;
  }
  throw new Error(`${name}.yaml was accepted`);
}

describe('a bad file is refused with the words beside it', () => {
  test.each(names)('%s', (name) => {
    expect(textFor(name)).toBe(readFileSync(join(folder, `${name}.txt`), 'utf8'));
  });

  test('no message shows a secret that the file holds', () => {
    expect(names.map(textFor).join('')).not.toMatch(/hunter2|ghp0123456789/);
  });

  test('every file has its words, and no words are left without their file', () => {
    const texts = readdirSync(folder).flatMap((file) => (file.endsWith('.txt') ? [file.slice(0, -'.txt'.length)] : []));
    expect(texts.sort()).toEqual([...names].sort());
  });
});
