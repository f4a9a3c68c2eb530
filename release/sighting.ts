/** One look at what an environment really runs, and what it means beside the record of what its releases left. */
import { shortId } from './identity';
import { isIdentity, type LiveReading } from './judge-live';
import type { LiveFact, Finding } from './facts';
import type { LiveService } from './live-service';
import { moment } from './moments';
import type { Service } from './project';
import { readName } from './ref-names';

/** What was seen of one service. */
export interface ServiceSight {
  readonly service: string;
  /** What runs; null = it could not be told, or is no commit of the repository. */
  readonly runs: { readonly version: string; readonly commit: string } | null;
  /** Whether it is what the record says: passed = in step, failed = drifted; null = there is no record. */
  readonly step: Finding | null;
  /** The service's own checks, and that it tells what runs. */
  readonly health: Finding;
  /** Schema debts whose scripts the commit has that runs. */
  readonly usedSchema?: readonly string[];
  /** Commands that put back what was moved by hand. */
  readonly byHand: readonly string[];
}

/** A look at all services of an environment. */
export interface Sighting {
  /** The same look is the same, however often it is told. */
  readonly look: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** How often it is looked, in milliseconds. */
  readonly every: number;
  /** How often the environment had changed hands when it was looked at: a look from before a change counts no more. */
  readonly hands: number;
  readonly services: readonly ServiceSight[];
}

/** A tag of the pointer's pattern at the remote. */
export interface PointerTag {
  readonly name: string;
  /** What it comes to; empty = no commit. */
  readonly commit: string;
  /** When it was made, or, of a light tag, its commit: ISO 8601; empty = not known. */
  readonly at: string;
  /** Its message says that a release of Slipway made it. */
  readonly isOurs: boolean;
}

/** Where a service's pointer stands. A branch that is not there has no `head`. */
export type PointerSight =
  | { readonly kind: 'branch'; readonly head: string | null; readonly standsFor: string | null }
  | { readonly kind: 'tag'; readonly tags: readonly PointerTag[] };

/** What `judgeStep` compares. */
export interface StepQuestion {
  readonly service: Service;
  readonly record: LiveService;
  readonly reading: LiveReading;
  readonly runs: LiveFact;
  /** The commit that the one which runs stands for, and that of the record: a rollback commit stands for another. */
  readonly standsFor: { readonly runs: string | null; readonly record: string | null };
  readonly pointer: PointerSight;
  /** Tags made before this moment are no news: ISO 8601. */
  readonly since: string;
}

/** Whether a service runs, and its pointer stands, as the record says. What runs counts for more than what will. */
export function judgeStep(question: StepQuestion): Finding {
  const { record } = question;
  if (record.version === '')
    return { verdict: 'unknown', detail: `${record.releaseId} has left what is not known: adopt what is there` };
  const probe = judgeRuns(question);
  const pointer = judgePointer(question);
  const wrong = [probe, pointer].filter(({ verdict }) => verdict === 'failed');
  if (wrong.length > 0) return { verdict: 'failed', detail: wrong.map(({ detail }) => detail).join('; ') };
  return [probe, pointer].find(({ verdict }) => verdict === 'unknown') ?? probe;
}

function judgeRuns({ service, record, reading, runs, standsFor }: StepQuestion): Finding {
  if (reading.state !== 'value') return { verdict: 'unknown', detail: reading.detail };
  const wanted = named(record);
  const inStep: Finding = { verdict: 'passed', detail: `it runs ${wanted}` };
  const { is } = service.live;
  if (isIdentity(reading.value, { commit: record.commit ?? '', version: record.version }, is)) return inStep;
  if (runs.state !== 'live')
    return { verdict: 'failed', detail: `it says ${reading.value.slice(0, 60)}, not ${wanted}` };
  if (record.commit !== null && standsFor.runs !== null && standsFor.runs === standsFor.record) return inStep;
  return { verdict: 'failed', detail: `it runs ${named(runs)}, not ${wanted}` };
}

function judgePointer({ service, record, pointer, since, standsFor }: StepQuestion): Finding {
  const passed: Finding = { verdict: 'passed', detail: '' };
  if (pointer.kind === 'branch') {
    // A rollback by a command may leave the branch where it was.
    if (record.commit === null || service.pointer.undo.by === 'command') return passed;
    const { name } = service.pointer;
    if (pointer.head === null) return { verdict: 'failed', detail: `branch ${name} is gone` };
    if (pointer.head === record.commit || pointer.standsFor === standsFor.record) return passed;
    return { verdict: 'failed', detail: `branch ${name} stands at ${shortId(pointer.head)}, not ${named(record)}` };
  }
  const wrong = unexpectedTags(service, record, pointer.tags, since);
  if (wrong.length === 0) return passed;
  return { verdict: 'failed', detail: wrong.map(tagWords).join('; ') };

  function tagWords({ name, at, commit }: PointerTag): string {
    const made = at === '' ? '' : `, made ${moment(at)},`;
    return `tag ${name}${made} at ${shortId(commit) || 'no commit'} is no release's`;
  }
}

/** Tags that no release has made, newest first; at most 5. */
export function unexpectedTags(
  service: Service,
  record: LiveService,
  tags: readonly PointerTag[],
  since: string,
): PointerTag[] {
  const isOfLive = ({ name }: PointerTag) => readName(service.pointer.name, 'version', name) === record.version;
  return tags
    .filter((tag) => !tag.isOurs && !(isOfLive(tag) && tag.commit === record.commit))
    .filter(({ at }) => at !== '' && Date.parse(at) > Date.parse(since))
    .sort((a, b) => b.at.localeCompare(a.at))
    .slice(0, 5);
}

const named = ({ version, commit }: { readonly version: string; readonly commit: string | null }): string =>
  commit === null || commit.startsWith(version) ? version : `${version} (${shortId(commit)})`;
