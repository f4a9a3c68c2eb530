/** A release of a small shop, as data: what the renderers' tests show. */
import { buildPlan } from '../../release/build-plan';
import type { ServiceFacts } from '../../release/facts';
import { evaluateGates } from '../../release/gate';
import type { MigrationScript } from '../../release/migration';
import type { Plan } from '../../release/plan';
import type { BranchMove, TagMove } from '../../release/pointer-move';
import type { Environment, LiveProbe, Project, Service } from '../../release/project';
import type { ReleaseState, StepState } from '../../release/state';

const old = 'a'.repeat(40);
const now = 'b'.repeat(40);
const previous = { commit: old, version: '1.1.0' };
const passed = (detail: string) => ({ verdict: 'passed' as const, detail });

const probe = (url: string): LiveProbe => ({
  url,
  headers: {},
  json: 'commit',
  is: 'commit',
  readings: 3,
  interval: 100,
  timeout: 1_000,
  patience: 60_000,
});

const smoke = (url: string) => ({
  kind: 'http' as const,
  name: 'books are listed',
  url,
  method: 'GET',
  headers: {},
  status: 200,
  json: {},
  timeout: 1_000,
  redirects: 0,
  tries: 1,
  interval: 100,
});

const api: Service = {
  name: 'api',
  repository: { url: '/srv/shop.git', trunk: 'main' },
  after: [],
  database: {
    url: '${env:API_DATABASE_URL}',
    migrations: 'db/migrations',
    onRollback: 'dropIfEmpty',
    backup: { kind: 'none', reason: 'a trial shop' },
    limits: { lockTimeout: 200, statementTimeout: 60_000, lockPatience: 60_000 },
  },
  pointer: {
    kind: 'tag',
    name: 'v{version}',
    undo: { by: 'new-tag', name: 'v{previous}-rollback.{n}', deleteBadTag: false },
    builds: { settle: 1_000, patience: 60_000 },
  },
  live: probe('${env:API_URL}/version'),
  smoke: [smoke('${env:API_URL}/books')],
};

const web: Service = {
  name: 'web',
  repository: api.repository,
  after: ['api'],
  pointer: { kind: 'branch', name: 'production', undo: { by: 'force' }, builds: { settle: 1_000, patience: 60_000 } },
  live: probe('${env:WEB_URL}/version'),
  smoke: [],
};

export const production: Environment = {
  name: 'production',
  approvals: [{ name: 'approval', approvers: ['ada', 'grace'], required: 1, timeout: 86_400_000 }],
  verify: { wait: 300_000, interval: 1_000, checks: [] },
  monitor: { window: 300_000, interval: 1_000 },
  queue: 'queue',
  onFailure: 'rollback',
  pauseLimit: 3_600_000,
  lockPatience: 3_600_000,
  embedded: true,
};

export const shop: Project = {
  version: 1,
  name: 'shop',
  versions: { kind: 'tag', pattern: 'release/v{version}' },
  services: { api, web },
  environments: { production },
  triggers: [],
};

const script: MigrationScript = {
  name: '0002-prices',
  upPath: 'db/migrations/0002-prices.up.sql',
  downPath: 'db/migrations/0002-prices.down.sql',
  checksum: 'c'.repeat(64),
  downChecksum: 'd'.repeat(64),
  up: 'alter table book\n  add column price_cents integer;\n',
  down: 'alter table book drop column price_cents;\n',
  undo: { unattended: true },
};

const tagMove: TagMove = {
  version: 1,
  kind: 'tag',
  service: 'api',
  ref: 'refs/tags/v1.2.0',
  from: null,
  to: 'e'.repeat(40),
  commit: now,
  previous,
  tagObject: 'object …',
  undo: { by: 'new-tag', name: 'v1.1.0-rollback.{n}', n: 1, commit: old, deleteBadTag: false },
};

const branchMove: BranchMove = {
  version: 1,
  kind: 'branch',
  service: 'web',
  ref: 'refs/heads/production',
  from: old,
  to: now,
  commit: now,
  previous,
  undo: { by: 'force' },
};

const facts = (service: string, move: TagMove | BranchMove): ServiceFacts => ({
  service,
  commit: now,
  trunk: { name: 'main', head: now },
  onTrunk: passed('bbbbbbbbbb is on main'),
  live: { state: 'live', ...previous },
  relation: 'newer',
  commits: {
    total: 2,
    shown: [
      { id: now, subject: 'Show prices', author: 'Grace', email: 'grace@shop.test', date: '2026-03-01T09:00:00Z' },
      {
        id: '9'.repeat(40),
        subject: 'Price column',
        author: 'Ada',
        email: 'ada@shop.test',
        date: '2026-03-01T08:00:00Z',
      },
    ],
  },
  contributors: { people: [], gaps: [] },
  remote: passed('the remote takes pushes'),
  move,
  movable: passed(move.kind === 'tag' ? 'v1.2.0 is free' : 'production can be fast-forwarded'),
  wayBack: passed('1.1.0 is there'),
  healthy: service === 'web' ? { verdict: 'unknown', detail: 'no answer within 1s' } : passed('books are listed'),
});

export const resolution = {
  services: [
    {
      ...facts('api', tagMove),
      database: { access: passed('it answers'), scripts: [script], pending: [script.name], rows: [], problems: [] },
    },
    facts('web', branchMove),
  ],
};

export const gates = evaluateGates(resolution);

/** The plan of release 1.2.0. */
export const plan: Plan = {
  ...buildPlan({ project: shop, environment: production, version: '1.2.0', resolution }),
  // A digest of its own, so that the golden files stay when what the digest covers grows.
  digest: '0123456789abcdef'.repeat(4),
};

/** A release that waits for approval; `over` says what is different. */
export function aState(over: Partial<ReleaseState> = {}): ReleaseState {
  return {
    release: {
      id: 'release/shop/production/1.2.0/1',
      runId: 'run',
      project: 'shop',
      environment: 'production',
      version: '1.2.0',
      requestedAt: '2026-03-01T10:00:00.000Z',
    },
    requestedBy: 'ada',
    phase: 'awaiting approval',
    paused: null,
    waitingFor: {
      what: '1 approval of plan',
      until: '2026-03-02T10:00:03.000Z',
      send: ['approve', 'override', 'reject'],
    },
    place: 'before-migrating',
    gates,
    plan,
    approvals: [],
    verdicts: [],
    steps: plan.steps.map(({ id, title }) => aStep(id, title)),
    undoRecords: [],
    undone: [],
    checks: [],
    attention: null,
    failure: null,
    backups: [],
    timeline: [
      { n: 1, at: '2026-03-01T10:00:00.000Z', kind: 'note', text: 'ada asked for 1.2.0 in production' },
      { n: 2, at: '2026-03-01T10:00:03.000Z', kind: 'phase', text: 'awaiting approval' },
    ],
    result: null,
    ...over,
  };
}

/** A step that waits; `over` says what is different. */
export function aStep(id: string, title: string, over: Partial<StepState> = {}): StepState {
  return { id, title, status: 'waiting', detail: '', startedAt: null, endedAt: null, ...over };
}

/** The same release, failed in its smoke checks, stuck in its rollback, waiting for a person. */
export function aStuckState(): ReleaseState {
  const at = (second: number) => new Date(Date.UTC(2026, 2, 1, 10, 1, second)).toISOString();
  const done = ['migrate:api', 'verify', 'move:api', 'move:web', 'deployed'];
  const error = {
    code: 'ROLLBACK_NEEDS_PERSON' as const,
    message: 'The rollback script of 0002-prices may not run unattended: column price_cents holds 3 values.',
    todo: 'Resolve with skip (the schema stays), done (you did it by hand), or retry.',
    details: {},
  };
  return aState({
    phase: 'needs attention',
    place: null,
    waitingFor: { what: 'a decision on undo:migrate:api', until: null, send: ['resolve'] },
    attention: { step: 'undo:migrate:api', error },
    approvals: [{ by: 'grace', digest: plan.digest, decisionId: 'd1', comment: '', at: at(0) }],
    verdicts: [
      { id: 'd0', accepted: false, detail: 'eve is no approver here (approvers: ada, grace)' },
      { id: 'd1', accepted: true, detail: 'grace approved' },
    ],
    steps: [
      ...plan.steps.map(({ id, title }) => {
        if (id === 'smoke')
          return aStep(id, title, {
            status: 'failed',
            detail: 'api: books are listed',
            startedAt: at(20),
            endedAt: at(21),
          });
        if (id.startsWith('move:')) return aStep(id, title, { status: 'undone', startedAt: at(10), endedAt: at(12) });
        return done.includes(id)
          ? aStep(id, title, { status: 'done', startedAt: at(5), endedAt: at(9) })
          : aStep(id, title);
      }),
      aStep('fence', 'Stop late attempts', {
        status: 'done',
        detail: 'nothing of this release can act late',
        startedAt: at(21),
        endedAt: at(22),
      }),
      aStep('undo:move:web', 'Put web back', {
        status: 'done',
        detail: 'put back: 1.1.0 again',
        startedAt: at(22),
        endedAt: at(23),
      }),
      aStep('undo:move:api', 'Put api back', {
        status: 'done',
        detail: 'put back: 1.1.0 again',
        startedAt: at(23),
        endedAt: at(24),
      }),
      aStep('prove', 'Prove that the old version is live', {
        status: 'done',
        detail: 'the old version is live and passes its checks',
        startedAt: at(24),
        endedAt: at(27),
      }),
      aStep('undo:migrate:api', 'Roll back the schema of api', {
        status: 'failed',
        startedAt: at(27),
        endedAt: at(28),
      }),
    ],
    undoRecords: [
      { version: 1, kind: 'migrations', step: 'migrate:api', service: 'api' },
      { version: 1, kind: 'pointer', step: 'move:api', service: 'api', move: tagMove },
      { version: 1, kind: 'pointer', step: 'move:web', service: 'web', move: branchMove },
    ],
    undone: [
      { step: 'move:web', service: 'web', how: 'undone', detail: 'production is aaaaaaaaaa again' },
      { step: 'move:api', service: 'api', how: 'undone', detail: 'v1.1.0-rollback.1' },
    ],
    checks: [
      {
        name: 'books are listed',
        verdict: 'failed',
        detail: 'expected 200, got 500',
        latency: 12.4,
        tries: 3,
        at: at(21),
      },
    ],
    timeline: [
      { n: 1, at: at(0), kind: 'decision', text: 'grace approved' },
      {
        n: 2,
        at: at(10),
        kind: 'decision',
        text: 'approve by eve, claimed: not accepted, eve is no approver here (approvers: ada, grace)',
      },
      { n: 3, at: at(21), kind: 'failure', text: '1 check failed: books are listed' },
      { n: 4, at: at(25), kind: 'undo', text: 'production is aaaaaaaaaa again' },
    ],
  });
}

const checkFailed = {
  code: 'CHECK_FAILED' as const,
  message: 'A check failed: books are listed (expected 200, got 500).',
  todo: 'Look at the evidence in `slipway status`.',
  details: {},
};

/** The same release, rolled back. */
export function aRolledBackState(): ReleaseState {
  const stuck = aStuckState();
  const undone = [...stuck.undone, { step: 'migrate:api', service: 'api', how: 'kept' as const, detail: '' }];
  return aState({
    ...stuck,
    phase: 'ended',
    attention: null,
    waitingFor: null,
    undone,
    failure: checkFailed,
    steps: stuck.steps.map((step) =>
      step.id === 'undo:migrate:api' ? { ...step, status: 'done', detail: 'the schema stays' } : step,
    ),
    result: {
      outcome: 'rolled back',
      services: [
        { service: 'api', how: 'rolled back', commit: now, live: '1.1.0 (aaaaaaaaaa)' },
        { service: 'web', how: 'rolled back', commit: now, live: '1.1.0 (aaaaaaaaaa)' },
      ],
      undone,
      schemaDebt: ['api: 0002-prices'],
      failure: checkFailed,
      drift: [],
      startedAt: '2026-03-01T10:00:00.000Z',
      endedAt: '2026-03-01T10:02:05.000Z',
    },
  });
}
