import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { pass, warn, type Look } from '../../release/doctor';
import { judgeGit, judgeVersions } from '../../release/judge-doctor';
import { dyingWithUs } from '../process/dying-with-us';
import { runProgram } from '../process/run-program';
import type { Patient } from './examiner';

/** Which worker this is, and what it is made of. */
export async function examineWorker({ client, attempt }: Patient): Promise<Look[]> {
  const versions = { slipway: slipwayVersion(), node: process.versions.node, sdk: sdkVersion() };
  const { stdout } = await runProgram({ argv: ['git', '--version'], signal: attempt.signal, deadline: 10_000 });
  return [
    pass('this worker', `process ${process.pid} on ${hostname()}, ${process.platform} ${process.arch}`),
    ...judgeVersions(versions, client),
    judgeGit(stdout),
    await childrenDie(),
  ];
}

/** Whether programs that a release starts end with a worker that is killed. */
async function childrenDie(): Promise<Look> {
  const name = 'programs end with the worker';
  const argv = await dyingWithUs(['true']);
  if (argv[0] === 'setpriv') return pass(name, 'by setpriv');
  const rest = 'the fence stops what they would still do';
  return process.platform === 'linux'
    ? warn(
        name,
        `setpriv is not there: what a killed worker had started goes on for a moment; ${rest}`,
        'Install util-linux.',
      )
    : pass(name, `${process.platform} has no way for it; ${rest}`);
}

/** The version in package.json, which lies above `activities/doctor` and above `dist/activities/doctor`. */
function slipwayVersion(): string {
  for (const up of [join('..', '..'), join('..', '..', '..')]) {
    const found = packageVersion(join(__dirname, up, 'package.json'), 'slipway');
    if (found) return found;
  }
  return 'unknown';
}

function sdkVersion(): string {
  return packageVersion(require.resolve('@temporalio/worker/package.json'), '@temporalio/worker') ?? 'unknown';
}

function packageVersion(file: string, wanted: string): string | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as { name?: string; version?: string };
    return name === wanted ? version : undefined;
  } catch {
    return undefined;
  }
}
