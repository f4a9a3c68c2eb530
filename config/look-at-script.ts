import {
  addressOf,
  noDeployment,
  originOf,
  type DeploymentFacts,
  type Seen,
  type SeenPointer,
  type Source,
} from './deployment-facts';

/** What the lines of a shell script tell; `at` says where a line stands, the first being 0. */
export function lookAtScript(text: string, at: (line: number) => Source): DeploymentFacts {
  const found = {
    pointers: [] as Seen<SeenPointer>[],
    environments: [] as Seen<string>[],
    checks: [] as Seen<string>[],
    addresses: [] as Seen<string>[],
    migrations: [] as Seen<{ folder?: string; command: string }>[],
    notes: [] as Seen<string>[],
  };
  const fill = filler(text);
  text.split('\n').forEach((whole, index) => {
    const line = fill(whole.replace(/(^|\s)#.*$/, '').trim());
    if (line === '') return;
    const from = at(index);
    const pointer = pointerIn(line);
    if (pointer) found.pointers.push({ value: pointer, from });
    for (const name of environmentsIn(line)) found.environments.push({ value: name, from });
    for (const address of addressesIn(line)) {
      const isAsked = /\b(curl|wget|http|httpie|wait-on)\b/.test(line) || isHealth(address);
      if (isAsked && isHealth(address)) found.checks.push({ value: address, from });
      const origin = originOf(address);
      if (isAsked && origin !== undefined) found.addresses.push({ value: origin, from });
    }
    const migration = migrationIn(line);
    if (migration) found.migrations.push({ value: migration, from });
    const note = pointer?.kind === 'tag' && /\bgit push\b/.test(line) ? pushesTag : noteOn(line);
    if (note !== undefined) found.notes.push({ value: note, from });
  });
  return { ...noDeployment, ...found };
}

const pushesTag = 'a tag is pushed here: with Slipway the release does that, and starts what deploys; take it out here';

/**
 * Puts the addresses in that the script itself gives to variables. One that is given several, for example one for each
 * environment, stays a reference.
 */
function filler(text: string): (line: string) => string {
  const given = new Map<string, string | undefined>();
  for (const [, name = '', value = ''] of text.matchAll(
    /^\s*(?:export |readonly |local )?([A-Z_][A-Z0-9_]*)=(\S*)/gm,
  )) {
    const address = /^(["']?)(https?:\/\/[\w.:/-]+)\1;?$/.exec(value)?.[2]?.replace(/\/$/, '');
    given.set(name, given.has(name) && given.get(name) !== address ? undefined : address);
  }
  return (line) =>
    line.replace(/\$(?:\{([A-Z_][A-Z0-9_]*)\}|([A-Z_][A-Z0-9_]*))/g, (whole, braced?: string, bare?: string) => {
      return given.get(braced ?? bare ?? '') ?? whole;
    });
}

const word = `["']?([^\\s"';&|]+)["']?`;

function pointerIn(line: string): SeenPointer | undefined {
  const tag =
    new RegExp(`\\bgit tag (?:-\\S+ )*${word}`).exec(line)?.[1] ??
    new RegExp(`\\bgit push (?:-\\S+ )*\\S+ (?:refs/tags/)${word}`).exec(line)?.[1];
  const pattern = tag === undefined ? undefined : withVersion(tag);
  if (pattern !== undefined) return { kind: 'tag', name: pattern };
  const target = new RegExp(`\\bgit push (?:-\\S+ )*[\\w.-]+ ${word}`).exec(line)?.[1];
  if (target === undefined) return undefined;
  const pushed = withVersion(target);
  if (pushed !== undefined) return { kind: 'tag', name: pushed };
  const branch = target
    .split(':')
    .at(-1)!
    .replace(/^\+/, '')
    .replace(/^refs\/heads\//, '');
  return /^[A-Za-z][\w./-]*$/.test(branch) && branch !== 'HEAD' ? { kind: 'branch', name: branch } : undefined;
}

/** `v$VERSION` → `v{version}`; nothing where no version or two stand in it. */
function withVersion(text: string): string | undefined {
  const parts = text.split(/\$\{?[A-Za-z_]*(?:version|tag|release)[A-Za-z_]*\}?|\$\{?[1-9]\}?/i);
  const [before, after] = parts;
  if (parts.length !== 2 || before === undefined || after === undefined) return undefined;
  return /^[\w./-]*$/.test(before + after) && !before.startsWith('refs/heads')
    ? `${before.replace(/^refs\/tags\//, '')}{version}${after}`
    : undefined;
}

/** `staging|production)` of a case, or `"$1" = "production"`. */
function environmentsIn(line: string): string[] {
  const inCase = /^\(?([a-z0-9"'|\s-]+)\)/.exec(line)?.[1]?.split('|') ?? [];
  const compared = [...line.matchAll(/\[\[?[^\]]*(?:==?)\s*["']?([a-z][a-z0-9-]*)["']?\s*\]/g)].map(
    ([, name]) => name ?? '',
  );
  return [...inCase, ...compared].map((name) => name.trim().replace(/["']/g, '')).filter((name) => usual.test(name));
}

const usual = /^(prod|production|live|staging|stage|preview|qa|test|uat|dev|development|sandbox|demo)$/;

function addressesIn(line: string): string[] {
  const words =
    line.match(
      /(?:https?:\/\/|\$\{?[A-Z_]*(?:URL|HOST|ADDRESS|ENDPOINT|DOMAIN)[A-Z_]*\}?)(?:\$\{\{[^}]*\}\}|[^\s"'`;|)])*/g,
    ) ?? [];
  return words.flatMap((text) => addressOf(text.replace(/[.,\\]+$/, '')) ?? []);
}

const isHealth = (address: string) => /\/[\w./-]*(health|ready|live|ping|status|up)[\w-]*\/?(\?.*)?$/i.test(address);

const tools =
  /\b(psql\b.*migrat\S*|manage\.py migrate|(?:rake|rails) db:migrate|(?:npm|pnpm|yarn) (?:run )?\S*migrat\S*|knex migrate\S*|prisma migrate \w+|flyway\b.*migrate|liquibase\b.*update|alembic upgrade \S+|dbmate\b.*|goose\b.*up|migrate\b.*\bup|sqitch deploy|drizzle-kit \w+|artisan migrate|node-pg-migrate\b.*|sequelize\S* db:migrate)/;

function migrationIn(line: string): { folder?: string; command: string } | undefined {
  const command = tools.exec(line)?.[1];
  if (command === undefined) return undefined;
  const path = /(?:^|[\s=:"'])((?:\.\/)?(?:[\w-]+\/)*[\w-]*migrations?(?:\/[\w-]+)*)(?=[/\s"']|$)/.exec(line)?.[1];
  const folder = path?.replace(/^\.\//, '');
  return { command: command.trim(), ...(folder?.includes('/') || folder === 'migrations' ? { folder: folder } : {}) };
}

/** What a line does that no pointer of today stands for. */
function noteOn(line: string): string | undefined {
  const known: [RegExp, string][] = [
    [
      /\bvercel\b.*(--prod|promote|alias|rollback)|\bvercel deploy\b/,
      'Vercel is told to deploy here; Slipway has no pointer kind for it yet',
    ],
    [
      /\bkubectl\b.*\b(apply|set image|rollout)\b/,
      'Kubernetes is told to roll out here; Slipway has no pointer kind for it yet',
    ],
    [
      /\bhelm\b.*\b(upgrade|install|rollback)\b/,
      'Helm is told to roll out here; Slipway has no pointer kind for it yet',
    ],
    [/\b(docker|podman) push\b/, 'an image is pushed here; a pipeline that follows the pointer must do that'],
    [/\b(rsync|scp)\b\s/, 'files are copied to a host here; a pipeline that follows the pointer must do that'],
    [/\bssh\b\s/, 'commands run on a host here; a pipeline that follows the pointer must do that'],
  ];
  return known.find(([pattern]) => pattern.test(line))?.[1];
}
