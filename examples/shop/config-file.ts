import { stringify } from 'yaml';

/** A service of the shop. */
export type ServiceName = 'api' | 'web';

/** What of the configuration depends on the shop's options. */
export interface ConfigOptions {
  readonly services: readonly ServiceName[];
  /** How the api's tag is undone. */
  readonly undo: 'new-tag' | 'delete' | 'none';
  /** `short`: fit for a person who watches; `none`: no wait at all, for measuring. */
  readonly waits: 'short' | 'none';
  /** The address of the remote. */
  readonly remote: string;
}

/** A `slipway.yaml` before it is written, as plain data. */
export interface ConfigForm {
  version: number;
  project: string;
  repository: Record<string, unknown>;
  versions: unknown;
  services: Record<string, Record<string, unknown>>;
  environments: Record<string, Record<string, unknown>>;
}

/** The shop's configuration. */
export function configForm(options: ConfigOptions): ConfigForm {
  const all = { api: api(options), web: web(options) };
  return {
    version: 1,
    project: 'shop',
    repository: { url: options.remote, trunk: 'main' },
    versions: { tag: 'release/v{version}' },
    services: Object.fromEntries(options.services.map((name) => [name, all[name]])),
    environments: { production: production(options) },
  };
}

/** The text of `slipway.yaml`. */
export function configText(form: ConfigForm): string {
  const notice =
    '# What is released together, how each service goes out and comes back, and the rules of production.\n';
  return notice + stringify(form, { lineWidth: 0 });
}

function api(options: ConfigOptions): Record<string, unknown> {
  return {
    database: {
      url: '${env:API_DATABASE_URL}',
      migrations: 'db/migrations',
      onRollback: 'dropIfEmpty',
      backup: { none: 'the demo shop can be made again' },
    },
    pointer: { kind: 'tag', name: 'v{version}', undo: options.undo, builds: builds(options) },
    live: live('API_URL', options),
    smoke: [
      {
        http: '${env:API_URL}/books',
        name: 'books',
        status: 200,
        contains: 'title',
        within: '2s',
        tries: 2,
        interval: '100ms',
      },
    ],
  };
}

function web(options: ConfigOptions): Record<string, unknown> {
  const after = options.services.includes('api') ? { after: ['api'] } : {};
  return {
    ...after,
    pointer: { kind: 'branch', name: 'production', builds: builds(options) },
    live: live('WEB_URL', options),
    smoke: [{ http: '${env:WEB_URL}/', name: 'window', contains: 'The shop', tries: 2, interval: '100ms' }],
  };
}

function builds({ waits }: ConfigOptions): Record<string, unknown> {
  return {
    active: { http: '${env:HOSTING_URL}/builds?ref={ref}&state=active', json: 'builds' },
    cancel: { http: '${env:HOSTING_URL}/builds/cancel?ref={ref}' },
    settle: waits === 'short' ? '1s' : '0s',
    patience: '30s',
  };
}

function live(url: string, { waits }: ConfigOptions): Record<string, unknown> {
  const pace = waits === 'short' ? { readings: 3, interval: '200ms' } : { readings: 1, interval: '20ms' };
  return { http: `\${env:${url}}/version`, json: 'commit', ...pace, timeout: '2s', patience: '30s' };
}

function production(options: ConfigOptions): Record<string, unknown> {
  const { waits } = options;
  const short = waits === 'short';
  const url = options.services.includes('api') ? '${env:API_URL}' : '${env:WEB_URL}';
  const health = { http: `${url}/health`, name: 'health' };
  return {
    approvals: [{ approvers: ['ada', 'grace'], required: 1, timeout: '1h' }],
    verify: { wait: short ? '2s' : '0s', interval: '250ms', checks: [health] },
    monitor: { window: short ? '2s' : '0s', interval: '250ms' },
    onFailure: 'rollback',
    embedded: true,
  };
}
