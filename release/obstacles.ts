/** What would stop a release now, or keep it waiting, or ask people; and what to do about each. Pure. */
import { driftWords } from './render-drift';
import { approvalStandings, type ApprovalStanding } from './approval';
import { placeOf } from './approval-place';
import type { ApprovalPlace } from './rule-words';
import { demandWords } from './approval-words';
import { breachWords } from './render-soak';
import { isBreached } from './soak';
import type { EnvironmentState } from './environment-state';
import type { ErrorReport } from './errors';
import type { GateReport } from './gate';
import { refuseAct } from './may';
import { moment } from './moments';
import type { Plan } from './plan';
import type { Environment, Project } from './project';
import { stopWords } from './stop';
import type { Verdict } from './verdict';
import { whoIsLeft } from './who-is-left';

/** `stops`: nothing would begin, or it would end; `unknown`: it could not be told; `waits`: by itself; `asks`: for people. */
export type ObstacleKind = 'stops' | 'unknown' | 'waits' | 'asks';

/** One thing between a version and an environment. */
export interface Obstacle {
  readonly kind: ObstacleKind;
  /** What it is: `hold`, `gate newer:api`, `calendar`, `approval go`… */
  readonly what: string;
  readonly detail: string;
  /** Whole sentences. */
  readonly todo: string;
}

/** What obstacles are looked for in. */
export interface Situation {
  /** The rules that count: those of the protected commit, where there is one. */
  readonly project: Project;
  readonly environment: Environment;
  readonly version: string;
  /** Who would ask for the release. */
  readonly by: string;
  /** Absent = the environment was never asked for anything. */
  readonly state: EnvironmentState | undefined;
  /** What a look at everything has come to: gates and plan, or why there are none. */
  readonly survey:
    | { readonly gates: readonly GateReport[]; readonly plan: Plan; readonly alreadyLive: boolean }
    | { readonly failed: ErrorReport };
}

/** Every obstacle, those that stop it first. */
export function obstaclesOf(situation: Situation): Obstacle[] {
  const all = [...ofRules(situation), ...ofEnvironment(situation), ...ofSurvey(situation)];
  return order.flatMap((kind) => all.filter((one) => one.kind === kind));
}

const order: readonly ObstacleKind[] = ['stops', 'unknown', 'waits', 'asks'];

/** The one verdict over all: waiting and asking is no failure. */
export function verdictOver(obstacles: readonly Obstacle[]): Verdict {
  if (obstacles.some(({ kind }) => kind === 'stops')) return 'failed';
  return obstacles.some(({ kind }) => kind === 'unknown') ? 'unknown' : 'passed';
}

function ofRules({ project, environment, by }: Situation): Obstacle[] {
  const detail = refuseAct(project, environment, 'request', by);
  if (detail === undefined) return [];
  const todo = 'Ask one of them to ask for it, or have `may.request` in slipway.yaml changed.';
  return [{ kind: 'stops', what: 'permission', detail, todo }];
}

function ofEnvironment({ state, environment, version }: Situation): Obstacle[] {
  if (!state) return [];
  const { holds, queue, holder, watch, stops = [], lost = null, soaks = [] } = state;
  const { name, queue: policy } = environment;
  const obstacles: Obstacle[] = [];
  const hold = holds[version];
  if (hold) {
    const detail = `${version} was rolled back at ${moment(hold.at)} by ${hold.releaseId} (${hold.why})`;
    const todo = 'Release a mended version, or this one with `--again "why it will work now"`.';
    obstacles.push({ kind: 'stops', what: 'hold', detail, todo });
  }
  const same = queue.find((one) => one.version === version);
  if (same) {
    const todo = `Watch it: \`slipway watch ${same.releaseId}\`.`;
    obstacles.push({ kind: 'stops', what: 'queue', detail: `${same.releaseId} is under way already`, todo });
  }
  const others = queue.filter((one) => one.version !== version && one.replacedBy === undefined);
  if (others.length > 0 && policy === 'refuse') {
    const detail = `${name} takes one release at a time, and ${others[0]!.releaseId} is under way`;
    obstacles.push({ kind: 'stops', what: 'queue', detail, todo: 'Ask again when it has ended.' });
  } else if (holder || others.length > 0) {
    const detail = holder
      ? `${holder.releaseId} holds ${name}${others.length > 1 ? `, and ${others.length} are under way` : ''}`
      : `${others.length} ${others.length === 1 ? 'other is' : 'others are'} under way to ${name}`;
    const todo = `Look at \`slipway queue ${name}\`; \`--first\` there changes the order.`;
    obstacles.push({ kind: 'waits', what: 'queue', detail, todo });
  }
  for (const stop of stops) {
    const todo = `Whoever may lifts it: \`slipway stop ${name} --lift ${stop.id} --reason "…"\`.`;
    obstacles.push({ kind: 'waits', what: 'stop', detail: stopWords(stop), todo });
  }
  if (lost) {
    const todo = lost.asks ? 'A person decides: `slipway recover`.' : `Look at \`slipway queue ${name}\`.`;
    const detail = `${lost.releaseId} stopped running while it held ${name}: that is settled first`;
    obstacles.push({ kind: 'waits', what: 'lost', detail, todo });
  }
  for (const soak of soaks.filter(isBreached)) {
    const detail = `the soak of ${soak.version} was breached (${breachWords(soak.breach!)}): this release is not held up by it, and ends it`;
    const todo = `\`slipway rollback ${name} --reason "…"\` goes back, \`slipway soak ${name} --accept --reason "…"\` goes on.`;
    obstacles.push({ kind: 'asks', what: `breach ${soak.breach!.id}`, detail, todo });
  }
  const drift = driftWords(watch);
  if (drift !== undefined) {
    const todo = `\`slipway drift ${name} --restore --reason "…"\` puts it back, \`slipway environment adopt ${name} --reason "…"\` takes it as it is; \`slipway drift ${name}\` says more.`;
    obstacles.push({ kind: 'waits', what: 'drift', detail: drift, todo });
  }
  return obstacles;
}

function ofSurvey({ survey, environment, project, by }: Situation): Obstacle[] {
  if ('failed' in survey) {
    const { code, message, todo } = survey.failed;
    return [{ kind: 'stops', what: code, detail: message, todo }];
  }
  const { gates, plan, alreadyLive } = survey;
  const live: Obstacle = {
    kind: 'stops',
    what: 'live',
    detail: `${plan.version} is live in ${environment.name} already`,
    todo: 'There is nothing to do.',
  };
  return [
    ...(alreadyLive ? [live] : []),
    ...gates.flatMap((gate) => ofGate(gate, environment)),
    ...approvalStandings(plan, { approvals: [] }).map((standing) => ofApproval(standing, plan, { project, by })),
    ...plan.acknowledgements.map(({ id, text }): Obstacle => {
      const todo = `An approval must say so: \`slipway approve --acknowledge ${id}\`.`;
      return { kind: 'asks', what: `acknowledgement ${id}`, detail: text, todo };
    }),
  ];
}

/** An approval that too few people can give stops a release, unless somebody overrides it. */
function ofApproval(
  standing: ApprovalStanding,
  { services }: Plan,
  { project, by }: Pick<Situation, 'project' | 'by'>,
): Obstacle {
  const { rule } = standing;
  const { stuck } = whoIsLeft(standing, { services, project, requestedBy: by });
  const what = `approval ${rule.name}`;
  if (stuck === undefined) return { kind: 'asks', what, detail: demandWords(rule), todo: whenAsked[placeOf(rule)] };
  const kind = rule.guard === 'soft' ? 'asks' : 'stops';
  return { kind, what, detail: demandWords(rule), todo: `Too few people can: ${stuck}.` };
}

const whenAsked: Readonly<Record<ApprovalPlace, string>> = {
  'before-migrating': 'They are asked once no gate is pending: `slipway approve`.',
  'before-moving': 'They are asked before the pointers move, and hold the environment meanwhile: `slipway approve`.',
  'after-smoke': 'They are asked when the new version is live, and try it: `slipway approve`; a no rolls back.',
};

function ofGate({ id, hard, verdict, detail, pending }: GateReport, environment: Environment): Obstacle[] {
  if (verdict === 'passed') return [];
  const what = id === 'calendar' ? id : `gate ${id}`;
  const todo = todoOfGate(id, environment);
  if (pending) return [{ kind: 'waits', what, detail: `${detail} (waited for until ${moment(pending.until)})`, todo }];
  if (id === 'calendar') return [{ kind: verdict === 'failed' ? 'waits' : 'unknown', what, detail, todo }];
  if (!hard)
    return [{ kind: 'asks', what, detail, todo: `${todo} Or override it, aloud: \`slipway override gate:${id}\`.` }];
  return [{ kind: verdict === 'failed' ? 'stops' : 'unknown', what, detail, todo }];
}

/** By kind of gate. */
const gateTodos: Readonly<Record<string, string>> = {
  trunk: 'Merge the commit to the trunk, and release that.',
  newer: 'Release a newer version; what was live before comes back with `slipway rollback`.',
  remote: 'Give the worker credentials that may push: `slipway doctor` says which.',
  pointer: 'Look who moved the pointer, and why; `slipway doctor` looks at what protects it.',
  'way-back': 'Without a proven way back nothing is released: see docs/rollback.md.',
  database: 'Give the worker access to the database: `slipway doctor` says what is missing.',
  migrations: 'Mend the migration files in a new commit, and release that.',
  healthy: 'Look at what is live now; a release that mends it is a hotfix (`--hotfix`).',
  ci: 'Let the checks run to their end, or run them again.',
  review: 'Have the pull requests approved that brought these commits.',
  issues: 'Close the issues, or take the label from them.',
  manifest: 'Release the commit that has the version in its file.',
  notes: 'Write the release notes.',
  environment: 'Let this version run there first.',
  artifact: 'Release what was proven there.',
  protection: 'Have the branches and tags protected as the gate expects.',
  settings: 'Have the settings made in the target.',
  monitoring: 'Look why the monitors do not report.',
  manual: 'Somebody must tick it: `slipway checklist`.',
};

/** A gate of the team's own has a name of its own. */
function todoOfGate(id: string, { name, gates = [] }: Environment): string {
  if (id === 'calendar')
    return `\`slipway calendar ${name}\` shows when it opens; \`slipway override\` lets one release pass.`;
  const [named = id] = id.split(':');
  const kind = gates.find((gate) => gate.name === named || gate.name === id)?.kind ?? named;
  return gateTodos[kind] ?? 'Look at its evidence in `slipway plan`.';
}
