import type { WatchedService, WatchState } from '../../release/drift';
import { holdsAfter, liveAfter } from '../../release/environment-state';
import type { LiveService } from '../../release/live-service';
import type { Service } from '../../release/project';
import { planRestore } from '../../release/restore';
import { aProject, aService, oid } from '../support/builders';

const tag = aService('api').pointer as Extract<Service['pointer'], { kind: 'tag' }>;
const branch: Service['pointer'] = { kind: 'branch', name: 'production', undo: { by: 'force' }, builds: tag.builds };
const project = aProject([aService('api'), aService('web', { pointer: branch })]);

const ran = (version: string, digit: string) => ({ version, commit: oid(digit) });

const live = (digit = 'b'): LiveService => ({
  ...ran('1.1.0', digit),
  since: '2026-01-02T10:00:00Z',
  releaseId: 'release/shop/production/1.1.0/1',
  previous: ran('1.0.0', 'a'),
});

const inStep: WatchedService = {
  step: { verdict: 'passed', detail: 'it runs 1.1.0' },
  health: { verdict: 'passed', detail: '' },
  runs: ran('1.1.0', 'b'),
  drifted: 0,
  inStep: 2,
  unanswered: 0,
  unansweredSince: null,
  driftedSince: null,
  drift: null,
  seen: [],
};

const moved = (change: Partial<WatchedService> = {}): WatchedService => ({
  ...inStep,
  step: { verdict: 'failed', detail: 'it runs 1.0.0' },
  runs: ran('1.0.0', 'a'),
  drift: { since: '2026-01-03T10:00:00Z', detail: 'it runs 1.0.0', byHand: ['git push origin :refs/tags/v1.9.0'] },
  ...change,
});

const plan = (
  services: Readonly<Record<string, WatchedService>>,
  known = { api: live(), web: live() },
  its = project,
) => planRestore({ live: known, watch: { services } as WatchState }, its, 'production');

describe('what is put back', () => {
  test('only what has drifted, from what was seen to what the last release left', () => {
    expect(plan({ api: inStep, web: moved() })).toEqual({
      version: '1.1.0',
      goals: { web: { leaves: ran('1.0.0', 'a'), to: ran('1.1.0', 'b') } },
    });
  });

  test('also where what runs is no commit of the repository', () => {
    expect(plan({ web: moved({ runs: null }) })).toMatchObject({
      goals: { web: { leaves: { version: '', commit: null }, to: ran('1.1.0', 'b') } },
    });
  });

  test.each([
    ['nothing has drifted', { web: inStep }, 'production is in step already: there is nothing to put back'],
    [
      'the newest look saw it in step',
      { web: moved({ step: inStep.step }) },
      'production is in step already: there is nothing to put back',
    ],
    ['nobody has looked', {}, 'nothing is known to have drifted in production: see `slipway drift production`'],
  ])('nothing where %s', (_case, services: Readonly<Record<string, WatchedService>>, nothing) => {
    expect(plan(services)).toEqual({ nothing });
  });

  test('a tag that the host has not acted on cannot be taken back: the command is told', () => {
    expect(plan({ api: moved({ runs: ran('1.1.0', 'b') }) })).toMatchObject({
      refused: {
        code: 'RESTORE_BY_HAND',
        todo: expect.stringContaining('git push origin :refs/tags/v1.9.0') as string,
      },
    });
    expect(plan({ api: moved() })).toMatchObject({ goals: { api: { to: ran('1.1.0', 'b') } } });
  });

  test('what is not known is not guessed, and forward-only stays so', () => {
    const code = (...args: Parameters<typeof plan>) => {
      const made = plan(...args);
      return 'refused' in made ? made.refused.code : made;
    };
    expect(code({ web: moved() }, { api: live(), web: { ...live(), commit: null } })).toBe('ROLLBACK_UNKNOWN_TARGET');
    expect(code({ web: moved() }, undefined, aProject([aService('api')]))).toBe('ROLLBACK_UNKNOWN_TARGET');
    const none = aProject([aService('web', { pointer: { ...branch, undo: { by: 'none' } } })]);
    expect(code({ web: moved() }, undefined, none)).toBe('ROLLBACK_FORWARD_ONLY');
  });
});

describe('the record afterwards', () => {
  const at = '2026-01-04T10:00:00Z';
  const end = { why: '', kind: 'rollback', restores: true, left: '1.0.0' } as const;

  test('is what it was, with the moment at which it was put back; nothing is on hold', () => {
    const release = { releaseId: 'r9', at, version: '1.1.0' };
    const done = { ...end, outcome: 'finished', live: [{ service: 'web', ...ran('1.1.0', 'b') }] } as const;
    expect(liveAfter({ web: live() }, release, done)).toEqual({ web: { ...live(), restoredAt: at } });
    expect(holdsAfter({}, release, done)).toEqual({});
  });

  test('stays as it was where it could not be put back', () => {
    const failed = { ...end, outcome: 'rolled back', live: [{ service: 'web', ...ran('1.0.0', 'a') }] } as const;
    expect(liveAfter({ web: live() }, { releaseId: 'r9', at }, failed)).toEqual({ web: live() });
  });
});
