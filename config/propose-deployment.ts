import { refNameProblem } from '../release/ref-names';
import { noDeployment, type DeploymentFacts, type Seen, type SeenPointer, type Source } from './deployment-facts';
import { holdsPassword } from './rules/secrets';
import { httpUrl } from './schema/http';
import { namePattern } from './schema/text';

/** What of the facts a `slipway.yaml` can hold, chosen and checked; and what people should be told. */
export interface ChosenDeployment {
  readonly pointer: Seen<SeenPointer> | undefined;
  /** The environment to begin with. */
  readonly environment: Seen<string> | undefined;
  readonly otherEnvironments: readonly Seen<string>[];
  /** Addresses for checks, whole. */
  readonly checks: readonly Seen<string>[];
  readonly address: Seen<string> | undefined;
  /** The folder of migrations that somebody names, and the command that runs them. */
  readonly migrations: DeploymentFacts['migrations'];
  readonly notes: readonly Seen<string>[];
}

/** Chooses from what was seen; `trunk` can be no pointer, since it moves with every merge. */
export function chooseDeployment(facts: DeploymentFacts = noDeployment, trunk: string | undefined): ChosenDeployment {
  const possible = facts.pointers.filter(({ value }) => isPointer(value));
  const atTrunk = possible.filter(({ value }) => value.kind === 'branch' && value.name === trunk);
  const others = possible.filter((pointer) => !atTrunk.includes(pointer));
  const pointer =
    others.find(({ value }) => value.kind === 'branch' && isProduction(value.name)) ??
    others.find(({ value }) => value.kind === 'tag') ??
    others.find(({ value }) => value.kind === 'branch' && value.name.startsWith('release'));
  const environments = once(
    facts.environments.filter(({ value }) => namePattern.test(value) && /[a-z]/.test(value) && !keyword.test(value)),
  );
  const environment = environments.find(({ value }) => isProduction(value));
  const addresses = once(facts.addresses.filter(({ value }) => isAddress(value)));
  const base = addresses[0];
  const whole = facts.checks.map(({ value, from }) => ({
    value: value.startsWith('/') ? `${base?.value ?? ''}${value}` : value,
    from,
  }));
  return {
    pointer,
    environment,
    otherEnvironments: environments.filter((other) => other !== environment),
    checks: once(whole.filter(({ value }) => isAddress(value))).slice(0, 5),
    address: base,
    migrations: facts.migrations,
    notes: [...once(facts.notes), ...once(atTrunk).map(trunkNote)],
  };
}

/** ` # from FILE:LINE`, for the end of a line. */
export const origin = (from: Source | undefined): string => (from ? ` # from ${place(from)}` : '');

/** `FILE:LINE: TEXT` as a comment: whatever stands in it, it stays one line and holds no secret. */
export function remark({ value, from }: Seen<string>): string {
  return `${place(from)}: ${holdsPassword(value) ? 'an address with a password' : plain(value, 300)}`;
}

const place = ({ file, line }: Source): string => `${plain(file, 200)}:${line}`;

const plain = (text: string, most: number) => text.replace(/[\p{C}\u2028\u2029]+/gu, ' ').slice(0, most);

const trunkNote = ({ value, from }: Seen<SeenPointer>): Seen<string> => ({
  value: `a push to ${value.name} deploys, which is the trunk. A release moves a branch or tag of its own: let that one start this instead`,
  from,
});

const isProduction = (name: string) => /^(prod|production|live)$/.test(name);

/** What YAML, or a reader of it, takes for something else than text. */
const keyword = /^(true|false|null|yes|no|on|off|y|n|\d.*)$/;

function isPointer({ kind, name }: SeenPointer): boolean {
  const isWhole = kind === 'tag' ? name.split('{version}').length === 2 : !name.includes('{');
  const plainName = name.replace('{version}', '1');
  return isWhole && refNameProblem(plainName) === undefined && !/[{}$]|^refs\//.test(plainName);
}

function isAddress(text: string): boolean {
  const withoutReferences = text.replace(/\$\{env:[A-Za-z_]\w*\}/g, 'x');
  return httpUrl('').safeParse(text).success && !/[{}$]/.test(withoutReferences) && !holdsPassword(text);
}

function once<T>(all: readonly Seen<T>[]): Seen<T>[] {
  const seen = new Set<string>();
  return all.filter(({ value }) => {
    const key = JSON.stringify(value);
    return !seen.has(key) && seen.add(key);
  });
}
