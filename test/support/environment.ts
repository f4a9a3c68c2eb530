import { TestEnvironment } from 'jest-environment-node';
import { family, mentioning } from './processes';

/**
 * Node, where each suite ends the process that starts programs for it. Every suite loads its own modules, and so has
 * its own; they would live as long as the process that runs the suites, one more with each.
 */
export default class SlipwayEnvironment extends TestEnvironment {
  override async teardown(): Promise<void> {
    const ours = new Set(family([process.pid]).map(({ pid }) => pid));
    for (const { pid } of mentioning('launcher.js')) if (ours.has(pid)) process.kill(pid, 'SIGKILL');
    await super.teardown();
  }
}
