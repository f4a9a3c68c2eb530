/** A poll of one repository: what is new there is judged and recorded. */
import type { ClientBase } from 'pg';
import type { TagTrigger } from '../../release/project';
import { readName } from '../../release/ref-names';
import { reportOf } from '../../release/report-of';
import { judgeTag, triggerOf, vanished, type RemoteTag, type TagStatus } from '../../release/request-tag';
import { compareVersions } from '../../release/version-order';
import type { LookForTagsInput } from './contract';
import { inTransaction } from '../ledger/in-transaction';
import { use, type Looker } from './looker';
import { areOn, type Place } from './places';
import { readTags } from './read-tags';
import {
  giveUp,
  lockProject,
  lookFailed,
  looked,
  readSeen,
  readWatches,
  record,
  unseen,
  type Seen,
  type Sighting,
  type WatchState,
} from './seen-tags';
import { readTagObjects, type TagObject } from './tag-objects';

/**
 * Judges and records what is new here; nothing if another `trigger on` took over meanwhile. A remote that does not
 * answer is recorded, not thrown.
 */
export async function pollAt(
  place: Place,
  { project, activation }: LookForTagsInput,
  isOn: readonly WatchState[],
  looker: Looker,
): Promise<Sighting[]> {
  const news = await lookAt(place, project.name, markOf(place, isOn), looker);
  if (!news) return [];
  await looker.surroundings.reach('record-tags:before');
  const sightings = await use(looker, (client) =>
    inTransaction(client, async () => {
      await lockProject(client, project.name);
      const isStillOn = areOn([place], await readWatches(client, project.name), activation);
      return isStillOn ? recordNews(client, project.name, place, news) : [];
    }),
  );
  await looker.surroundings.reach('record-tags:after');
  return sightings;
}

/** What a remote had to tell. */
interface News {
  /** All its tags that a trigger looks for. */
  readonly tags: readonly RemoteTag[];
  /** Those that had not been seen. */
  readonly objects: ReadonlyMap<string, TagObject>;
  readonly mark: string;
}

/** By which the remote tells whether anything has changed; null if its triggers differ in what they have seen. */
function markOf({ repository }: Place, isOn: readonly WatchState[]): string | null {
  const marks = new Set(isOn.filter((one) => one.repository === repository.url).map(({ mark }) => mark));
  const [mark = null] = marks.size === 1 ? marks : [];
  return mark;
}

/** Undefined if there is no news, or no answer: either is recorded. */
async function lookAt(place: Place, project: string, mark: string | null, looker: Looker): Promise<News | undefined> {
  const { url } = place.repository;
  try {
    const news = await readNews(place, project, mark, looker);
    if (!news) await use(looker, (client) => looked(client, project, url, mark));
    return news;
  } catch (error) {
    looker.attempt.signal.throwIfAborted();
    const failure = reportOf(error);
    if (!failure || failure.code === 'INTERNAL' || failure.code.startsWith('LEDGER_')) throw error;
    const masked = { ...failure, message: looker.surroundings.redact(failure.message) };
    await use(looker, (client) => lookFailed(client, project, url, masked));
    return undefined;
  }
}

async function readNews(
  { repository, triggers }: Place,
  project: string,
  mark: string | null,
  looker: Looker,
): Promise<News | undefined> {
  const context = { ...looker, repository };
  const answer = await readTags(context, mark);
  if (!answer.isChanged) return undefined;
  const tags = answer.tags.filter(({ name }) => triggerOf(name, triggers) !== undefined);
  const rows = await use(looker, (client) => readSeen(client, project, repository.url));
  const wanted = unseen(tags, rows).flatMap(({ object, isAnnotated }) => (isAnnotated ? [object] : []));
  return { tags, objects: await readTagObjects(context, wanted), mark: answer.mark };
}

/** Within a transaction that has locked the project. */
async function recordNews(client: ClientBase, project: string, place: Place, news: News): Promise<Sighting[]> {
  const { url } = place.repository;
  const rows = await readSeen(client, project, url);
  const gone = rows.filter((row) => row.status === 'waiting' && !isThere(row, news.tags));
  await giveUp(client, project, url, gone, { status: 'refused', why: vanished });
  const isGone = new Set(gone);
  const kept = rows.filter((row) => !isGone.has(row));
  const fresh = unseen(news.tags, rows);
  const judged = inOrder(fresh, place.triggers).flatMap((tag) => judge(tag, place, news, kept));
  await record(client, project, judged);
  const isComplete = judged.length === fresh.length;
  await looked(client, project, url, isComplete ? news.mark : null);
  return judged;
}

/** Empty for a tag that was gone between the list and the look: the next list tells. */
function judge(tag: RemoteTag, { repository, triggers }: Place, { objects }: News, kept: readonly Seen[]): Sighting[] {
  const object = objects.get(tag.object);
  const trigger = triggerOf(tag.name, triggers);
  if (!trigger || (tag.isAnnotated && !object)) return [];
  const judgement = judgeTag({
    tag,
    trigger,
    text: object?.text ?? null,
    trunk: repository.trunk,
    isOnTrunk: object?.isOnTrunk ?? false,
    earlier: kept.flatMap((row) => (row.tag === tag.name && counts.has(row.status) ? [row.status] : [])),
  });
  return [{ tag, watch: { repository: repository.url, ...trigger }, ...judgement }];
}

/** What of a name's past makes a new object of that name a tag that moved: of the others nothing ever came. */
const counts: ReadonlySet<TagStatus> = new Set(['noted', 'waiting', 'starting', 'started']);

function isThere({ tag, object }: Seen, tags: readonly RemoteTag[]): boolean {
  return tags.some((one) => one.name === tag && one.object === object);
}

/** Older versions first: tags that come together are released in the order of their versions. */
function inOrder(tags: readonly RemoteTag[], triggers: readonly TagTrigger[]): RemoteTag[] {
  const version = ({ name }: RemoteTag) => readName(triggerOf(name, triggers)?.pattern ?? '', 'version', name) ?? '';
  return [...tags].sort((a, b) => compareVersions(version(a), version(b)) || (a.name < b.name ? -1 : 1));
}
