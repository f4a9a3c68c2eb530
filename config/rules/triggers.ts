import { patternsMeet } from '../../release/tag-pattern';
import { suggest } from '../nearest';
import type { Draft, DraftService, DraftTrigger } from './draft';
import { derivedRollbackTag } from './pointers';
import type { Rule } from './rule';

/** A trigger releases to an environment of this file. */
export const triggersNameEnvironments: Rule = ({ environments, triggers }, { problem }) => {
  const known = environments.map(({ name }) => name);
  for (const { environment } of triggers) {
    if (!environment || environment.text === '' || known.includes(environment.text)) continue;
    const message = `there is no environment ${JSON.stringify(environment.text)}`;
    problem(environment.path, message, suggest(environment.text, known) || 'Describe it under environments.');
  }
};

/** A trigger releases services of this file, each once. */
export const triggersNameServices: Rule = ({ services, triggers }, { problem }) => {
  const known = services.map(({ name }) => name);
  for (const trigger of triggers) {
    const seen = new Set<string>();
    for (const { path, text } of trigger.services ?? []) {
      if (!known.includes(text)) {
        problem(path, `there is no service ${JSON.stringify(text)}`, suggest(text, known) || 'Leave it out.');
      } else if (seen.has(text)) problem(path, `${JSON.stringify(text)} is there twice`, 'Leave one out.');
      seen.add(text);
    }
  }
};

/** A tag names a commit of one repository: services of another could not be released by it. */
export const triggersHaveOneRepository: Rule = ({ services, triggers }, { problem }) => {
  for (const trigger of triggers) {
    const meant = servicesOf(trigger, services).filter(({ repository }) => repository.url !== '');
    const [first, ...others] = meant;
    const other = others.find(({ repository }) => repository.url !== first?.repository.url);
    if (!trigger.tag || !first || !other) continue;
    const own = meant.filter(({ repository }) => repository.url === first.repository.url);
    problem(
      trigger.services ? [...trigger.path, 'services'] : trigger.path,
      `services ${first.name} and ${other.name} have different repositories, and a tag names a commit of one`,
      `Write services: [${own.map(({ name }) => name).join(', ')}], and another trigger for the rest.`,
    );
  }
};

/** One tag asks for one release: no two triggers take the same. */
export const triggersDoNotMeet: Rule = ({ services, triggers }, { problem }) => {
  triggers.forEach((trigger, index) => {
    const { tag } = trigger;
    const earlier = triggers
      .slice(0, index)
      .find(
        (other) => tag && other.tag && sharesRepository(trigger, other, services) && meets(tag.text, other.tag.text),
      );
    if (!tag || !earlier?.tag) return;
    problem(
      tag.path,
      `a tag could be of ${JSON.stringify(tag.text)} and of ${JSON.stringify(earlier.tag.text)}, the other trigger`,
      `Let the names differ before {version}, such as "release/${trigger.environment?.text || 'web'}/v{version}".`,
    );
  });
};

/**
 * A pointer's tag is made by its release, and is what the host builds from. One that people push to ask for a release
 * would be built at once, before the migration and without an approval.
 */
export const triggersAreNoPointers: Rule = ({ services, triggers }, { problem }) => {
  for (const trigger of triggers) {
    const { tag } = trigger;
    if (!tag) continue;
    const repositories = servicesOf(trigger, services).map(({ repository }) => repository.url);
    for (const { name, text, what } of pointerTags(
      services.filter((one) => repositories.includes(one.repository.url)),
    )) {
      if (!meets(tag.text, text)) continue;
      problem(
        tag.path,
        `a tag could be of ${JSON.stringify(tag.text)} and of ${JSON.stringify(text)}, ${what} of service ${name}: ` +
          'the host would build it before its migration and its approval',
        `Let people push another tag, such as ${JSON.stringify(requestTag(tag.text))}.`,
      );
      break;
    }
  }
};

const pointerTags = (services: readonly DraftService[]) =>
  services.flatMap(({ name, pointer }) => {
    if (pointer?.kind !== 'tag') return [];
    const undo = pointer.newTag?.text ?? derivedRollbackTag(pointer);
    const own = { name, text: pointer.name.text, what: 'the pointer' };
    return undo === undefined ? [own] : [own, { name, text: undo, what: 'the rollback tag' }];
  });

/** A pattern without {version} is another rule's matter; here it would meet nothing, or itself. */
const meets = (tag: string, other: string) => tag.includes('{version}') && patternsMeet(tag, other);

const requestTag = (pattern: string) => `release/${pattern.includes('/') ? 'request/' : ''}v{version}`;

const servicesOf = ({ services: named }: DraftTrigger, all: Draft['services']) =>
  named ? all.filter(({ name }) => named.some(({ text }) => text === name)) : all;

function sharesRepository(a: DraftTrigger, b: DraftTrigger, services: Draft['services']): boolean {
  const urls = (trigger: DraftTrigger) => servicesOf(trigger, services).map(({ repository }) => repository.url);
  return urls(a).some((url) => urls(b).includes(url));
}
