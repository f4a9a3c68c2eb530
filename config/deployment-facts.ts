/** What `slipway init` sees of how a project is deployed today. Every part says where it stands. */

/** A place in a file of the repository. */
export interface Source {
  /** Seen from the folder in which `init` runs. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** Something that was read, and where. */
export interface Seen<T> {
  readonly value: T;
  readonly from: Source;
}

export interface DeploymentFacts {
  /** What starts a deployment: tags of a pattern with `{version}`, or a branch. Best first. */
  readonly pointers: readonly Seen<SeenPointer>[];
  /** Names of environments. */
  readonly environments: readonly Seen<string>[];
  /** Addresses that are asked after a deployment, or that tell whether it is healthy; may hold `${env:NAME}`. */
  readonly checks: readonly Seen<string>[];
  /** Addresses of the running service without a path. */
  readonly addresses: readonly Seen<string>[];
  /** Folders with migrations, seen from the top of the repository, and what runs them. */
  readonly migrations: readonly Seen<{ readonly folder?: string; readonly command: string }>[];
  /** What Slipway does not do by itself today, in a sentence. */
  readonly notes: readonly Seen<string>[];
}

export interface SeenPointer {
  readonly kind: 'tag' | 'branch';
  readonly name: string;
}

export const noDeployment: DeploymentFacts = {
  pointers: [],
  environments: [],
  checks: [],
  addresses: [],
  migrations: [],
  notes: [],
};

/** All that several files tell, in their order. */
export function joinFacts(all: readonly DeploymentFacts[]): DeploymentFacts {
  return {
    pointers: all.flatMap(({ pointers }) => pointers),
    environments: all.flatMap(({ environments }) => environments),
    checks: all.flatMap(({ checks }) => checks),
    addresses: all.flatMap(({ addresses }) => addresses),
    migrations: all.flatMap(({ migrations }) => migrations),
    notes: all.flatMap(({ notes }) => notes),
  };
}

/** An address in which variables of a shell or of Actions stand, with references in their place; undefined = none that can be asked from elsewhere. */
export function addressOf(text: string): string | undefined {
  const referring = text
    .replace(/\$\{\{\s*(?:vars|secrets|env|inputs)\.([A-Za-z_]\w*)\s*\}\}/g, '${env:$1}')
    .replace(/\$\{([A-Za-z_]\w*)(?::?[-=?][^}]*)?\}/g, '${env:$1}')
    .replace(/\$([A-Za-z_]\w*)/g, '${env:$1}');
  const filled = referring.replace(/\$\{env:\w+\}/g, 'x');
  if (/[\s{}$"'`<>\\|]/.test(filled)) return undefined;
  if (!/^(https?:\/\/|x(?=[/:]|$))/.test(filled) || (filled.startsWith('x') && !referring.startsWith('$')))
    return undefined;
  if (filled.startsWith('http') && !URL.canParse(filled)) return undefined;
  return /^https?:\/\/(localhost|127\.|0\.0\.0\.0|\[::1\])/.test(filled) ? undefined : referring;
}

/** The part of an address before its path. */
export function originOf(address: string): string | undefined {
  return /^(https?:\/\/[^/]+|\$\{env:\w+\})/.exec(address)?.[1];
}
