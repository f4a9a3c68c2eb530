import type { ClientBase } from 'pg';
import { SlipwayError } from '../../release/errors';
import type { Project, Repository, TagTrigger } from '../../release/project';
import { reportOf } from '../../release/report-of';
import { judgeTag, overtaken, triggerOf, vanished, type RemoteTag, type TagStatus } from '../../release/request-tag';
import { compareVersions } from '../../release/version-order';
import { readName } from '../../release/ref-names';
import type { LookForTagsInput, TagsReport } from '../contract';
import type { Attempt, Surroundings } from '../surroundings';
import { inTransaction } from '../ledger/in-transaction';
import { readTags } from './read-tags';
import {
  countTags,
  giveUp,
  lockProject,
  lookFailed,
  looked,
  readSeen,
  readTriggerRows,
  readWatches,
  record,
  turnOff,
  turnOn,
  type Sighting,
  type Watch,
  type WatchState,
} from './seen-tags';
import { readTagObjects, type TagObject } from './tag-objects';

/** A repository with the triggers that look at it. */
interface Place {
  readonly repository: Repository;
  readonly triggers: readonly TagTrigger[];
}

/** What is needed to look. */
export interface Looker {
  readonly surroundings: Surroundings;
  readonly attempt: Attempt;
}

/**
 * Looks at every repository of a project's triggers, and records each tag that is new with what becomes of it: all
 * news of a repository in one transaction, so that an attempt that dies leaves nothing half done.
 */
export async function lookForTags(input: LookForTagsInput, looker: Looker): Promise<TagsReport> {
  const { project, activation } = input;
  const places = placesOf(project);
  const isOn = await use(looker, (client) => readWatches(client, project.name));
  if (input.mode === 'poll' && !areOn(places, isOn, activation)) return superseded;
  const seen: Partial<Record<TagStatus, number>> = {};
  for (const place of places) {
    const sightings =
      input.mode === 'turn on' ? await turnOnAt(place, input, looker) : await pollAt(place, input, isOn, looker);
    for (const { status } of sightings) seen[status] = (seen[status] ?? 0) + 1;
  }
  if (input.mode === 'turn on') await forgetOthers(project.name, places, looker);
  return use(looker, async (client) => {
    const rows = await readTriggerRows(client, project.name);
    const counts = await countTags(client, project.name);
    const failing = new Map(rows.map((row) => [row.repository, row]));
    return {
      seen,
      waiting: (counts.waiting ?? 0) + (counts.starting ?? 0),
      isSuperseded: false,
      failures: [...failing.values()].flatMap(({ failure, failingSince }) =>
        failure && failingSince ? [{ report: failure, since: failingSince }] : [],
      ),
    };
  });
}

/** The repositories of a project's triggers. */
export function placesOf(project: Project): Place[] {
  const places = new Map<string, Place>();
  for (const trigger of project.triggers) {
    const repository = project.services[trigger.services[0] ?? '']?.repository;
    if (!repository) throw new SlipwayError('INTERNAL', { detail: `trigger ${trigger.pattern} releases no service` });
    const known = places.get(repository.url)?.triggers ?? [];
    places.set(repository.url, { repository, triggers: [...known, trigger] });
  }
  return [...places.values()];
}

/** Whether all triggers are on, by this very `trigger on`. */
export function areOn(places: readonly Place[], isOn: readonly WatchState[], activation: string): boolean {
  return places.every((place) =>
    watchesOf(place).every((watch) => isOn.some((one) => isSame(one, watch) && one.activation === activation)),
  );
}

const superseded: TagsReport = { seen: {}, waiting: 0, isSuperseded: true, failures: [] };

/** Notes every tag of the triggers here that are new, or were off; those of the others are left to the next poll. */
async function turnOnAt(place: Place, { project, activation }: LookForTagsInput, looker: Looker): Promise<Sighting[]> {
  const answer = await readTags({ ...looker, repository: place.repository }, null);
  const tags = answer.isChanged ? answer.tags : [];
  return use(looker, (client) =>
    inTransaction(client, async () => {
      await lockProject(client, project.name);
      const isOn = await readWatches(client, project.name);
      const fresh = watchesOf(place).filter(
        (watch) => !isOn.some((one) => isSame(one, watch) && one.activation === activation),
      );
      for (const watch of fresh) await turnOn(client, project.name, watch, activation);
      const rows = await readSeen(client, project.name, place.repository.url);
      const theirs = (name: string) => triggerOf(name, fresh) !== undefined;
      const waiting = rows.filter(({ tag, status }) => status === 'waiting' && theirs(tag));
      await giveUp(client, project.name, place.repository.url, waiting, { status: 'noted', why: overtaken });
      const noted = unseen(tags, rows).flatMap((tag) => {
        const watch = triggerOf(tag.name, fresh);
        return watch ? [{ tag, watch, status: 'noted' as const, why: '', ...nothingRead(tag, watch) }] : [];
      });
      await record(client, project.name, noted);
      return noted;
    }),
  );
}

/** Judges and records what is new here. A remote that does not answer is recorded, not thrown. */
async function pollAt(
  place: Place,
  { project, activation }: LookForTagsInput,
  isOn: readonly WatchState[],
  looker: Looker,
): Promise<Sighting[]> {
  const { url, trunk } = place.repository;
  const context = { ...looker, repository: place.repository };
  const marks = new Set(isOn.filter(({ repository }) => repository === url).map(({ mark }) => mark));
  const [mark = null] = marks.size === 1 ? marks : [];
  let tags: readonly RemoteTag[];
  let objects: Map<string, TagObject>;
  let nextMark: string;
  try {
    const answer = await readTags(context, mark);
    if (!answer.isChanged) {
      await use(looker, (client) => looked(client, project.name, url, mark));
      return [];
    }
    nextMark = answer.mark;
    tags = answer.tags.filter(({ name }) => triggerOf(name, place.triggers) !== undefined);
    const rows = await use(looker, (client) => readSeen(client, project.name, url));
    const wanted = unseen(tags, rows).flatMap(({ object, isAnnotated }) => (isAnnotated ? [object] : []));
    objects = await readTagObjects(context, wanted);
  } catch (error) {
    looker.attempt.signal.throwIfAborted();
    const failure = reportOf(error);
    if (!failure || failure.code === 'INTERNAL' || failure.code.startsWith('LEDGER_')) throw error;
    const masked = { ...failure, message: looker.surroundings.redact(failure.message) };
    await use(looker, (client) => lookFailed(client, project.name, url, masked));
    return [];
  }
  await looker.surroundings.reach('record-tags:before');
  const sightings = await use(looker, (client) =>
    inTransaction(client, async () => {
      await lockProject(client, project.name);
      if (!areOn([place], await readWatches(client, project.name), activation)) return [];
      const rows = await readSeen(client, project.name, url);
      const gone = rows.filter(({ tag, object, status }) => status === 'waiting' && !isThere({ tag, object }, tags));
      await giveUp(client, project.name, url, gone, { status: 'refused', why: vanished });
      const isGone = new Set(gone);
      const kept = rows.filter((row) => !isGone.has(row));
      const judged = inOrder(unseen(tags, rows), place.triggers).flatMap((tag) => {
        const object = objects.get(tag.object);
        const trigger = triggerOf(tag.name, place.triggers);
        // Gone between the list and the look: the next list tells.
        if (!trigger || (tag.isAnnotated && !object)) return [];
        const earlier = kept.flatMap((row) => (row.tag === tag.name && counts.has(row.status) ? [row.status] : []));
        const judgement = judgeTag({
          tag,
          trigger,
          text: object?.text ?? null,
          trunk,
          isOnTrunk: object?.isOnTrunk ?? false,
          earlier,
        });
        return [{ tag, watch: { repository: url, ...trigger }, ...judgement }];
      });
      await record(client, project.name, judged);
      const isComplete = judged.length === unseen(tags, rows).length;
      await looked(client, project.name, url, isComplete ? nextMark : null);
      return judged;
    }),
  );
  await looker.surroundings.reach('record-tags:after');
  return sightings;
}

/** Triggers that are on but no longer in the configuration are forgotten; what waited for them is noted. */
async function forgetOthers(project: string, places: readonly Place[], looker: Looker): Promise<void> {
  const kept = places.flatMap(watchesOf);
  await use(looker, (client) =>
    inTransaction(client, async () => {
      await lockProject(client, project);
      const others = (await readWatches(client, project)).filter((one) => !kept.some((watch) => isSame(one, watch)));
      for (const other of others) {
        await turnOff(client, project, other);
        const rows = await readSeen(client, project, other.repository);
        const waiting = rows.filter(({ tag, status }) => status === 'waiting' && triggerOf(tag, [other]));
        await giveUp(client, project, other.repository, waiting, { status: 'noted', why: overtaken });
      }
    }),
  );
}

/** What of a name's past makes a new object of that name a tag that moved: of the others nothing ever came. */
const counts: ReadonlySet<TagStatus> = new Set(['noted', 'waiting', 'starting', 'started']);

const watchesOf = ({ repository, triggers }: Place): Watch[] =>
  triggers.map(({ pattern, environment }) => ({ repository: repository.url, pattern, environment }));

const isSame = (a: Watch, b: Watch): boolean =>
  a.repository === b.repository && a.pattern === b.pattern && a.environment === b.environment;

function unseen(tags: readonly RemoteTag[], rows: readonly { tag: string; object: string }[]): RemoteTag[] {
  const known = new Set(rows.map(({ tag, object }) => `${object} ${tag}`));
  return tags.filter(({ name, object }) => !known.has(`${object} ${name}`));
}

function isThere({ tag, object }: { tag: string; object: string }, tags: readonly RemoteTag[]): boolean {
  return tags.some((one) => one.name === tag && one.object === object);
}

/** Older versions first: tags that come together are released in the order of their versions. */
function inOrder(tags: readonly RemoteTag[], triggers: readonly TagTrigger[]): RemoteTag[] {
  const version = ({ name }: RemoteTag) => readName(triggerOf(name, triggers)?.pattern ?? '', 'version', name) ?? '';
  return [...tags].sort((a, b) => compareVersions(version(a), version(b)) || (a.name < b.name ? -1 : 1));
}

function nothingRead({ name }: RemoteTag, { pattern }: Watch) {
  return { version: readName(pattern, 'version', name) ?? '', commit: '', tagger: '', subject: '' };
}

function use<T>({ surroundings, attempt }: Looker, action: (client: ClientBase) => Promise<T>): Promise<T> {
  return surroundings.ledger.use(attempt, action);
}
