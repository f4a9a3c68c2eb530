import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { aFolder, slipway } from './run-slipway';

let folder: ReturnType<typeof aFolder>;
afterEach(() => folder.remove());

const workflow = 'on: { push: { tags: ["v*"] } }\njobs: { deploy: { environment: production, steps: [] } }\n';

test('a file that says how the project is deployed is proposed from, and says so', async () => {
  folder = aFolder({ 'release.yml': workflow });
  const ran = await slipway(['init', '--from', 'release.yml'], { cwd: folder.path });
  expect(ran).toMatchObject({ code: 0, err: '' });
  expect(ran.out).toContain('Wrote slipway.yaml, from release.yml.');
  expect(readFileSync(join(folder.path, 'slipway.yaml'), 'utf8')).toContain('# from release.yml:1');
  expect(await slipway(['validate'], { cwd: folder.path })).toMatchObject({ code: 0 });
});

test('without one it looks for such files, and tells machines which it used and which it could not', async () => {
  folder = aFolder({ 'deploy.sh': 'git push origin production\n', 'vercel.json': '{' });
  const ran = await slipway(['init', '--json'], { cwd: folder.path });
  expect(ran.code).toBe(0);
  expect(JSON.parse(ran.out)).toMatchObject({ from: ['deploy.sh'], skipped: [{ file: 'vercel.json' }] });
  expect(ran.err).toContain('vercel.json was left out: it cannot be parsed');
});

test.each([
  ['a file that is not there', 'nowhere.sh', /nowhere\.sh: it does not exist\. Nothing was written\./],
  ['one that cannot be parsed', 'broken.yml', /broken\.yml: it cannot be parsed/],
  ['one of another kind', 'notes.txt', /notes\.txt: it is no shell script/],
])('%s is one error, and nothing is written', async (_, name, said) => {
  folder = aFolder({ 'broken.yml': 'on: [', 'notes.txt': 'milk' });
  const ran = await slipway(['init', '--from', name], { cwd: folder.path });
  expect(ran).toMatchObject({ code: 2, out: '', err: expect.stringMatching(said) as string });
  expect(existsSync(join(folder.path, 'slipway.yaml'))).toBe(false);
});
