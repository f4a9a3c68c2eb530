/**
 * Program: many releases at once, and workers that fall, for long. Prints numbers and writes JSON. `npm run endurance -- [options]`
 *   --waiting N      so many releases wait for approval at once (1000)
 *   --requests N     so many releases are asked for at once (200)
 *   --releases N     so many releases run while workers are killed (20)
 *   --only NAME,…    some of: requests, waiting, killed
 *   --out FILE       where the JSON goes; benchmarks/results/latest-endurance.json unless told
 * Ends with 1 if a release was lost, or did something twice.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../examples/shop/project-root';
import { makeReport } from './report';
import { enduranceKilled } from './endurance/killed';
import { enduranceRequests } from './endurance/requests';
import { renderEndurance, type EnduranceMeasure } from './endurance/report';
import { enduranceWaiting } from './endurance/waiting';
import { Stage } from './stage';

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      waiting: { type: 'string', default: '1000' },
      requests: { type: 'string', default: '200' },
      releases: { type: 'string', default: '20' },
      only: { type: 'string', default: 'requests,waiting,killed' },
      out: { type: 'string' },
    },
  });
  const [waiting, releases] = [wholeNumber('--waiting', values.waiting), wholeNumber('--releases', values.releases)];
  const requests = wholeNumber('--requests', values.requests);
  const parts = values.only.split(',');
  const unknown = parts.filter((part) => !['requests', 'waiting', 'killed'].includes(part));
  if (unknown.length > 0) throw new Error(`${unknown.join(', ')}: known are requests, waiting, killed`);
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const stage = await Stage.open(say);
  const interrupted = () => void stage.close().finally(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    const measures: EnduranceMeasure[] = [];
    // What one part came to is said at once: a later one may fail.
    const add = (part: EnduranceMeasure[]) => {
      measures.push(...part);
      say(renderEndurance(part));
    };
    if (parts.includes('requests')) add(await enduranceRequests(stage, requests, say));
    if (parts.includes('waiting')) add(await enduranceWaiting(stage, waiting, say));
    if (parts.includes('killed')) add(await enduranceKilled(stage, releases, say));
    const { machine } = makeReport(
      [],
      { pairs: 0, rollbacks: 0, crashes: 0, approvals: 0 },
      await stage.temporalVersion(),
    );
    const file = resolve(values.out ?? join(projectRoot, 'benchmarks', 'results', 'latest-endurance.json'));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify({ machine, measures }, null, 2)}\n`);
    console.log(`written to ${file}`);
  } finally {
    await stage.close();
  }
}

function wholeNumber(option: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(`${option} must be a whole number above 0, not ${text}`);
}

main().then(
  () => process.exit(0),
  (problem: unknown) => {
    process.stderr.write(`${problem instanceof Error ? problem.stack : String(problem)}\n`);
    process.exit(1);
  },
);
