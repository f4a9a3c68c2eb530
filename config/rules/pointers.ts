import type { DraftPointer, DraftService } from './draft';
import type { Rule } from './rule';

const pointed = (services: readonly DraftService[]) =>
  services.flatMap((service) => (service.pointer ? [{ ...service, pointer: service.pointer }] : []));

/** Two services of one repository do not share a pointer: moving the one would move the other. */
export const pointersAreDifferent: Rule = ({ services }, { problem }) => {
  const owners = new Map<string, string>();
  for (const { name, repository, pointer } of pointed(services)) {
    const ref = JSON.stringify([repository.url, pointer.kind, pointer.name.text]);
    const owner = owners.get(ref);
    if (owner !== undefined) {
      const message = `service ${owner} has the same ${pointer.kind} ${JSON.stringify(pointer.name.text)} in the same repository`;
      problem(pointer.name.path, message, `Give it a pointer of its own, such as ${ownName(name, pointer)}.`);
    }
    owners.set(ref, owner ?? name);
  }
};

/** Moving a tag pointer makes a tag; the tag that marks the version must be another one, which is there before. */
export const pointerIsNotVersionTag: Rule = ({ services, versionTag }, { problem }) => {
  for (const { pointer } of pointed(services)) {
    if (pointer.kind !== 'tag' || pointer.name.text !== versionTag?.text) continue;
    problem(
      pointer.name.path,
      'the release would create the tag by which its version is found (versions.tag)',
      'Write versions: { manifest: { file: package.json, field: version } }, or another versions.tag such as "release/v{version}".',
    );
  }
};

/** A branch pointer is not the trunk, which moves with every merge. */
export const pointerIsNotTrunk: Rule = ({ services }, { problem }) => {
  for (const { pointer, repository } of pointed(services)) {
    if (pointer.kind !== 'branch' || pointer.name.text !== repository.trunk) continue;
    problem(
      pointer.name.path,
      `${JSON.stringify(repository.trunk)} is the trunk, from which everything is released`,
      'Name the branch from which the host deploys, such as production, or write the trunk in repository.trunk.',
    );
  }
};

/** Two services of one repository do not make the same rollback tags. */
export const rollbackTagsAreDifferent: Rule = ({ services }, { problem }) => {
  const owners = new Map<string, string>();
  for (const { name, repository, pointer } of pointed(services)) {
    const text = pointer.newTag?.text ?? derivedRollbackTag(pointer);
    if (text === undefined) continue;
    const key = JSON.stringify([repository.url, text]);
    const owner = owners.get(key);
    if (owner !== undefined && pointer.newTag) {
      const hint = `Write for example ${name}-v{previous}-rollback.{n}.`;
      problem(pointer.newTag.path, `the rollback tags of service ${owner} are called the same`, hint);
    }
    owners.set(key, owner ?? name);
  }
};

/** What is released can be taken back. */
export const wayBackIsThere: Rule = ({ services }, { warning }) => {
  for (const { pointer } of pointed(services)) {
    if (pointer.undo !== 'none') continue;
    const hint =
      pointer.kind === 'tag'
        ? 'Write undo: new-tag, delete or { command: … }.'
        : 'Write undo: force, revert or { command: … }.';
    warning([...pointer.path, 'undo'], 'a failed release of this service cannot be rolled back', hint);
  }
};

/** Environments that move the same pointers are one environment. */
export const environmentsHaveOwnPointers: Rule = ({ services, environments }, { warning }) => {
  const [first, second] = environments.filter(({ isObserved }) => !isObserved);
  const shared = services.filter(({ repository }) => !repository.url.includes('${env:'));
  if (!first || !second || shared.length === 0) return;
  warning(
    second.path,
    `a release here moves the same pointers as one to ${first.name}: ${shared.map(({ name }) => name).join(', ')}`,
    'Keep one environment in the file, or let repository.url be a reference that differs between their workers.',
    'key',
  );
};

/** What rollback tags are called where nothing is written. */
export const derivedRollbackTag = ({ kind, undo, name }: DraftPointer) =>
  kind === 'tag' && (undo === undefined || undo === 'new-tag')
    ? name.text.replaceAll('{version}', '{previous}-rollback.{n}')
    : undefined;

const ownName = (service: string, { name }: DraftPointer) => JSON.stringify(`${service}-${name.text}`);
