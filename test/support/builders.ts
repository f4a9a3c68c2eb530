/** Builders of domain values for tests: sound by default, changed where a test cares. */
import { buildPlan } from '../../release/build-plan';
import type { Decision, DecisionKind } from '../../release/decision';
import type { ServiceFacts } from '../../release/facts';
import type { MigrationScript } from '../../release/migration';
import type { Plan } from '../../release/plan';
import type { PointerMove } from '../../release/pointer-move';
import type { ApprovalRule, Environment, HttpCheck, Project, Service } from '../../release/project';

export const oid = (digit: string): string => digit.repeat(40);

const builds = { settle: 0, patience: 10_000 };

export function aCheck(name: string, url = 'http://localhost/books'): HttpCheck {
  return {
    kind: 'http',
    name,
    url,
    method: 'GET',
    headers: {},
    status: 200,
    json: {},
    timeout: 5_000,
    redirects: 0,
    tries: 1,
    interval: 0,
  };
}

export function aService(name: string, change: Partial<Service> = {}): Service {
  return {
    name,
    repository: { url: 'https://git.example/shop.git', trunk: 'main' },
    after: [],
    pointer: {
      kind: 'tag',
      name: 'v{version}',
      undo: { by: 'new-tag', name: 'v{previous}-rollback.{n}', deleteBadTag: false },
      builds,
    },
    live: {
      url: `http://${name}/version`,
      headers: {},
      json: 'commit',
      is: 'commit',
      readings: 2,
      interval: 100,
      timeout: 1_000,
      patience: 60_000,
    },
    smoke: [aCheck('books')],
    ...change,
  };
}

export function anEnvironment(change: Partial<Environment> = {}): Environment {
  return {
    name: 'production',
    approvals: [{ name: 'approval', approvers: ['ada', 'grace'], required: 1, timeout: 60_000 }],
    verify: { wait: 0, interval: 1_000, checks: [] },
    monitor: { window: 0, interval: 1_000 },
    queue: 'queue',
    onFailure: 'rollback',
    pauseLimit: 60_000,
    lockPatience: 60_000,
    embedded: true,
    ...change,
  };
}

export function aProject(
  services: readonly Service[] = [aService('api')],
  environment: Environment = anEnvironment(),
): Project {
  return {
    version: 1,
    name: 'shop',
    versions: { kind: 'tag', pattern: 'release/v{version}' },
    services: Object.fromEntries(services.map((service) => [service.name, service])),
    environments: { [environment.name]: environment },
    triggers: [],
  };
}

export function aTagMove(change: Partial<Extract<PointerMove, { kind: 'tag' }>> = {}): PointerMove {
  return {
    version: 1,
    kind: 'tag',
    service: 'api',
    ref: 'refs/tags/v1.2.0',
    from: null,
    to: oid('c'),
    commit: oid('b'),
    previous: { commit: oid('a'), version: '1.1.0' },
    tagObject: 'object …',
    undo: { by: 'new-tag', name: 'v1.1.0-rollback.{n}', n: 1, commit: oid('a'), deleteBadTag: false },
    ...change,
  };
}

export function aScript(name: string, change: Partial<MigrationScript> = {}): MigrationScript {
  return {
    name,
    upPath: `db/migrations/${name}.up.sql`,
    downPath: `db/migrations/${name}.down.sql`,
    checksum: oid('1'),
    downChecksum: oid('2'),
    up: 'create table orders (id int);',
    down: 'drop table orders;',
    undo: { unattended: true },
    ...change,
  };
}

export function someFacts(change: Partial<ServiceFacts> = {}): ServiceFacts {
  const fine = { verdict: 'passed' as const, detail: 'fine' };
  return {
    service: 'api',
    commit: oid('b'),
    trunk: { name: 'main', head: oid('b') },
    onTrunk: fine,
    live: { state: 'live', commit: oid('a'), version: '1.1.0' },
    relation: 'newer',
    commits: {
      total: 1,
      shown: [
        { id: oid('b'), subject: 'Add orders', author: 'Ada', email: 'ada@example.org', date: '2026-01-02T00:00:00Z' },
      ],
    },
    contributors: {
      people: [{ part: 'author', name: 'Ada', email: 'ada@example.org', login: '' }],
      gaps: [],
    },
    remote: fine,
    move: aTagMove(),
    movable: fine,
    wayBack: fine,
    healthy: fine,
    ...change,
  };
}

export function aPlan(
  change: { facts?: readonly ServiceFacts[]; project?: Project; rules?: readonly ApprovalRule[] } = {},
): Plan {
  const environment = anEnvironment(change.rules ? { approvals: change.rules } : {});
  const project = change.project ?? aProject([aService('api')], environment);
  return buildPlan({
    project,
    environment: project.environments['production']!,
    version: '1.2.0',
    resolution: { services: change.facts ?? [someFacts()] },
  });
}

export function aDecision(kind: DecisionKind, change: Partial<Decision> = {}): Decision {
  return {
    id: 'd1',
    kind,
    by: change.by ?? 'ada',
    person: change.by ?? 'ada',
    proof: 'claimed',
    key: null,
    signature: null,
    comment: '',
    digest: '',
    acknowledge: [],
    action: null,
    ...change,
  };
}
