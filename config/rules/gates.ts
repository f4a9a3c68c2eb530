import { placeholders, placeholdersIn } from '../../release/placeholders';
import { suggest } from '../nearest';
import type { Path } from '../problems';
import type { Draft, DraftGate } from './draft';
import type { Rule } from './rule';

/** Names that the gates of every release have. */
const taken = ['trunk', 'newer', 'remote', 'pointer', 'way-back', 'database', 'migrations', 'healthy', 'calendar'];

/** The gates of an environment can be told apart, also from those that are always there. */
export const gateNamesAreDifferent: Rule = ({ environments }, { problem }) => {
  for (const { gates } of environments) {
    const names = gates.map(nameOf);
    for (const [index, { path, name }] of gates.entries()) {
      const called = names[index] ?? '';
      const at = name === '' ? path : [...path, 'name'];
      if (taken.includes(called)) {
        problem(at, `every release has a gate called ${called}`, 'Give this one another name.');
      } else if (called !== '' && names.indexOf(called) !== index) {
        const hint = 'Give it a name of its own: name: ….';
        problem(at, `another gate of this environment is called ${JSON.stringify(called)}`, hint);
      }
    }
  }
};

/** A gate asks about services that there are. */
export const gatesNameServices: Rule = ({ environments, services }, { problem }) => {
  const known = services.map(({ name }) => name);
  for (const { path, text } of environments.flatMap(({ gates }) => gates).flatMap((gate) => gate.services)) {
    if (known.includes(text)) continue;
    problem(path, `there is no service ${JSON.stringify(text)}`, suggest(text, known));
  }
};

/** A gate asks about another environment of this file, and they do not ask about each other in a circle. */
export const environmentsComeInOrder: Rule = ({ environments }, { problem }) => {
  const known = environments.map(({ name }) => name);
  const ways: Way[] = environments.flatMap(({ name, gates }) =>
    gates.flatMap(({ path, kind, form }) => {
      const to = form['environment'];
      return kind === 'environment' && typeof to === 'string'
        ? [{ from: name, to, path: [...path, 'environment'] }]
        : [];
    }),
  );
  for (const { from, to, path } of ways) {
    if (known.includes(to)) continue;
    const others = known.filter((name) => name !== from);
    problem(path, `there is no environment ${JSON.stringify(to)}`, suggest(to, others) || 'Leave it out.');
  }
  const told = new Set<string>();
  for (const { name } of environments) {
    const circle = circleFrom(name, ways);
    if (!circle || circle.some(({ from }) => told.has(from))) continue;
    circle.forEach(({ from }) => told.add(from));
    const order = [name, ...circle.map(({ to }) => to)].join(' → ');
    const [first, ...others] = circle.map(({ path }) => path);
    const hint = 'Each would wait for the other: take one of these gates out.';
    problem(first!, `environments ask about each other in a circle: ${order}`, hint, 'value', others);
  }
};

interface Way {
  readonly from: string;
  readonly to: string;
  readonly path: Path;
}

/** The shortest way from `name` back to itself. */
function circleFrom(name: string, ways: readonly Way[]): readonly Way[] | undefined {
  const walks: (readonly Way[])[] = ways.filter(({ from }) => from === name).map((way) => [way]);
  const seen = new Set<string>();
  for (const walk of walks) {
    const last = walk.at(-1)!.to;
    if (last === name) return walk;
    if (seen.has(last)) continue;
    seen.add(last);
    walks.push(...ways.filter(({ from }) => from === last).map((way) => [...walk, way]));
  }
  return undefined;
}

/** The artifact that goes on is one that was built before: what a tag or a branch names is built after it has moved. */
export const pointersNameArtifacts: Rule = ({ environments }, { problem }) => {
  for (const { path, form } of environments.flatMap(({ gates }) => gates)) {
    if (!('artifact' in form)) continue;
    problem(
      [...path, 'artifact'],
      'pointers of kind tag and branch name commits, and the host builds them after the move: there is no digest yet',
      'Ask for the commit instead: environment: staging.',
      'key',
    );
  }
};

/** What only GitHub can tell is asked only where it may be asked. */
export const gatesCanAskGitHub: Rule = (draft, { problem }) => {
  for (const gate of draft.environments.flatMap(({ gates }) => gates)) {
    if (!asksGitHub(gate)) continue;
    const without = askedOf(draft, gate).filter(({ hasGitHub }) => !hasGitHub);
    if (without.length === 0) continue;
    const names = without.map(({ name }) => name).join(', ');
    problem(
      [...gate.path, gate.kind],
      `only GitHub can tell this, and the repository of ${names} has no access to it`,
      'Write repository: { github: { token: "${env:GITHUB_TOKEN}" } }, or name other services: services: ….',
      'key',
    );
  }
};

/** The notes of a tag can be read only where a version is one. */
export const notesHaveTheirTag: Rule = ({ environments, versionTag, value }, { problem }) => {
  const isTag = versionTag !== undefined || (value as { versions?: unknown } | null)?.versions === undefined;
  for (const { path, kind, form } of environments.flatMap(({ gates }) => gates)) {
    if (kind !== 'notes' || isTag || (form['notes'] !== 'tag' && form['notes'] !== 'github-release')) continue;
    const hint = 'Write notes: { file: CHANGELOG.md }, or versions: { tag: "v{version}" }.';
    problem([...path, 'notes'], `${String(form['notes'])} needs versions that are tags`, hint);
  }
};

/** What is asked of version tags is asked only where versions are tags. */
export const protectedVersionsAreTags: Rule = ({ environments, versionTag, value }, { problem }) => {
  const isTag = versionTag !== undefined || (value as { versions?: unknown } | null)?.versions === undefined;
  for (const { path, kind, form } of environments.flatMap(({ gates }) => gates)) {
    if (kind !== 'protection' || isTag) continue;
    const [trunk, pointers, asked] = ['trunk', 'pointers', 'versions'].map((part) => fieldOf(form['protection'], part));
    const isAlone = trunk === false && pointers === false && asked !== false;
    if (asked !== true && !isAlone) continue;
    const hint = 'Ask for the trunk or the pointers, or write versions: { tag: "v{version}" }.';
    problem([...path, 'protection', ...(asked === true ? ['versions'] : [])], 'needs versions that are tags', hint);
  }
};

/** A secret in an address of a gate would be shown; only known placeholders are filled in. */
export const gateAddressesAreFilledIn: Rule = ({ environments }, { problem }) => {
  for (const gate of environments.flatMap(({ gates }) => gates)) {
    const { path, url } = addressOf(gate);
    for (const name of typeof url === 'string' ? placeholdersIn(url) : []) {
      if ((placeholders.gate as readonly string[]).includes(name)) continue;
      problem(path, `{${name}} is not filled in here`, suggest(name, placeholders.gate));
    }
  }
};

/** Where an address stands whose placeholders are filled in. */
function addressOf({ path, kind, form }: DraftGate): { readonly path: Path; readonly url: unknown } {
  if (kind === 'http') return { path: [...path, 'http'], url: form['http'] };
  const from = kind === 'settings' ? fieldOf(form['settings'], 'from') : undefined;
  return { path: [...path, 'settings', 'from', 'http'], url: fieldOf(from, 'http') };
}

/** Names of settings, each once, and nothing beside them: what stands there may be a value, so it is not quoted. */
export const settingsAreNames: Rule = ({ environments }, { problem }) => {
  for (const { path, kind, form } of environments.flatMap(({ gates }) => gates)) {
    const names = kind === 'settings' ? fieldOf(form['settings'], 'names') : undefined;
    for (const [index, name] of (Array.isArray(names) ? (names as unknown[]) : []).entries()) {
      const at = [...path, 'settings', 'names', index];
      if (typeof name !== 'string') continue;
      if (/[=\s]/.test(name)) problem(at, 'holds more than a name', 'Write the name only, such as DATABASE_URL.');
      else if ((names as unknown[]).indexOf(name) !== index) problem(at, 'is named twice', 'Leave it out.');
    }
  }
};

const fieldOf = (value: unknown, field: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[field] : undefined;

const nameOf = ({ name, kind }: DraftGate): string => name || kind;

const asksGitHub = ({ kind, form }: DraftGate): boolean =>
  ['ci', 'review', 'issues', 'protection'].includes(kind) || (kind === 'notes' && form['notes'] === 'github-release');

function askedOf({ services }: Draft, gate: DraftGate): Draft['services'] {
  const names = gate.services.map(({ text }) => text);
  return names.length === 0 ? services : services.filter(({ name }) => names.includes(name));
}
