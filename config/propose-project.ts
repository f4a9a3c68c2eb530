import { readName, refNameProblem } from '../release/ref-names';
import type { DeploymentFacts, Source } from './deployment-facts';
import { chooseDeployment, origin, remark, type ChosenDeployment } from './propose-deployment';
import type { RepositoryFacts } from './repository-facts';
import { holdsPassword } from './rules/secrets';
import { namePattern } from './schema/text';
import { versions as versionsSchema } from './schema/versions';

/**
 * The text of a `slipway.yaml` for the repository that `facts` describe, and for the way in which it is `deployed` today,
 * with comments on what to look at and where it was read. It always validates: a fact that the file could not hold is
 * left out or replaced by a reference.
 */
export function proposeProject(facts: RepositoryFacts, deployed?: DeploymentFacts): string {
  const seen = chooseDeployment(deployed, facts.trunk);
  const pointer = proposePointer(facts, seen);
  const trunk = trunkOf(facts, pointer);
  const lines = [
    '# What Slipway releases, where to, and by which rules. `slipway validate` checks this file.',
    '# ${env:NAME} is read from the environment of the worker that uses it: no secret belongs into this file.',
    ...describeNotes(seen),
    'version: 1',
    `project: ${projectName(facts.names)}`,
    `repository: { url: ${quoted(repositoryUrl(facts.remote))}, trunk: ${quoted(trunk)} }`,
    ...proposeVersions(facts, pointer),
    '',
    'services:',
    '  app:',
    ...proposeDatabase(facts, seen),
    ...describePointer(pointer),
    '    # How we see what is really live: an address that answers with the commit (or version) that runs.',
    `    live: { http: ${quoted(`${baseOf(seen)}/version`)}, json: commit }${origin(seen.address?.from)}`,
    '    # What must work after each release. Add the paths that your users need most.',
    '    smoke:',
    ...proposeSmoke(seen),
    '',
    'environments:',
    ...describeOtherEnvironments(seen),
    `  ${seen.environment?.value ?? 'production'}:${origin(seen.environment?.from)}`,
    '    # Who must say yes to the plan before anything changes.',
    `    approvals: [{ approvers: [${quoted(approver(facts.person))}], required: 1, timeout: 24h }]`,
    '    # Between migration and pointer move these checks must keep passing.',
    '    verify:',
    '      wait: 1m',
    `      checks: [{ name: the old version is healthy, http: ${quoted(seen.checks[0]?.value ?? `${baseOf(seen)}/health`)} }]`,
    '    # The smoke checks must keep passing for this long after the move.',
    '    monitor: 5m',
    '    onFailure: rollback',
    '    # Write `embedded: true` here to try a release on the stack that `slipway dev` starts.',
    '',
  ];
  return lines.join('\n');
}

/** What was read that no key of this file stands for. */
function describeNotes({ notes }: ChosenDeployment): string[] {
  if (notes.length === 0) return [];
  return ['#', '# Read, and not in here:', ...notes.map((note) => `# - ${remark(note)}`)];
}

/** The address of the running service, or the variable that should hold it. */
const baseOf = ({ address }: ChosenDeployment): string => address?.value ?? '${env:APP_URL}';

function proposeSmoke(seen: ChosenDeployment): string[] {
  if (seen.checks.length === 0) {
    return [
      `      - { name: the service is healthy, http: ${quoted(`${baseOf(seen)}/health`)}, status: 200, within: 2s }`,
    ];
  }
  return seen.checks.map(({ value, from }, index) => {
    const name = index === 0 ? 'the service is healthy' : `check ${index + 1}`;
    return `      - { name: ${name}, http: ${quoted(value)}, status: 200, within: 2s }${origin(from)}`;
  });
}

/** A service has one pointer for all environments, so that each further one needs a decision. */
function describeOtherEnvironments({ otherEnvironments }: ChosenDeployment): string[] {
  if (otherEnvironments.length === 0) return [];
  return [
    '  # These were seen too. All environments of this file move the same pointers: give one that has its own a file of its own.',
    ...otherEnvironments.map(({ value, from }) => `  # ${value}: {}${origin(from)}`),
  ];
}

type ProposedPointer = {
  readonly kind: 'tag' | 'branch';
  readonly name: string;
  readonly isSeen: boolean;
  readonly from?: Source;
};

/** What starts a deployment today; else a branch that hosts deploy from; else the way in which versions are tagged already. */
function proposePointer({ branches, tags, trunk }: RepositoryFacts, seen: ChosenDeployment): ProposedPointer {
  if (seen.pointer) return { ...seen.pointer.value, isSeen: true, from: seen.pointer.from };
  const branch = ['production', 'prod', 'live', 'release', 'deploy'].find(
    (name) => name !== trunk && branches.includes(name),
  );
  if (branch !== undefined) return { kind: 'branch', name: branch, isSeen: true };
  const pattern = tagPattern(tags);
  return { kind: 'tag', name: pattern ?? 'v{version}', isSeen: pattern !== undefined };
}

/** The pattern that most tags with a version in them follow. */
function tagPattern(tags: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const tag of tags) {
    const [before, version] = /^(.*?)(\d+\.\d+(?:\.\d+)?)$/.exec(tag)?.slice(1) ?? [];
    if (before === undefined || version === undefined || !isName(tag)) continue;
    const pattern = `${before}{version}`;
    if (readName(pattern, 'version', tag) === version) counts.set(pattern, (counts.get(pattern) ?? 0) + 1);
  }
  const [most] = [...counts].sort((a, b) => b[1] - a[1]);
  return most?.[0];
}

function proposeVersions({ manifest, tags }: RepositoryFacts, pointer: ProposedPointer): string[] {
  if (manifest && isPlain(manifest.file) && isPlain(manifest.field) && versionsSchema.safeParse({ manifest }).success) {
    const { file, field } = manifest;
    const text = `versions: { manifest: { file: ${quoted(file)}, field: ${quoted(field)} } }`;
    return ['# The commit on the trunk in which this field first has that value is the version.', text];
  }
  const seen = pointer.kind === 'branch' ? tagPattern(tags) : undefined;
  if (seen !== undefined) {
    return ['# The commit that this tag names is the version.', `versions: { tag: ${quoted(seen)} }`];
  }
  return [
    '# A version is a commit id, or what `slipway release VERSION --commit SHA` says.',
    '# Or write { manifest: { file: …, field: … } }, or { tag: … } for tags that mark versions before their release.',
    'versions: commit',
  ];
}

function describePointer({ kind, name, isSeen, from }: ProposedPointer): string[] {
  const seen = isSeen ? '' : ' Nothing of the kind was seen here yet.';
  const [what, undo] =
    kind === 'tag'
      ? ['A release creates this annotated tag, and the host deploys what it names.', 'new-tag']
      : ['A release fast-forwards this branch, and the host deploys what it names.', 'force'];
  return [
    `    # ${what}${seen}`,
    `    pointer: { kind: ${kind}, name: ${quoted(name)}, undo: ${undo} }${origin(from)}`,
  ];
}

function proposeDatabase({ migrations, databaseVariable }: RepositoryFacts, seen: ChosenDeployment): string[] {
  const runs = seen.migrations.map(
    ({ value, from }) => `    # ${remark({ value: `runs migrations: ${value.command}`, from })}`,
  );
  if (migrations === undefined || !isPlain(migrations)) {
    const advice =
      '    # Slipway runs pairs NAME.up.sql / NAME.down.sql by itself; what another tool runs it does not see, nor undo.';
    return runs.length > 0 ? [...runs, advice] : [];
  }
  const variable =
    databaseVariable !== undefined && /^[A-Z_]\w*$/i.test(databaseVariable) ? databaseVariable : 'DATABASE_URL';
  const named = seen.migrations.find(({ value }) => value.folder === migrations);
  return [
    ...runs,
    ...(runs.length > 0 ? ['    # Let Slipway do it instead, and take it out there.'] : []),
    '    # Pairs NAME.up.sql / NAME.down.sql, applied before the pointer moves. A rollback keeps the schema.',
    '    database:',
    `      url: "\${env:${variable}}"`,
    `      migrations: ${quoted(migrations)}${origin(named?.from)}`,
    '      onRollback: keep',
    '      # Better: backup: { command: "./scripts/backup.sh" }, which prints the id of the backup it made.',
    '      backup: { none: "not set up yet" }',
  ];
}

/** The first name that can be made one of ours. */
function projectName(names: readonly string[]): string {
  const simple = names.map((name) =>
    name
      .toLowerCase()
      .replace(/^@[^/]*\//, '')
      .replace(/[^a-z0-9]+/g, '-')
      .slice(0, 63)
      .replace(/^-+|-+$/g, ''),
  );
  const found = simple.find((name) => namePattern.test(name)) ?? 'my-project';
  // A name of digits only would be read as a number.
  return /[a-z]/.test(found) ? quotedIfKeyword(found) : `project-${found}`.slice(0, 63).replace(/-+$/, '');
}

const quotedIfKeyword = (word: string) => (/^(true|false|null|yes|no|on|off|\d.*)$/.test(word) ? quoted(word) : word);

/** The remote, or a reference where it is unknown or holds a secret. */
function repositoryUrl(remote: string | undefined): string {
  return remote !== undefined && isPlain(remote) ? remote : '${env:REPOSITORY_URL}';
}

function trunkOf({ trunk }: RepositoryFacts, pointer: ProposedPointer): string {
  return trunk !== undefined && isName(trunk) && trunk !== pointer.name ? trunk : 'main';
}

function approver(person: string | undefined): string {
  return person !== undefined && isPlain(person) ? person : 'ada';
}

/** Whether the file can say `text` as it stands: nothing in it is a reference or a secret. */
const isPlain = (text: string) => text.trim() !== '' && !/[$\0]|\{\s*env/i.test(text) && !holdsPassword(text);

/** Whether git and the file take `text` as the name of a branch, or of a tag with a version in it. */
const isName = (text: string) => refNameProblem(text) === undefined && !/[{}$]|^refs\//.test(text);

/** `text` as a YAML scalar: every JSON text is one. */
const quoted = (text: string) => JSON.stringify(text);
