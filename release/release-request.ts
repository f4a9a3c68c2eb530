/**
 * What is asked of Slipway's workflows, as it comes in: anybody who reaches Temporal can start a workflow or send a
 * message by hand, and a workflow that trips over it would be stuck for ever. Shapes only; what is right is judged later.
 */
import { momentIn } from './message-fields';
import { releaseKinds } from './rule-words';
import { problemOfVersion } from './version-text';

/** For whom a request must be; absent = anyone. */
export interface Addressee {
  readonly project: string;
  readonly environment: string;
}

/**
 * Why `input` is no order for a release (or a preview), in a few words; undefined if it is one. Of the project only
 * what the workflows themselves read is looked at.
 */
export function problemOfOrder(input: unknown, { project, environment }: Partial<Addressee> = {}): string | undefined {
  if (!isObject(input)) return 'it is no object';
  const { version, commit, requestedBy } = input;
  if (typeof version !== 'string') return '"version" is no text';
  const malformed = problemOfVersion(version);
  if (malformed) return `"version" is none: ${malformed}`;
  if (commit !== null && !(typeof commit === 'string' && /^[0-9a-f]{7,64}$/.test(commit)))
    return '"commit" must be null, or 7 to 64 hex digits';
  if (typeof requestedBy !== 'string' || requestedBy.trim() === '' || requestedBy.length > 200)
    return '"requestedBy" must be text of 1 to 200 characters';
  const unplaceable = problemOfStart(input) ?? problemOfKind(input);
  if (unplaceable) return unplaceable;
  if (typeof input['environment'] !== 'string' || input['environment'] === '') return '"environment" is missing';
  if (environment !== undefined && input['environment'] !== environment) return `it is not for ${environment}`;
  if (!isObject(input['project'])) return '"project" is no object';
  if (project !== undefined && input['project']['name'] !== project) return `it is not for the project ${project}`;
  return problemOfProject(input['project'], input['environment']);
}

/** What a calendar goes by; requests of before there were calendars lack it. */
function problemOfStart({ kind = 'normal', start = { at: null, whenOpen: false } }: Fields): string | undefined {
  if (!releaseKinds.some((known) => known === kind)) return `"kind" must be one of ${releaseKinds.join(', ')}`;
  if (!isObject(start) || typeof start['whenOpen'] !== 'boolean') return '"start.whenOpen" must be true or false';
  const { at } = start;
  if (at !== null && momentIn(at) === undefined)
    return '"start.at" must be null, or a moment such as 2026-11-23T14:00Z';
  return undefined;
}

/** What a kind of release brings with it. */
function problemOfKind({ goals = {}, reason = '', endWaits = '', kind, restores = true }: Fields): string | undefined {
  if (typeof reason !== 'string' || reason.length > 2_000) return '"reason" must be text of at most 2000 characters';
  if (typeof endWaits !== 'string' || endWaits.length > 2_000)
    return '"endWaits" must be text of at most 2000 characters';
  if (endWaits !== '' && kind !== 'hotfix') return '"endWaits" is for a hotfix only';
  if (restores !== true) return '"restores" must be true, or absent';
  const isVersion = (value: unknown, needsCommit: boolean) =>
    isObject(value) &&
    typeof value['version'] === 'string' &&
    (typeof value['commit'] === 'string'
      ? /^[0-9a-f]{40,64}$/.test(value['commit'])
      : !needsCommit && value['commit'] === null);
  const isGoal = (goal: unknown) =>
    isObject(goal) && isVersion(goal['leaves'], false) && (goal['to'] === null || isVersion(goal['to'], true));
  return isObject(goals) && Object.values(goals).every(isGoal)
    ? undefined
    : '"goals" does not say what each service goes to';
}

/** Why `input` is no request for an examination of an environment; undefined if it is one. */
export function problemOfExamination(input: unknown): string | undefined {
  if (!isObject(input)) return 'it is no object';
  const { rehearse, client, environment, project } = input;
  if (typeof rehearse !== 'boolean') return '"rehearse" must be true or false';
  const versions = isObject(client) ? [client['slipway'], client['node'], client['sdk']] : [undefined];
  if (!versions.every((version) => typeof version === 'string')) return '"client" does not hold its versions';
  if (typeof environment !== 'string' || environment === '') return '"environment" is missing';
  return isObject(project) ? problemOfProject(project, environment) : '"project" is no object';
}

/** Why `input` names no environment of a project whose rules it brings; undefined if it does. */
export function problemOfPlace(input: Fields): string | undefined {
  const { environment, project } = input;
  if (typeof environment !== 'string' || environment === '') return '"environment" is missing';
  return isObject(project) ? problemOfProject(project, environment) : '"project" is no object';
}

/** As `problemOfOrder`, for a request to an environment, which has an id besides. */
export function problemOfRequest(input: unknown, addressee: Addressee): string | undefined {
  const id = isObject(input) ? input['requestId'] : undefined;
  if (isObject(input) && !(typeof id === 'string' && id !== '' && id.length <= 200))
    return '"requestId" must be text of 1 to 200 characters';
  const again = isObject(input) ? (input['again'] ?? '') : '';
  if (typeof again !== 'string' || again.length > 2_000) return '"again" must be text of at most 2000 characters';
  // What it leaves and where it goes only the environment can say: else anything could be released by that name.
  if (isObject(input) && (input['kind'] === 'rollback' || input['goals'] !== undefined))
    return 'a rollback is asked for by the signal rollback, and nobody gives "goals"';
  return problemOfOrder(input, addressee);
}

function problemOfProject(project: Fields, environment: string): string | undefined {
  if (typeof project['name'] !== 'string' || project['name'] === '') return '"project.name" is missing';
  const { services, environments } = project;
  if (!isObject(services) || Object.keys(services).length === 0) return '"project.services" is empty';
  for (const [name, service] of Object.entries(services)) {
    if (!isService(service, name)) return `"project.services.${name.slice(0, 40)}" is no service`;
  }
  const rules = isObject(environments) && Object.hasOwn(environments, environment) ? environments[environment] : {};
  return isEnvironment(rules) ? undefined : `"project.environments" has no rules for ${environment.slice(0, 40)}`;
}

function isService(service: unknown, name: string): boolean {
  if (!isObject(service) || service['name'] !== name) return false;
  const { repository, after, pointer, live, smoke } = service;
  const parts = isObject(repository) && isObject(pointer) && isObject(pointer['builds']) && isObject(live);
  return parts && typeof repository['url'] === 'string' && Array.isArray(after) && Array.isArray(smoke);
}

function isEnvironment(rules: unknown): boolean {
  if (!isObject(rules) || !Array.isArray(rules['approvals'])) return false;
  const { verify, monitor, pauseLimit, lockPatience } = rules;
  if (!isObject(verify) || !isObject(monitor) || !Array.isArray(verify['checks'])) return false;
  const times = [verify['wait'], verify['interval'], monitor['window'], monitor['interval'], pauseLimit, lockPatience];
  return times.every((time) => Number.isFinite(time));
}

/** Why `input` is no request for the lock of this environment; undefined if it is one. */
export function problemOfLockRequest(input: unknown, addressee: Addressee): string | undefined {
  if (!isObject(input)) return 'it is no object';
  const { releaseId, runId, version } = input;
  const ours = `/${addressee.project}/${addressee.environment}/`;
  const isOurs =
    typeof releaseId === 'string' && ['release', 'recovery'].some((kind) => releaseId.startsWith(kind + ours));
  if (!isOurs || releaseId.length > 500) return `"releaseId" does not begin with release${ours}`;
  if (typeof runId !== 'string' || !/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(runId))
    return '"runId" is none of Temporal';
  return typeof version === 'string' ? undefined : '"version" is no text';
}

type Fields = Readonly<Record<string, unknown>>;

/** Whether `value` is an object with fields: no list, no null. */
export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
