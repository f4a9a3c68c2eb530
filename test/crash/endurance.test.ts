/** A small run of `npm run endurance`, on servers of its own. */
import { execFile } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../../examples/shop/project-root';

const out = join(projectRoot, '.slipway', 'test', `endurance-${process.pid}.json`);
afterAll(() => rmSync(out, { force: true }));

const endure = (...args: string[]) =>
  promisify(execFile)(process.execPath, [
    join(projectRoot, 'dist', 'benchmarks', 'endurance.js'),
    ...args,
    '--out',
    out,
  ]);

test('waiting releases are all approved and end, and releases whose workers fall run once each', async () => {
  await endure('--requests', '5', '--waiting', '6', '--releases', '2');
  const { measures } = JSON.parse(readFileSync(out, 'utf8')) as { measures: { what: string; value: number }[] };
  const value = (what: string) => measures.find((measure) => measure.what === what)?.value;
  expect(value('requests at once, each its own release')).toBe(5);
  expect(value('releases that waited at once')).toBe(6);
  expect(value('ended as finished')).toBe(1);
  expect(value('releases under kills, all finished')).toBe(2);
  expect(value('migrations that ran, each once')).toBe(6);
  expect(value('worker memory, all waiting')).toBeGreaterThan(0);
}, 120_000);

test('an option that is wrong ends it before a server is started', async () => {
  await expect(endure('--waiting', 'many')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('--waiting must be a whole number above 0') as string,
  });
});
