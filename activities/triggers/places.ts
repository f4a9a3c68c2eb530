/** Where a project's triggers look. */
import { SlipwayError } from '../../release/errors';
import type { Project, Repository, TagTrigger } from '../../release/project';
import type { Watch, WatchState } from './seen-tags';

/** A repository with the triggers that look at it. */
export interface Place {
  readonly repository: Repository;
  readonly triggers: readonly TagTrigger[];
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

/** The triggers of a place, as the ledger knows them. */
export function watchesOf({ repository, triggers }: Place): Watch[] {
  return triggers.map(({ pattern, environment }) => ({ repository: repository.url, pattern, environment }));
}

/** Whether all triggers are on, by this very `trigger on`. */
export function areOn(places: readonly Place[], isOn: readonly WatchState[], activation: string): boolean {
  return places.flatMap(watchesOf).every((watch) => isOnBy(watch, isOn, activation));
}

/** Whether one of them is. */
export function isOnBy(watch: Watch, isOn: readonly WatchState[], activation: string): boolean {
  return isOn.some((one) => isSame(one, watch) && one.activation === activation);
}

/** Whether both are the same trigger, however it was turned on. */
export function isSame(a: Watch, b: Watch): boolean {
  return a.repository === b.repository && a.pattern === b.pattern && a.environment === b.environment;
}
