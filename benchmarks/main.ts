/**
 * Program: measures Slipway on this machine, prints a table and writes JSON. `npm run bench -- [options]`
 *   --quick          fewer samples
 *   --only NAME,…    some of: script, rollback, recovery, approval, history, github, polling
 *   --out FILE       where the JSON goes; benchmarks/results/latest.json unless told
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot } from '../examples/shop/project-root';
import { measureApproval } from './approval';
import { measureGitHubCalls } from './github-calls';
import { measureHistory } from './history-size';
import type { Effort, Measure } from './measure';
import { measurePolling } from './polling';
import { measureRecovery } from './recovery';
import { measureReleaseAndScript } from './release-and-script';
import { makeReport, renderReport } from './report';
import { measureRollback } from './rollback';
import { Stage } from './stage';

const parts: Readonly<Record<string, (stage: Stage, effort: Effort) => Promise<Measure[]>>> = {
  script: measureReleaseAndScript,
  rollback: measureRollback,
  recovery: measureRecovery,
  approval: measureApproval,
  history: measureHistory,
  github: measureGitHubCalls,
  polling: measurePolling,
};

const thorough: Effort = { pairs: 11, rollbacks: 7, crashes: 8, approvals: 120 };
const quick: Effort = { pairs: 3, rollbacks: 2, crashes: 2, approvals: 20 };

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { quick: { type: 'boolean' }, only: { type: 'string' }, out: { type: 'string' } },
  });
  const effort = values.quick ? quick : thorough;
  const names = values.only?.split(',') ?? Object.keys(parts);
  const unknown = names.filter((name) => !parts[name]);
  if (unknown.length > 0) throw new Error(`${unknown.join(', ')}: known are ${Object.keys(parts).join(', ')}`);
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const stage = await Stage.open(say);
  const interrupted = () => void stage.close().finally(() => process.exit(130));
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    const measures: Measure[] = [];
    for (const name of names) {
      say(`measuring: ${name} …`);
      measures.push(...(await parts[name]!(stage, effort)));
    }
    const report = makeReport(measures, effort, await stage.temporalVersion());
    const file = resolve(values.out ?? join(projectRoot, 'benchmarks', 'results', 'latest.json'));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
    console.log(`${renderReport(report)}\n\nwritten to ${file}`);
  } finally {
    await stage.close();
  }
}

main().then(
  () => process.exit(0),
  (problem: unknown) => {
    process.stderr.write(`${problem instanceof Error ? problem.stack : String(problem)}\n`);
    process.exit(1);
  },
);
