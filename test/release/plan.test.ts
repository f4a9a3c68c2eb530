import fc from 'fast-check';
import { withAcknowledgement } from '../../release/acknowledgement';
import type { ServiceFacts } from '../../release/facts';
import { canonicalJson, digestOf, namesDigest, planChanges } from '../../release/plan-digest';
import type { ApprovalRule } from '../../release/project';
import { serviceOrder } from '../../release/service-order';
import { aPlan, aProject, aScript, aService, anEnvironment, aTagMove, oid, someFacts } from '../support/builders';

const database = {
  url: '${env:API_DATABASE_URL}',
  migrations: 'db/migrations',
  onRollback: 'keep' as const,
  backup: { kind: 'none' as const, reason: 'none is configured' },
  limits: { lockTimeout: 200, statementTimeout: 60_000, lockPatience: 60_000 },
};
const databaseFacts = {
  access: { verdict: 'passed' as const, detail: 'fine' },
  scripts: [aScript('001_old'), aScript('002_orders')],
  pending: ['002_orders'],
  rows: [],
  problems: [],
};

describe('the plan', () => {
  test('has the same digest for the same deeds, whatever was only measured', () => {
    const measured = someFacts({ commits: { total: 7, shown: [] }, healthy: { verdict: 'unknown', detail: 'slow' } });
    expect(aPlan({ facts: [measured] }).digest).toBe(aPlan().digest);
  });

  test.each([
    ['commit', someFacts({ commit: oid('d') })],
    ['pointer', someFacts({ move: aTagMove({ from: oid('e') }) })],
    ['undo', someFacts({ move: aTagMove({ undo: { by: 'delete' } }) })],
    ['previous version', someFacts({ move: aTagMove({ previous: { commit: oid('9'), version: '1.0.9' } }) })],
  ])('has another digest when the %s changes', (_, facts) => {
    expect(aPlan({ facts: [facts] }).digest).not.toBe(aPlan().digest);
  });

  test('has another digest when a rule changes, but not when another environment does', () => {
    const base = aProject();
    const stricter = aProject([aService('api')], anEnvironment({ onFailure: 'report' }));
    const withStaging = {
      ...base,
      environments: { ...base.environments, staging: anEnvironment({ name: 'staging' }) },
    };
    expect(aPlan({ project: stricter }).digest).not.toBe(aPlan().digest);
    expect(aPlan({ project: withStaging }).digest).toBe(aPlan().digest);
  });

  test('has another digest when a script changes by one byte', () => {
    const project = aProject([aService('api', { database })]);
    const edited = {
      ...databaseFacts,
      scripts: [databaseFacts.scripts[0]!, aScript('002_orders', { checksum: oid('3') })],
    };
    const before = aPlan({ project, facts: [someFacts({ database: databaseFacts })] });
    const after = aPlan({ project, facts: [someFacts({ database: edited })] });
    expect(after.digest).not.toBe(before.digest);
    expect(planChanges(before, after)).toEqual([
      'api: migration 002_orders 11111111 will no longer run',
      'api: migration 002_orders 33333333 will now run',
    ]);
  });

  test('lists only the migrations that wait, and how each step is undone by hand', () => {
    const project = aProject([aService('api', { database })]);
    const plan = aPlan({ project, facts: [someFacts({ database: databaseFacts })] });
    const migrate = plan.steps.find(({ id }) => id === 'migrate:api')!;
    expect(migrate.does).toEqual(['run 002_orders (db/migrations/002_orders.up.sql)']);
    expect(migrate.byHand[0]).toBe(
      `git show ${oid('b')}:db/migrations/002_orders.down.sql | psql "$API_DATABASE_URL" --single-transaction -v ON_ERROR_STOP=1`,
    );
    const move = plan.steps.find(({ id }) => id === 'move:api')!;
    expect(move.byHand.join('\n')).toContain(`git tag -a v1.1.0-rollback.1 -m 'Roll back to 1.1.0' ${oid('a')}`);
  });

  test('asks for an acknowledgement where there is no way back', () => {
    const first = someFacts({
      relation: 'first',
      live: { state: 'nothing', detail: '404' },
      move: aTagMove({ previous: null }),
    });
    expect(aPlan({ facts: [first] }).acknowledgements).toEqual([
      { id: 'no-way-back:api', text: 'api is released for the first time: there is no way back' },
    ]);
    const forwardOnly = someFacts({ move: aTagMove({ undo: { by: 'none', reason: 'configured' } }) });
    expect(aPlan({ facts: [forwardOnly] }).acknowledgements.map(({ id }) => id)).toEqual(['forward-only:api']);
  });
});

describe('what has no way back', () => {
  const first = someFacts({ relation: 'first', move: aTagMove({ previous: null }) });
  const forwardOnly = someFacts({ move: aTagMove({ undo: { by: 'none', reason: 'configured' } }) });
  const accept = { name: 'accept', at: 'after-smoke' as const, approvers: ['ada', 'grace'], required: 2, timeout: 1 };
  const asked = (facts: ServiceFacts, rules: ApprovalRule[]) =>
    aPlan({ facts: [facts], rules }).approvals.map(({ name, approvers, required }) => ({ name, approvers, required }));
  const acknowledgement = { name: 'acknowledgement', approvers: ['ada', 'grace'], required: 1 };

  test('is acknowledged before anything changes, also where people are asked only later', () => {
    const later = { name: 'accept', approvers: ['ada', 'grace'], required: 2 };
    expect(asked(first, [accept])).toEqual([acknowledgement, later]);
    expect(asked(forwardOnly, [accept])).toEqual([acknowledgement, later]);
    expect(asked(someFacts(), [accept])).toEqual([later]);
    const go = { name: 'go', approvers: ['linus'], required: 1, timeout: 1 };
    expect(asked(first, [go, accept]).map(({ name }) => name)).toEqual(['go', 'accept']);
  });

  test('is acknowledged by anyone where nobody is asked; what the configuration wants so is not', () => {
    expect(asked(first, [])).toEqual([{ ...acknowledgement, approvers: [] }]);
    expect(asked(forwardOnly, [])).toEqual([]);
  });

  test('keeps no rollback waiting', () => {
    expect(withAcknowledgement([], [{ id: 'no-way-back:api', text: '' }], 'rollback')).toEqual([]);
  });
});

describe('digests', () => {
  test('do not depend on the order of fields', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonicalJson(reversed)).toBe(canonicalJson(value));
      }),
    );
  });

  test('are named by at least 8 of their digits', () => {
    const digest = digestOf('anything');
    expect(namesDigest(digest, digest.slice(0, 8))).toBe(true);
    expect(namesDigest(digest, digest.slice(0, 7))).toBe(false);
    expect(namesDigest(digest, digest.slice(0, 12).toUpperCase())).toBe(true);
    expect(namesDigest(digest, 'ffffffff0')).toBe(false);
  });
});

test('services are moved behind all that they come after', () => {
  const services = [
    aService('web', { after: ['api', 'auth'] }),
    aService('auth'),
    aService('api', { after: ['auth'] }),
  ];
  expect(serviceOrder(aProject(services).services).map(({ name }) => name)).toEqual(['auth', 'api', 'web']);
});
