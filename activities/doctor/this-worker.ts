import { hostname } from 'node:os';
import { pass, warn, type Look } from '../../release/doctor';
import { judgeGit, judgeVersions } from '../../release/judge-doctor';
import { dyingWithUs } from '../process/dying-with-us';
import { runProgram } from '../process/run-program';
import type { Patient } from './examiner';

/** Which worker this is, and what it is made of. */
export async function examineWorker({ client, surroundings, attempt }: Patient): Promise<Look[]> {
  const { stdout } = await runProgram({ argv: ['git', '--version'], signal: attempt.signal, deadline: 10_000 });
  return [
    pass('this worker', `process ${process.pid} on ${hostname()}, ${process.platform} ${process.arch}`),
    ...judgeVersions(surroundings.versions, client),
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
