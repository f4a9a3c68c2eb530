import { Command } from 'commander';
import { slipwayVersion } from '../config/installed-versions';
import { addApprove } from './commands/approve';
import { addCalendar } from './commands/calendar';
import { addChecklist } from './commands/checklist';
import { addCompletion } from './commands/completion';
import { addDecisions } from './commands/decisions';
import { addDemo } from './commands/demo';
import { addDev } from './commands/dev';
import { addDoctor } from './commands/doctor';
import { addDrift } from './commands/drift';
import { addEnvironment } from './commands/environment';
import { addExplain } from './commands/explain';
import { addFreeze } from './commands/freeze';
import { addHistory } from './commands/history';
import { addInit } from './commands/init';
import { addLive } from './commands/live';
import { addOverride } from './commands/override';
import { addPlan } from './commands/plan';
import { addQueue } from './commands/queue';
import { addRecover } from './commands/recover';
import { addRedeploy } from './commands/redeploy';
import { addRelease } from './commands/release';
import { addRollback } from './commands/rollback';
import { addResolve } from './commands/resolve';
import { addShow } from './commands/show';
import { addSoak } from './commands/soak';
import { addStatus } from './commands/status';
import { addStop } from './commands/stop';
import { addTrigger } from './commands/trigger';
import { addValidate } from './commands/validate';
import { addWatch } from './commands/watch';
import { addWorker } from './commands/run-worker';

const examples = `
Examples:
  slipway init                                   write a slipway.yaml for this repository
  slipway dev                                    start a local Temporal, PostgreSQL and the workers
  slipway doctor production                      find out what would stop a release, or its way back
  slipway plan 1.2.0 --env production            show what a release would do, and how it is undone
  slipway explain 1.2.0 --env production         what would stop it now, and what to do about each
  slipway release 1.2.0 --env production         release, and watch
  slipway approve --digest 0123456789ab          say yes to the release that waits
  slipway rollback production                    go back to what ran before, now
  slipway status                                 what is under way
  slipway live                                   what runs

A RELEASE is a full id, environment/version/n, or a version; without one the only one that runs is meant.
Temporal is found by TEMPORAL_ADDRESS or a profile, else by the stack that \`slipway dev\` runs.
Exit codes: 0 done, 1 not released, 2 bad input, 3 refused, 4 could not tell, 5 needs a person, 130 interrupted.`;

/** The whole command line. Parsing throws a CommanderError instead of ending the process. */
export function buildProgram(): Command {
  const program = new Command('slipway')
    .description('Durable releases: gates, approval, migrations, pointer moves, proof, and an undo that always works.')
    .version(slipwayVersion(), '-V, --version', 'print the version')
    .option('--json', 'speak JSON on standard output, for machines')
    .option('--config <file>', 'the slipway.yaml to use (the nearest one upwards from here by default)')
    .addHelpText('after', examples)
    .showSuggestionAfterError()
    .exitOverride()
    // Errors are written in one place, as a sentence and what to do.
    .configureOutput({ outputError: () => undefined });
  const adders = [
    addInit,
    addValidate,
    addPlan,
    addExplain,
    addRelease,
    addRedeploy,
    addStatus,
    addQueue,
    addLive,
    addDrift,
    addSoak,
    addEnvironment,
    addHistory,
    addShow,
    addWatch,
    addApprove,
    addDecisions,
    addRollback,
    addResolve,
    addOverride,
    addChecklist,
    addCalendar,
    addFreeze,
    addStop,
    addRecover,
    addTrigger,
    addDemo,
    addDev,
    addDoctor,
    addWorker,
    addCompletion,
  ];
  for (const add of adders) add(program);
  return program;
}
