import type { TagStatus } from '../../release/request-tag';
import type { LookForTagsInput, TagsReport } from './contract';
import { use, type Looker } from './looker';
import { areOn, placesOf } from './places';
import { pollAt } from './poll-at';
import { countTags, readTriggerRows, readWatches, type Sighting } from './seen-tags';
import { forgetOthers, turnOnAt } from './turn-on-at';

/**
 * Looks at every repository of a project's triggers, and records each tag that is new with what becomes of it: all
 * news of a repository in one transaction, so that an attempt that dies leaves nothing half done.
 */
export async function lookForTags(input: LookForTagsInput, looker: Looker): Promise<TagsReport> {
  const sightings = input.mode === 'turn on' ? await turnOn(input, looker) : await poll(input, looker);
  return sightings ? report(input.project.name, sightings, looker) : superseded;
}

async function turnOn(input: LookForTagsInput, looker: Looker): Promise<Sighting[]> {
  const places = placesOf(input.project);
  const sightings: Sighting[] = [];
  for (const place of places) sightings.push(...(await turnOnAt(place, input, looker)));
  await forgetOthers(input.project.name, places, looker);
  return sightings;
}

/** Undefined if another `trigger on` has taken over. */
async function poll(input: LookForTagsInput, looker: Looker): Promise<Sighting[] | undefined> {
  const places = placesOf(input.project);
  const isOn = await use(looker, (client) => readWatches(client, input.project.name));
  if (!areOn(places, isOn, input.activation)) return undefined;
  const sightings: Sighting[] = [];
  for (const place of places) sightings.push(...(await pollAt(place, input, isOn, looker)));
  return sightings;
}

const superseded: TagsReport = { seen: {}, waiting: 0, isSuperseded: true, failures: [] };

async function report(project: string, sightings: readonly Sighting[], looker: Looker): Promise<TagsReport> {
  const { counts, rows } = await use(looker, async (client) => ({
    counts: await countTags(client, project),
    rows: await readTriggerRows(client, project),
  }));
  return {
    seen: byStatus(sightings),
    waiting: (counts.waiting ?? 0) + (counts.starting ?? 0),
    isSuperseded: false,
    failures: failuresOf(rows),
  };
}

function byStatus(sightings: readonly Sighting[]): TagsReport['seen'] {
  const seen: Partial<Record<TagStatus, number>> = {};
  for (const { status } of sightings) seen[status] = (seen[status] ?? 0) + 1;
  return seen;
}

/** One for each repository, whatever number of triggers looks at it. */
function failuresOf(rows: Awaited<ReturnType<typeof readTriggerRows>>): TagsReport['failures'] {
  const ofRepository = new Map(rows.map((row) => [row.repository, row]));
  return [...ofRepository.values()].flatMap(({ failure, failingSince }) =>
    failure && failingSince ? [{ report: failure, since: failingSince }] : [],
  );
}
