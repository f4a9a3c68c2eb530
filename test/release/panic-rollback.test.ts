import { holdsAfter, liveAfter, placed, type EnvironmentState } from '../../release/environment-state';
import type { LiveService } from '../../release/live-service';
import { offerRollback, planRedeploy, planRollback } from '../../release/panic-rollback';
import { approvalsFor, rulesFor } from '../../release/release-kind';
import type { Service } from '../../release/project';
import { anEnvironment, aProject, aService, oid } from '../support/builders';

const project = aProject([aService('api'), aService('web')]);

const ran = (version: string, digit: string) => ({ version, commit: oid(digit) });

function runs(version: string, digit: string, change: Partial<LiveService> = {}): LiveService {
  return {
    ...ran(version, digit),
    since: '2026-01-02T10:00:00Z',
    releaseId: `release/shop/production/${version}/1`,
    previous: ran('1.0.0', 'a'),
    ...change,
  };
}

const live = (services: Record<string, LiveService>, holds: EnvironmentState['holds'] = {}) => ({
  live: services,
  holds,
});

describe('what is gone back from', () => {
  test('all services that the last release has put there, and only those', () => {
    const state = live({
      api: runs('1.1.0', 'b'),
      web: runs('1.0.5', 'c', { since: '2026-01-01T10:00:00Z', releaseId: 'x' }),
    });
    expect(offerRollback(state)).toEqual({ leaves: '1.1.0', to: '1.0.0' });
    expect(planRollback({ leaves: '1.1.0' }, state, project, 'production')).toEqual({
      version: '1.0.0',
      goals: { api: { leaves: ran('1.1.0', 'b'), to: ran('1.0.0', 'a') } },
    });
  });

  test('with a version by name all services, by its commit where the environment knows it', () => {
    const state = live({ api: runs('1.1.0', 'b'), web: runs('1.1.0', 'c', { previous: ran('0.9.0', 'd') }) });
    expect(planRollback({ leaves: '1.1.0', to: '1.0.0' }, state, project, 'production')).toEqual({
      version: '1.0.0',
      goals: {
        api: { leaves: ran('1.1.0', 'b'), to: ran('1.0.0', 'a') },
        web: { leaves: ran('1.1.0', 'c'), to: null },
      },
    });
  });

  test.each([
    ['what is no longer live', { leaves: '1.0.9' }, /^1\.0\.9 is no longer live: 1\.1\.0 is, by release/],
    ['what runs', { leaves: '1.1.0', to: '1.1.0' }, /^1\.1\.0 is what runs: nothing to do/],
  ])('nothing is done about %s', (_what, request, words) => {
    const state = live({ api: runs('1.1.0', 'b') });
    expect(planRollback(request, state, project, 'production')).toEqual({
      nothing: expect.stringMatching(words) as unknown,
    });
  });

  test('what came back by a rollback is not gone back from without a name', () => {
    const state = live({ api: runs('1.0.0', 'a', { backFrom: '1.1.0', by: 'ada', previous: ran('1.1.0', 'b') }) });
    expect(offerRollback(state)).toEqual({
      leaves: '1.0.0',
      further: '1.1.0',
      wentBack: expect.stringMatching(/^already rolled back from 1\.1\.0 to 1\.0\.0 by .*, for ada,/) as unknown,
    });
    const late = planRollback({ leaves: '1.1.0' }, state, project, 'production');
    expect(late).toEqual({ nothing: expect.stringMatching(/^already rolled back from 1\.1\.0/) as unknown });
    const forward = planRollback({ leaves: '1.0.0', to: '1.1.0' }, state, aProject([aService('api')]), 'production');
    expect(forward).toMatchObject({ version: '1.1.0', goals: { api: { to: ran('1.1.0', 'b') } } });
  });

  test('a release that has rolled itself back since is not taken for the one before', () => {
    const hold = { releaseId: 'release/shop/production/1.2.0/1', at: '2026-01-03T10:00:00Z', why: 'slow' };
    const offer = offerRollback(live({ api: runs('1.1.0', 'b') }, { '1.2.0': hold }));
    expect(offer).toMatchObject({
      wentBack: expect.stringMatching(/^1\.2\.0 was rolled back by/) as unknown,
      further: '1.0.0',
    });
    const old = { ...hold, at: '2026-01-01T10:00:00Z' };
    expect(offerRollback(live({ api: runs('1.1.0', 'b') }, { '1.2.0': old }))).toEqual({
      leaves: '1.1.0',
      to: '1.0.0',
    });
  });

  test('what is not known is refused, and so is what has no way back', () => {
    const code = (state: Pick<EnvironmentState, 'live'>, its = project) => {
      const plan = planRollback({ leaves: Object.values(state.live)[0]?.version ?? '' }, state, its, 'production');
      return 'refused' in plan ? plan.refused.code : plan;
    };
    expect(code({ live: {} })).toBe('ROLLBACK_UNKNOWN_TARGET');
    expect(code({ live: { api: runs('1.1.0', 'b', { previous: null }) } })).toBe('ROLLBACK_UNKNOWN_TARGET');
    const pointer = {
      ...(aService('api').pointer as Extract<Service['pointer'], { kind: 'tag' }>),
      undo: { by: 'none' as const },
    };
    expect(code({ live: { api: runs('1.1.0', 'b') } }, aProject([aService('api', { pointer })]))).toBe(
      'ROLLBACK_FORWARD_ONLY',
    );
  });

  test('what runs once more is what runs', () => {
    const state = live({ api: runs('1.1.0', 'b') });
    const asked = { environment: 'production', project, version: '1.1.0' };
    const plan = planRedeploy(asked, state);
    expect(plan).toMatchObject({ goals: { api: { leaves: ran('1.1.0', 'b'), to: ran('1.1.0', 'b') } } });
    expect('project' in plan && Object.keys(plan.project.services)).toEqual(['api']);
    expect(planRedeploy({ ...asked, version: '1.0.0' }, state)).toMatchObject({
      refused: { code: 'REDEPLOY_UNKNOWN' },
    });
    expect(planRedeploy(asked, { live: {} })).toMatchObject({ refused: { code: 'REDEPLOY_UNKNOWN' } });
  });
});

describe('what an environment knows afterwards', () => {
  const release = { releaseId: 'r2', at: '2026-02-01T00:00:00Z' };
  const before = { api: runs('1.1.0', 'b') };

  test('a release that changed nothing tells nothing that is known better', () => {
    const old = [{ service: 'api', version: '1.0.0', commit: oid('a') }];
    expect(liveAfter(before, release, { outcome: 'rejected', why: 'no', live: old })).toEqual(before);
    expect(liveAfter({}, release, { outcome: 'stopped', why: 'no', live: old })).toHaveProperty(
      ['api', 'version'],
      '1.0.0',
    );
  });

  test('what ran before the first release is what that one saw', () => {
    const one = {
      service: 'api',
      version: '1.1.0',
      commit: oid('b'),
      previous: { version: '1.0.0', commit: oid('a') },
    };
    expect(liveAfter({}, release, { outcome: 'finished', why: '', live: [one] })['api']?.previous).toEqual(
      ran('1.0.0', 'a'),
    );
  });

  test('a rollback puts what it left on hold, one that fails puts nothing there', () => {
    const end = { why: '', live: [], kind: 'rollback' as const, by: 'ada' };
    const target = { ...release, version: '1.0.0' };
    expect(holdsAfter({}, target, { ...end, outcome: 'finished', left: '1.1.0' })).toEqual({
      '1.1.0': { releaseId: 'r2', at: release.at, why: 'ada rolled it back' },
    });
    const said = { ...end, outcome: 'finished', left: '1.1.0', reason: 'checkout fails' } as const;
    expect(holdsAfter({}, target, said)['1.1.0']?.why).toBe('ada rolled it back: checkout fails');
    expect(holdsAfter({}, target, { ...end, outcome: 'rolled back' })).toEqual({});
  });

  test('rollbacks stand before hotfixes, and those before all others', () => {
    const one = (releaseId: string, kind?: 'hotfix' | 'rollback') => ({
      ...{ releaseId, runId: '', version: '', by: '', at: '' },
      ...(kind && { kind }),
    });
    const orders = [one('a'), one('b', 'hotfix'), one('c'), one('d', 'rollback'), one('e', 'hotfix')];
    const queue = orders.reduce<EnvironmentState['queue']>(placed, []);
    expect(queue.map(({ releaseId }) => releaseId)).toEqual(['d', 'b', 'e', 'a', 'c']);
  });
});

describe('rules by kind', () => {
  const rule = { approvers: ['ada'], required: 1, timeout: 1 };
  const approvals = [
    { ...rule, name: 'team' },
    { ...rule, name: 'on-call' },
  ];
  const gates = ['ci', 'blockers'].map((name) => ({
    kind: 'review' as const,
    name,
    wait: 0,
    guard: 'hard' as const,
    services: [],
  }));
  const hotfix = { gates: ['ci'], approvals: ['on-call'], verify: 0, monitor: 5 };
  const verify = { wait: 9, interval: 1, checks: [] };
  const environment = anEnvironment({ approvals, gates, hotfix, verify });

  test('a hotfix goes the shorter way; what is not said stays', () => {
    const rules = rulesFor(environment, 'hotfix');
    expect(rules.gates?.map(({ name }) => name)).toEqual(['ci']);
    expect([rules.verify.wait, rules.monitor.window]).toEqual([0, 5]);
    expect(approvalsFor(environment, 'hotfix').map(({ name }) => name)).toEqual(['on-call']);
    const plain = anEnvironment({ approvals, gates, verify });
    expect(rulesFor(plain, 'hotfix')).toBe(plain);
    expect(approvalsFor(plain, 'hotfix')).toBe(approvals);
  });

  test('a rollback asks no gate and, unless that is said, nobody; a normal release is as ever', () => {
    expect(rulesFor(environment, 'rollback')).toMatchObject({ gates: [], verify: { wait: 0 } });
    expect(approvalsFor(environment, 'rollback')).toEqual([]);
    const accept = { ...rule, name: 'accept', at: 'after-smoke' as const };
    const required = {
      ...environment,
      approvals: [...approvals, accept],
      rollback: { approvals: 'required' as const },
    };
    // Nobody's silence brings back what was left.
    expect(approvalsFor(required, 'rollback')).toEqual(approvals);
    expect(rulesFor(environment, 'normal')).toBe(environment);
  });
});
