import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils';
import type { Plan } from './plan';

/** JSON with sorted keys, so that equal values have equal text. `undefined` fields are left out. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, field]) => `${JSON.stringify(name)}:${canonicalJson(field)}`);
  return `{${fields.join(',')}}`;
}

/** sha256 of a value's canonical JSON, in hex. */
export function digestOf(value: unknown): string {
  return bytesToHex(sha256(utf8ToBytes(canonicalJson(value))));
}

/**
 * The digest that an approval is bound to: over what will be done and undone, not over what was only measured or is
 * shown for people (commit lists, excerpts of scripts, titles). Two plans that do the same have the same digest.
 */
export function planDigest(plan: Omit<Plan, 'digest'>): string {
  return digestOf({
    planVersion: plan.planVersion,
    project: plan.project,
    environment: plan.environment,
    version: plan.version,
    kind: plan.kind,
    rules: plan.rules,
    onFailure: plan.onFailure,
    acknowledgements: plan.acknowledgements.map(({ id }) => id),
    services: plan.services.map(({ service, repository, commit, previous, move, database, untouched }) => ({
      service,
      repository,
      commit,
      previous,
      move,
      untouched,
      database: database && {
        url: database.url,
        onRollback: database.onRollback,
        backup: database.backup,
        scripts: database.scripts.map(({ name, checksum, downChecksum }) => ({ name, checksum, downChecksum })),
      },
    })),
  });
}

/** How many hex digits of a digest an approval must name at least. */
export const MIN_DIGEST_DIGITS = 8;

/** Whether `given` (at least 8 hex digits) names `digest`. */
export function namesDigest(digest: string, given: string): boolean {
  return given.length >= MIN_DIGEST_DIGITS && digest.startsWith(given.toLowerCase());
}

/** What differs between two plans, a line each, for people whose approval has become void. */
export function planChanges(before: Plan, after: Plan): string[] {
  const changes: string[] = [];
  if (before.rules !== after.rules) changes.push('the rules (slipway.yaml) changed');
  for (const service of after.services) {
    const old = before.services.find((candidate) => candidate.service === service.service);
    if (!old) {
      changes.push(`service ${service.service} was added`);
      continue;
    }
    const name = service.service;
    if (old.commit !== service.commit) changes.push(`${name}: commit ${short(old.commit)} → ${short(service.commit)}`);
    if (old.previous?.commit !== service.previous?.commit) {
      changes.push(`${name}: live before ${short(old.previous?.commit)} → ${short(service.previous?.commit)}`);
    }
    if (old.move.from !== service.move.from) {
      changes.push(`${name}: ${service.move.ref} was ${short(old.move.from)}, is ${short(service.move.from)}`);
    }
    if (canonicalJson(old.move.undo) !== canonicalJson(service.move.undo)) changes.push(`${name}: its undo changed`);
    const scripts = (plan: typeof service) =>
      (plan.database?.scripts ?? []).map(({ name: script, checksum }) => `${script} ${checksum.slice(0, 8)}`);
    const gone = scripts(old).filter((script) => !scripts(service).includes(script));
    const added = scripts(service).filter((script) => !scripts(old).includes(script));
    changes.push(...gone.map((script) => `${name}: migration ${script} will no longer run`));
    changes.push(...added.map((script) => `${name}: migration ${script} will now run`));
  }
  for (const old of before.services) {
    if (!after.services.some(({ service }) => service === old.service)) changes.push(`service ${old.service} is gone`);
  }
  return changes.length > 0 ? changes : ['what will be done or undone changed'];
}

const short = (id: string | null | undefined): string => id?.slice(0, 10) ?? 'nothing';
