/** Turning triggers on and off: what is there is noted, never released. */
import type { ClientBase } from 'pg';
import { readName } from '../../release/ref-names';
import { overtaken, triggerOf, type RemoteTag } from '../../release/request-tag';
import type { LookForTagsInput } from './contract';
import { inTransaction } from '../ledger/in-transaction';
import { use, type Looker } from './looker';
import { isOnBy, isSame, watchesOf, type Place } from './places';
import { readTags } from './read-tags';
import {
  giveUp,
  lockProject,
  orphan,
  readSeen,
  readWatches,
  record,
  turnOff,
  turnOn,
  unseen,
  type Sighting,
  type Watch,
} from './seen-tags';

/**
 * Notes every tag of the triggers here that are new, or were off; those of the others are left to the next poll. Fails
 * as every look at a remote does.
 */
export async function turnOnAt(
  place: Place,
  { project, activation }: LookForTagsInput,
  looker: Looker,
): Promise<Sighting[]> {
  const answer = await readTags({ ...looker, repository: place.repository }, null);
  const tags = answer.isChanged ? answer.tags : [];
  return use(looker, (client) =>
    inTransaction(client, async () => {
      await lockProject(client, project.name);
      const isOn = await readWatches(client, project.name);
      const fresh = watchesOf(place).filter((watch) => !isOnBy(watch, isOn, activation));
      for (const watch of fresh) await turnOn(client, project.name, watch, activation);
      await overtake(client, project.name, place.repository.url, fresh);
      const rows = await readSeen(client, project.name, place.repository.url);
      const noted = unseen(tags, rows).flatMap((tag) => notedBy(fresh, tag));
      await record(client, project.name, noted);
      return noted;
    }),
  );
}

/** Triggers that are on but no longer in the configuration are forgotten; what waited for them is noted. */
export async function forgetOthers(project: string, places: readonly Place[], looker: Looker): Promise<void> {
  const kept = places.flatMap(watchesOf);
  await use(looker, (client) =>
    inTransaction(client, async () => {
      await lockProject(client, project);
      const others = (await readWatches(client, project)).filter((one) => !kept.some((watch) => isSame(one, watch)));
      for (const other of others) {
        await turnOff(client, project, other);
        await overtake(client, project, other.repository, [other]);
        await orphan(client, project, other);
      }
    }),
  );
}

/** What waits for these triggers is old by now. */
async function overtake(
  client: ClientBase,
  project: string,
  repository: string,
  watches: readonly Watch[],
): Promise<void> {
  const rows = await readSeen(client, project, repository);
  const waiting = rows.filter(({ tag, status }) => status === 'waiting' && triggerOf(tag, watches) !== undefined);
  await giveUp(client, project, repository, waiting, { status: 'noted', why: overtaken });
}

function notedBy(watches: readonly Watch[], tag: RemoteTag): Sighting[] {
  const watch = triggerOf(tag.name, watches);
  if (!watch) return [];
  const version = readName(watch.pattern, 'version', tag.name) ?? '';
  return [{ tag, watch, status: 'noted', why: '', version, commit: '', tagger: '', subject: '' }];
}
