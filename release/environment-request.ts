/** What comes to an environment's workflow, as it comes in: anybody who reaches Temporal can send it anything. */
import { parseReleaseWorkflowId } from './identity';
import { isObject, problemOfPlace, type Addressee } from './release-request';
import { problemOfVersion } from './version-text';

const MAX_TEXT = 2_000;
const MAX_NAME = 200;
const MAX_ID = 500;
const MAX_SERVICES = 200;

/** The id under which an answer can be given; undefined if the request has none. */
export function requestIdOf(request: unknown): string | undefined {
  const id = isObject(request) ? request['requestId'] : undefined;
  return typeof id === 'string' && id !== '' && id.length <= MAX_NAME ? id : undefined;
}

/** What a release is started with: the request without its id, and without what only the environment can say of its rules. */
export function withoutOrigin<T extends object>(
  request: T & { readonly requestId?: unknown; readonly rules?: unknown },
): Omit<T, 'requestId' | 'rules'> {
  const { requestId, rules, ...input } = request;
  void [requestId, rules];
  return input;
}

/** Why `input` does not change the order of the queue; undefined if it does. */
export function problemOfQueueMove(input: unknown): string | undefined {
  if (!isObject(input)) return 'it is no object';
  if (requestIdOf(input) === undefined) return '"requestId" must be text of 1 to 200 characters';
  if (!isText(input['releaseId'], 1, MAX_ID)) return '"releaseId" is missing';
  if (input['to'] !== 'first' && input['to'] !== 'last') return '"to" must be "first" or "last"';
  if (!isText(input['by'], 1, MAX_NAME) || input['by'].trim() === '') return '"by" is missing: who decides';
  return isText(input['reason'], 0, MAX_TEXT) ? undefined : '"reason" must be text, of at most 2000 characters';
}

/** Why `input` asks for no rollback of this environment; undefined if it does. */
export function problemOfRollback(input: unknown, { project, environment }: Addressee): string | undefined {
  if (!isObject(input)) return 'it is no object';
  if (requestIdOf(input) === undefined) return '"requestId" must be text of 1 to 200 characters';
  if (!isText(input['by'], 1, MAX_NAME) || input['by'].trim() === '') return '"by" is missing: who asks for it';
  if (!isText(input['leaves'], 0, MAX_NAME)) return '"leaves" is missing: the version that is live now';
  const { to, reason = '', project: rules } = input;
  if (to !== undefined && !(typeof to === 'string' && problemOfVersion(to) === undefined)) return '"to" is no version';
  if (!isText(reason, 0, MAX_TEXT)) return '"reason" must be text, of at most 2000 characters';
  if (rules === undefined) return undefined;
  if (!isObject(rules)) return '"project" is no object';
  return rules['name'] === project
    ? problemOfPlace({ project: rules, environment })
    : `it is not for the project ${project}`;
}

/** Why `input` does not give the lock of this environment back; undefined if it does. */
export function problemOfReleaseEnd(input: unknown, addressee: Addressee): string | undefined {
  if (!isObject(input)) return 'it is no object';
  if (!isOurs(input['releaseId'], addressee)) return '"releaseId" is none of this environment';
  const { end, runId } = input;
  if (runId !== undefined && !isText(runId, 1, MAX_NAME)) return '"runId" is no text';
  if (end === undefined) return undefined;
  if (!isObject(end) || !isText(end['outcome'], 1, MAX_NAME)) return '"end.outcome" is missing';
  if (!isText(end['why'], 0, 100_000)) return '"end.why" is no text';
  for (const name of ['by', 'left', 'reason'] as const)
    if (end[name] !== undefined && !isText(end[name], 0, MAX_TEXT)) return `"end.${name}" is no text`;
  if (end['schemaDebt'] !== undefined && !isListOf(end['schemaDebt'], (name) => isText(name, 1, MAX_NAME * 2)))
    return '"end.schemaDebt" is no list of names';
  if (end['project'] !== undefined && !isObject(end['project'])) return '"end.project" is no object';
  const isLive = (one: unknown) =>
    isObject(one) &&
    isText(one['service'], 1, MAX_NAME) &&
    isText(one['version'], 0, MAX_NAME) &&
    (one['commit'] === null || isText(one['commit'], 1, MAX_NAME));
  if (end['project'] !== undefined && problemOfPlace({ ...addressee, project: end['project'] }) !== undefined)
    return '"end.project" is none';
  return isListOf(end['live'], isLive) ? undefined : '"end.live" is no list of services';
}

/** Why `input` does not say what a release of this environment would bring; undefined if it does. */
export function problemOfTarget(input: unknown, addressee: Addressee): string | undefined {
  if (!isObject(input)) return 'it is no object';
  if (!isOurs(input['releaseId'], addressee)) return '"releaseId" is none of this environment';
  const isService = (one: unknown) =>
    isObject(one) &&
    isText(one['service'], 1, MAX_NAME) &&
    typeof one['commit'] === 'string' &&
    /^[0-9a-f]{40,64}$/.test(one['commit']) &&
    isObject(one['repository']) &&
    typeof one['repository']['url'] === 'string';
  return isListOf(input['services'], isService) ? undefined : '"services" is no list of services with their commits';
}

/** Why `input` is no look at what an environment runs; undefined if it is. */
export function problemOfSighting(input: unknown): string | undefined {
  if (!isObject(input)) return 'it is no object';
  if (!isText(input['look'], 1, MAX_NAME)) return '"look" is missing';
  if (typeof input['at'] !== 'string' || Number.isNaN(Date.parse(input['at']))) return '"at" is no moment';
  if (![input['every'], input['hands']].every((n) => typeof n === 'number' && n >= 0))
    return '"every" or "hands" is no number';
  const isFinding = (one: unknown) =>
    isObject(one) &&
    ['passed', 'failed', 'unknown'].includes(String(one['verdict'])) &&
    isText(one['detail'], 0, MAX_TEXT);
  const isSight = (one: unknown) =>
    isObject(one) &&
    isText(one['service'], 1, MAX_NAME) &&
    (one['runs'] === null ||
      (isObject(one['runs']) &&
        isText(one['runs']['version'], 0, MAX_NAME) &&
        isText(one['runs']['commit'], 1, MAX_NAME))) &&
    (one['step'] === null || isFinding(one['step'])) &&
    isFinding(one['health']) &&
    (one['usedSchema'] === undefined || isListOf(one['usedSchema'], (name) => isText(name, 1, MAX_NAME))) &&
    isListOf(one['byHand'], (line) => isText(line, 1, MAX_TEXT));
  return isListOf(input['services'], isSight) ? undefined : '"services" is no list of what was seen';
}

function isOurs(id: unknown, { project, environment }: Addressee): boolean {
  const parts = isText(id, 1, MAX_ID) ? parseReleaseWorkflowId(id) : undefined;
  return parts?.project === project && parts.environment === environment;
}

function isText(value: unknown, least: number, most: number): value is string {
  return typeof value === 'string' && value.length >= least && value.length <= most;
}

const isListOf = (value: unknown, is: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.length <= MAX_SERVICES && value.every(is);
