import { withAcknowledgement } from './acknowledgement';
import { dueApprovals, placeOf, placeWords } from './approval-place';
import type { ApprovalPlace, ReleaseKind } from './rule-words';
import { ruleWords } from './approval-words';
import { byHandCommands, migrationByHand } from './by-hand';
import { formatDuration } from './durations';
import type { CommitFact, Resolution, ServiceFacts } from './facts';
import { fitted } from './migration';
import { isUntouched } from './gate';
import { PLAN_VERSION, type Plan, type PlannedService, type PlannedStep } from './plan';
import { namesPeople, personCalled } from './people';
import { digestOf, planDigest } from './plan-digest';
import { isReversible, type PointerMove } from './pointer-move';
import { soakWords } from './render-soak';
import type { RulesOrigin } from './rules-origin';
import type { ApprovalRule, Check, Environment, Project, Service } from './project';
import { approvalsFor } from './release-kind';
import { verifyChecks } from './step-checks';

/** What a plan is made of. */
export interface PlanInput {
  readonly project: Project;
  readonly environment: Environment;
  readonly version: string;
  readonly resolution: Resolution;
  readonly rulesFrom?: RulesOrigin | undefined;
}

/** Makes the plan of a release from what was found out. Pure: equal facts give an equal digest. */
export function buildPlan({ project, environment, version, resolution, rulesFrom }: PlanInput): Plan {
  const { kind } = resolution;
  const services = resolution.services.map((facts) => planService(project, project.services[facts.service]!, facts));
  const acknowledged = services.flatMap(acknowledgements);
  const due = dueApprovals(approvalsFor(environment, kind ?? 'normal'), services);
  const approvals = withAcknowledgement(due, acknowledged, kind);
  const plan: Omit<Plan, 'digest'> = {
    planVersion: PLAN_VERSION,
    project: project.name,
    environment: environment.name,
    version,
    ...(kind && { kind }),
    services,
    steps: planSteps(services, approvals, { project, environment, version }),
    approvals,
    onFailure: environment.onFailure,
    acknowledgements: acknowledged,
    notes: [...notes(services), ...soakNotes(environment), ...approvalNotes(approvals, environment, kind)],
    rules: rulesDigest(project, environment.name),
    ...(rulesFrom && { rulesFrom }),
  };
  return { ...plan, digest: planDigest(plan) };
}

/** Digest of the rules that a release of `environment` runs under: the configuration without other environments. */
export function rulesDigest(project: Project, environment: string): string {
  return digestOf({ ...project, environments: project.environments[environment] });
}

function planService(project: Project, service: Service, facts: ServiceFacts): PlannedService {
  const pending = facts.database?.scripts.filter(({ name }) => facts.database?.pending.includes(name)) ?? [];
  return {
    service: service.name,
    repository: service.repository.url,
    commit: facts.commit,
    relation: facts.relation,
    previous: facts.move.previous,
    commits: { ...facts.commits, shown: facts.commits.shown.map((commit) => withPerson(project, commit)) },
    contributors: facts.contributors,
    move: facts.move,
    database: service.database
      ? {
          url: service.database.url,
          scripts: fitted(pending),
          onRollback: service.database.onRollback,
          backup: service.database.backup,
        }
      : null,
    untouched: isUntouched(facts),
    ...(facts.ahead?.length && { ahead: facts.ahead }),
  };
}

/** By e-mail or login: a name alone may be anybody's. */
function withPerson(project: Project, commit: CommitFact): CommitFact {
  if (!namesPeople(project)) return commit;
  const { email, login } = commit;
  const person = [email, login ?? ''].map((said) => said && personCalled(project, said)?.name).find(Boolean);
  return person ? { ...commit, person } : commit;
}

function acknowledgements({ service, previous, move, untouched }: PlannedService): Plan['acknowledgements'] {
  if (untouched) return [];
  if (previous === null) {
    return [{ id: `no-way-back:${service}`, text: `${service} is released for the first time: there is no way back` }];
  }
  if (!isReversible(move)) {
    return [{ id: `forward-only:${service}`, text: `moving ${service} is a point of no return: its undo is "none"` }];
  }
  return [];
}

function approvalNotes(approvals: Plan['approvals'], environment: Environment, kind: ReleaseKind = 'normal'): string[] {
  if (approvals.length > 0) return [];
  if (environment.approvals.length === 0) return ['this environment asks nobody for approval'];
  if (approvalsFor(environment, kind).length === 0) return [`a ${kind} asks nobody for approval here`];
  return ['nobody is asked for approval: those of this environment are for releases that migrate'];
}

function soakNotes({ monitor, soak }: Environment): string[] {
  if (!soak) return [];
  const after = monitor.window > 0 ? `after the monitoring window (${formatDuration(monitor.window)})` : 'at its end';
  return [`${after} ${soakWords(soak)}`];
}

function notes(services: readonly PlannedService[]): string[] {
  const lines: string[] = [];
  for (const { service, database, untouched, ahead = [] } of services) {
    if (ahead.length > 0) lines.push(`${service}: the schema keeps ${ahead.join(', ')}, as schema debt`);
    if (untouched) lines.push(`${service} runs this version already: it is not moved`);
    if (database?.scripts.length && database.backup.kind === 'none') {
      lines.push(`no backup is made of ${service}'s database: ${database.backup.reason}`);
    }
    for (const script of database?.scripts ?? []) {
      if (script.destroys !== undefined) lines.push(`${script.name} may destroy data: ${script.destroys}`);
      if (!script.undo.unattended) {
        lines.push(`rolling back ${script.name} needs a person: ${script.undo.reason}`);
      }
    }
  }
  return lines;
}

function planSteps(
  services: readonly PlannedService[],
  approvals: readonly ApprovalRule[],
  { project, environment, version }: Omit<PlanInput, 'resolution' | 'rulesFrom'>,
): PlannedStep[] {
  const target = { project: project.name, environment: environment.name, version };
  const migrating = services.filter(({ database }) => database && database.scripts.length > 0);
  const moving = services.filter(({ untouched }) => !untouched);
  return [
    ...backupStep(migrating),
    ...migrating.map((service) => migrateStep(service)),
    ...verifyStep(environment, verifyChecks(project, environment, services), migrating.length > 0),
    ...approvalStep(approvals, 'before-moving'),
    ...moving.map((service) => moveStep(service, project.services[service.service]!, target)),
    deployedStep(moving, project),
    ...smokeStep(moving, project),
    ...approvalStep(approvals, 'after-smoke'),
    ...monitorStep(environment),
  ];
}

/** Approvals on the way are steps; those before it are what a plan is approved by. */
function approvalStep(approvals: readonly ApprovalRule[], place: ApprovalPlace): PlannedStep[] {
  const rules = approvals.filter((rule) => placeOf(rule) === place);
  if (rules.length === 0) return [];
  const undo = 'a no, or no answer in time, rolls back as each step says';
  return [
    { id: `approval:${place}`, title: `Approval ${placeWords[place]}`, does: rules.map(ruleWords), undo, byHand: [] },
  ];
}

function backupStep(services: readonly PlannedService[]): PlannedStep[] {
  const made = services.filter(({ database }) => database?.backup.kind === 'command');
  if (made.length === 0) return [];
  const does = made.map(({ service, database }) =>
    database?.backup.kind === 'command' ? `${service}: ${database.backup.command.argv.join(' ')}` : '',
  );
  return [{ id: 'backup', title: 'Back up', does, undo: '', byHand: [] }];
}

function migrateStep({ service, database, repository, commit }: PlannedService): PlannedStep {
  const scripts = database?.scripts ?? [];
  return {
    id: `migrate:${service}`,
    title: `Migrate the database of ${service}`,
    does: scripts.map(({ name, upPath }) => `run ${name} (${upPath})`),
    undo:
      database?.onRollback === 'dropIfEmpty'
        ? 'rollback scripts, newest first, if what they drop holds no data'
        : 'the additive schema stays, recorded as schema debt (rollback scripts only if migrating itself fails)',
    byHand: migrationByHand({ scripts, url: database?.url ?? '', repository, commit }),
  };
}

function verifyStep({ verify }: Environment, kept: readonly Check[], migrates: boolean): PlannedStep[] {
  if (verify.wait === 0 && verify.checks.length === 0) return [];
  const checks = kept.map(({ name }) => name).join(', ');
  return [
    {
      id: 'verify',
      title: verifyTitle(verify.wait, migrates),
      does: [checks ? `these must keep passing: ${checks}` : 'there is nothing to check in this wait'],
      undo: '',
      byHand: [],
    },
  ];
}

function moveStep(
  { move, repository, previous }: PlannedService,
  service: Service,
  target: { readonly project: string; readonly environment: string; readonly version: string },
): PlannedStep {
  return {
    id: `move:${service.name}`,
    title: `Move ${service.name}`,
    does: [describeMove(move)],
    undo: describeUndo(move),
    byHand: byHandCommands({ move, repository, previous, ...target }),
  };
}

function deployedStep(services: readonly PlannedService[], project: Project): PlannedStep {
  const does = services.map(({ service, commit }) => {
    const { live } = project.services[service]!;
    return `${service}: ${live.url} says ${live.is === 'commit' ? commit.slice(0, 10) : 'the version'}, ${live.readings === 1 ? 'once' : `${live.readings} times in a row`}, within ${formatDuration(live.patience)}`;
  });
  return { id: 'deployed', title: 'Wait until it is live', does, undo: '', byHand: [] };
}

function smokeStep(services: readonly PlannedService[], project: Project): PlannedStep[] {
  const does = services.flatMap(({ service }) =>
    project.services[service]!.smoke.map(({ name, url, status }) => `${service}: ${name} (${url} → ${status})`),
  );
  return does.length ? [{ id: 'smoke', title: 'Smoke checks', does, undo: '', byHand: [] }] : [];
}

function monitorStep({ monitor }: Environment): PlannedStep[] {
  if (monitor.window === 0) return [];
  const does = ['the smoke checks must keep passing'];
  return [{ id: 'monitor', title: `Monitor for ${formatDuration(monitor.window)}`, does, undo: '', byHand: [] }];
}

function verifyTitle(wait: number, migrates: boolean): string {
  const what = wait === 0 ? 'Check once' : `Verify for ${formatDuration(wait)}`;
  return migrates ? `${what} on the new schema` : what;
}

/** What a move does, in one line. */
export function describeMove(move: PointerMove): string {
  const name = shortRef(move.ref);
  const { act } = move;
  if (act?.by === 'command') return `run, for ${move.brings ?? 'it'}: ${act.argv.join(' ')}${deletion(move)}`;
  if (act?.by === 'delete')
    return `delete tag ${name}: the host goes to ${move.brings ?? ''} (${move.commit.slice(0, 10)})`;
  if (act?.by === 'force')
    return `set branch ${name} from ${move.from?.slice(0, 10) ?? 'nothing'} to ${move.to.slice(0, 10)} with an exact lease`;
  return move.kind === 'tag'
    ? `create tag ${name} on ${move.commit.slice(0, 10)}${deletion(move)}`
    : `fast-forward branch ${name} from ${move.from?.slice(0, 10) ?? 'nothing'} to ${move.to.slice(0, 10)}`;
}

const shortRef = (ref: string): string => ref.replace(/^refs\/(tags|heads)\//, '');

const deletion = (move: PointerMove): string =>
  move.kind === 'tag' && move.deletes ? `, and delete tag ${shortRef(move.deletes.ref)}` : '';

/** How a move is undone, in one line. */
export function describeUndo({ undo, ref, from, previous, ...move }: PointerMove): string {
  const name = shortRef(ref);
  const back = previous ? `${previous.version} (${previous.commit.slice(0, 10)})` : 'nothing';
  switch (undo.by) {
    case 'new-tag':
      return `stop what ${name} started, then tag ${undo.name.replace('{n}', String(undo.n))} on ${back}${undo.deleteBadTag ? `, then delete ${name}` : ''}`;
    case 'delete':
      return `stop what ${name} started, then delete tag ${name}; the host goes back to ${back}`;
    case 'recreate':
      return `stop what has started, then make tag ${name} again; the host goes back to ${back}`;
    case 'force':
      return `stop what ${name} started, then set branch ${name} back to ${from?.slice(0, 10) ?? 'nothing'} with an exact lease`;
    case 'revert':
      return `stop what ${name} started, then commit the tree of ${back} on top of ${name}`;
    case 'command':
      return `stop what ${name} started, then run: ${undo.argv.join(' ')}`;
    case 'same':
      return `stop what ${name} started: the version that runs stays the same`;
    case 'none':
      return `POINT OF NO RETURN (${move.kind}): ${undo.reason}`;
  }
}
