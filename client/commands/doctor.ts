import type { Command } from 'commander';
import { installedVersions } from '../../config/installed-versions';
import {
  diagnose,
  inArea,
  pass,
  verdictOf,
  warn,
  type Diagnosis,
  type Examination,
  type ExaminationVerdict,
} from '../../release/doctor';
import { errorTable } from '../../release/errors';
import { onlyEnvironment } from '../../release/one-environment';
import { renderDiagnosis, renderDiagnosisMarkdown } from '../../release/render-doctor';
import { askDoctor } from '../ask-doctor';
import { connect } from '../connect';
import { examineQueue, examineTemporal } from '../examine-temporal';
import { examineUnderWay } from '../examine-under-way';
import { exitCodes, type ExitCode } from '../exit-codes';
import { acting, contextOf, type Invocation } from '../invocation';
import { environmentOf, type ProjectContext } from '../project-context';
import { asSlipwayError } from '../temporal-errors';

interface DoctorOptions {
  readonly rehearse?: boolean;
  readonly markdown?: boolean;
}

const help = `
Each line says what is wrong and what to do; docs/doctor.md explains them all. Nothing is changed.
Exit code 0: releases can go, and come back; 3: something failed; 4: something could not be told.

Example:
  slipway doctor production --rehearse`;

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .summary('find out what would stop a release, or its way back')
    .description(
      'Looks, here and on the worker of each environment, at everything that a release and its undo need: permissions, credentials, clocks, versions, Temporal, databases, disk. Changes nothing.',
    )
    .argument('[environment]', 'only this one (all by default)')
    .option('--rehearse', 'also send pushes that cannot succeed, to hear what hooks and rules of a git remote say')
    .option('--markdown', 'as Markdown')
    .addHelpText('after', help)
    .action(acting(examine));
}

async function examine(
  invocation: Invocation,
  name: string | undefined,
  { rehearse = false, markdown = false }: DoctorOptions,
): Promise<ExitCode> {
  const { io } = invocation;
  const context = await contextOf(invocation);
  const names = name === undefined ? Object.keys(context.project.environments) : [environmentOf(context, name)];
  const diagnoses = await Promise.all(names.map((one) => examineEnvironment(invocation, context, one, rehearse)));
  const verdict = verdictOf(diagnoses);
  io.document({ verdict, environments: diagnoses });
  for (const diagnosis of diagnoses)
    io.say(markdown ? renderDiagnosisMarkdown(diagnosis) : renderDiagnosis(diagnosis, io.look.paint));
  return codes[verdict];
}

const codes: Readonly<Record<ExaminationVerdict, ExitCode>> = {
  passed: exitCodes.ok,
  warning: exitCodes.ok,
  failed: exitCodes.refused,
  unknown: exitCodes.couldNotTell,
};

/** From here first, since without Temporal nobody else can be asked; then from the worker. */
async function examineEnvironment(
  { io }: Invocation,
  context: ProjectContext,
  environment: string,
  rehearse: boolean,
): Promise<Diagnosis> {
  const file = examineFile(context);
  try {
    const temporal = await connect({ context, cwd: io.cwd, env: io.env, environment });
    try {
      const { client } = temporal;
      const { project } = context;
      const input = {
        project: onlyEnvironment(project, environment)!,
        environment,
        rehearse,
        client: installedVersions('@temporalio/client'),
      };
      const [server, queue] = await Promise.all([
        examineTemporal(temporal),
        examineQueue(client, project.name, environment),
      ]);
      // A list of pollers may be a moment old: the worker is asked even if nobody seems to be there.
      const patience = verdictOf(queue) === 'failed' ? 2_000 : 15_000;
      const [found, underWay] = await Promise.all([
        askDoctor(client, input, patience),
        examineUnderWay(client, project.name, environment),
      ]);
      return diagnose(environment, [...file, ...server, ...queue, ...underWay, ...found]);
    } finally {
      await temporal.close();
    }
  } catch (error) {
    return diagnose(environment, [...file, withoutTemporal(error)]);
  }
}

function examineFile({ file, warnings }: ProjectContext): Examination[] {
  const lines = warnings.map(({ line, column, field, message, hint }) =>
    warn(`${file}:${line}:${column}`, field === '' ? message : `${field}: ${message}`, hint),
  );
  return inArea('configuration', [pass(file, 'it is valid'), ...lines]);
}

function withoutTemporal(error: unknown): Examination {
  const { code, message, todo } = asSlipwayError(error);
  const { kind } = errorTable[code];
  const verdict = kind === 'unknown' || kind === 'bug' ? 'unknown' : 'failed';
  return { area: 'temporal', name: 'server', verdict, detail: message, todo };
}
