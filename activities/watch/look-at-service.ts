import { troubleOf } from '../../release/check-result';
import { SlipwayError } from '../../release/errors';
import { maskUrl } from '../../release/git-answers';
import { parseTag } from '../../release/git-objects';
import type { Finding, LiveFact } from '../../release/facts';
import type { EnvironmentState } from '../../release/environment-state';
import type { LiveService } from '../../release/live-service';
import type { LiveReading } from '../../release/judge-live';
import type { Service, VersionSource } from '../../release/project';
import { readName } from '../../release/ref-names';
import { scriptsOfDebts, type SchemaDebt } from '../../release/schema-debt';
import {
  judgeStep,
  unexpectedTags,
  type PointerSight,
  type PointerTag,
  type ServiceSight,
} from '../../release/sighting';
import { checkAll } from '../checks/check-all';
import { readLive } from '../checks/read-live';
import { readFolder, standsFor, withFetched, type Workspace } from '../repository';
import { liveFact } from '../survey/live-fact';
import type { Attempt, Surroundings } from '../surroundings';

/** What a service is compared with. */
export interface Compared extends Pick<EnvironmentState, 'live' | 'adopted' | 'schemaDebt'> {
  readonly versions: VersionSource;
  /** Deployed by somebody else: there is no pointer of ours, and no record. */
  readonly isObserved: boolean;
}

/** What was seen, and, where that is nothing, why. */
export interface LookedService extends ServiceSight {
  readonly says: { readonly detail: string };
}

/**
 * Looks at one service and changes nothing: what it says it runs, where its pointer stands, whether its checks pass. What
 * has no answer says so; throws only ENV_REFERENCE_UNDEFINED, a mistake of ours, or the attempt's reason.
 */
export async function lookAtService(
  service: Service,
  compared: Compared,
  surroundings: Surroundings,
  attempt: Attempt,
): Promise<LookedService> {
  const record = compared.isObserved ? undefined : compared.live[service.name];
  const [reading, checks] = await Promise.all([
    readLive({ probe: service.live }, surroundings, attempt),
    checkAll(service.smoke, surroundings, attempt),
  ]);
  const found = await inRepository(service, compared, { reading, record }, surroundings, attempt);
  return {
    service: service.name,
    runs: found.runs.state === 'live' ? { version: found.runs.version, commit: found.runs.commit } : null,
    step: found.step,
    health: healthOf(reading, checks),
    usedSchema: found.usedSchema,
    byHand: found.byHand,
    says: { detail: found.runs.state === 'live' ? '' : found.runs.detail },
  };
}

interface Found {
  readonly runs: LiveFact;
  readonly step: Finding | null;
  readonly byHand: readonly string[];
  readonly usedSchema: readonly string[];
}

async function inRepository(
  service: Service,
  { versions, adopted, schemaDebt = [] }: Compared,
  { reading, record }: { readonly reading: LiveReading; readonly record: LiveService | undefined },
  surroundings: Surroundings,
  attempt: Attempt,
): Promise<Found> {
  const { repository, pointer } = service;
  const branches = pointer.kind === 'branch' ? [pointer.name] : [];
  const depth = versions.kind === 'manifest' ? ({ depth: 'trees' } as const) : {};
  try {
    return await withFetched({ surroundings, repository, attempt, branches, ...depth }, async (workspace) => {
      const runs = await liveFact(workspace, service, versions, reading);
      const usedSchema = await schemaInUse(workspace, service, runs, schemaDebt);
      if (!record) return { runs, step: null, byHand: [], usedSchema };
      const sight = await pointerSight(workspace, service);
      const settled = [record.since, record.restoredAt ?? '', adopted?.at ?? ''];
      const since = settled.reduce((last, at) => (at > last ? at : last));
      const stands = {
        runs: runs.state === 'live' ? await standsFor(workspace, runs.commit) : null,
        record: record.commit && (await standsFor(workspace, record.commit)),
      };
      const step = judgeStep({ service, record, reading, runs, standsFor: stands, pointer: sight, since });
      const byHand =
        step.verdict === 'failed' ? wayBack(maskUrl(workspace.shownUrl), service, record, sight, since) : [];
      return { runs, step, byHand, usedSchema };
    });
  } catch (error) {
    attempt.signal.throwIfAborted();
    if (!(error instanceof SlipwayError) || !mayPass(error)) throw error;
    const detail = surroundings.redact(error.message.replace(/\.$/, ''));
    return {
      runs: { state: 'unknown', detail },
      step: record ? { verdict: 'unknown', detail } : null,
      byHand: [],
      usedSchema: [],
    };
  }
}

/** Which of the schema debts have their script in the commit that runs. */
async function schemaInUse(
  workspace: Workspace,
  { name, database }: Service,
  runs: LiveFact,
  debts: readonly SchemaDebt[],
): Promise<readonly string[]> {
  if (!database || runs.state !== 'live' || !debts.some(({ service }) => service === name)) return [];
  const files = await readFolder(workspace, runs.commit, database.migrations);
  return scriptsOfDebts(
    debts,
    name,
    files.map(({ path }) => path),
  );
}

/** Whether it is the repository that gave no answer. */
const mayPass = ({ code }: SlipwayError): boolean => code !== 'ENV_REFERENCE_UNDEFINED' && code !== 'INTERNAL';

async function pointerSight(workspace: Workspace, { pointer }: Service): Promise<PointerSight> {
  if (pointer.kind === 'tag') return { kind: 'tag', tags: await pointerTags(workspace, pointer.name) };
  const head = (await workspace.ref(`refs/heads/${pointer.name}`)) ?? null;
  return { kind: 'branch', head, standsFor: head && (await standsFor(workspace, head)) };
}

/** Every tag of the pattern; what a tag object says is read only once. */
async function pointerTags(workspace: Workspace, pattern: string): Promise<PointerTag[]> {
  const tags: PointerTag[] = [];
  for (const [ref, { object, target, type }] of await workspace.refs()) {
    const [, name] = /^refs\/tags\/(.+)$/.exec(ref) ?? [];
    if (name === undefined || readName(pattern, 'version', name) === undefined) continue;
    const made = await workspace.known(`made ${object}`, () => readMaking(workspace, object));
    tags.push({ name, commit: type === 'commit' ? target : '', at: made?.at ?? '', isOurs: made?.isOurs ?? false });
  }
  return tags;
}

async function readMaking(
  workspace: Workspace,
  object: string,
): Promise<Pick<PointerTag, 'at' | 'isOurs'> | undefined> {
  const { code, stdout } = await workspace.local(['cat-file', '-p', object]);
  if (code !== 0) return undefined;
  const seconds = /^(?:tagger|committer) .*> (\d+) [+-]\d{4}$/m.exec(stdout.split('\n\n', 1)[0] ?? '')?.[1];
  const at = seconds === undefined ? '' : new Date(Number(seconds) * 1_000).toISOString();
  return { at, isOurs: /^Slipway-Release: \S+$/m.test(parseTag(stdout)?.message ?? '') };
}

/** What a person types to put the pointer back by hand: nothing else is overwritten by it. */
function wayBack(url: string, service: Service, record: LiveService, sight: PointerSight, since: string): string[] {
  if (sight.kind === 'tag') {
    return unexpectedTags(service, record, sight.tags, since).map(({ name }) => `git push ${url} :refs/tags/${name}`);
  }
  const ref = `refs/heads/${service.pointer.name}`;
  if (record.commit === null || sight.head === record.commit) return [];
  return [`git push --force-with-lease=${ref}:${sight.head ?? ''} ${url} ${record.commit}:${ref}`];
}

function healthOf(reading: LiveReading, checks: Awaited<ReturnType<typeof checkAll>>): Finding {
  const trouble = troubleOf(checks);
  if (trouble) return trouble;
  if (reading.state !== 'value') return { verdict: 'unknown', detail: reading.detail };
  return {
    verdict: 'passed',
    detail: checks.length === 0 ? 'it has no checks' : `${checks.length} of its checks pass`,
  };
}
