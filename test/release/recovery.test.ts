import type { FenceValue } from '../../release/fence';
import type { MigrationRow } from '../../release/migration';
import { allSteps, driftOf, judgeRecovery, migratedServices } from '../../release/recovery';
import type { RecoverySight, ServiceSight, UnfinishedRelease } from '../../release/unfinished-release';
import { problemOfRecovery } from '../../release/recovery-request';
import { recoveryLines } from '../../release/recovery-text';
import { undoOfMigrations, undoOfMove } from '../../release/undo';
import { aState, plan, shop } from './sample-release';

const [api, web] = plan.services as [(typeof plan.services)[0], (typeof plan.services)[0]];
const release = { ...aState().release, cluster: 'here/default' };

const unfinished: UnfinishedRelease = {
  release,
  order: { project: shop, environment: 'production', version: '1.2.0', commit: null, requestedBy: 'ada' },
  phase: 'moving',
  plan,
  approvals: [],
  undoRecords: [undoOfMigrations(api), undoOfMove(api)],
  undone: [],
  timeline: [],
};

const fence: FenceValue = {
  version: 1,
  state: 'held',
  holder: release.id,
  run: release.runId,
  cluster: release.cluster,
  number: 4,
  step: 'move:api',
  since: release.requestedAt,
  moved: [api.move.ref],
  undone: [],
};

const row: MigrationRow = {
  name: '0002-prices',
  checksum: 'c'.repeat(64),
  state: 'applied',
  releaseId: `${release.id}@${release.runId}`,
};

interface Seen {
  readonly fence?: Partial<FenceValue> | null | 'absent';
  readonly rows?: readonly Partial<MigrationRow>[] | null;
  readonly at?: Readonly<Record<string, string | null>>;
  readonly life?: RecoverySight['life'];
  readonly isRecovering?: boolean;
}

/** Between its two pointer moves, but for what is said. */
function sight({
  fence: seen = {},
  rows = [{}],
  at = {},
  life = 'gone',
  isRecovering = false,
}: Seen = {}): RecoverySight {
  const services = [api, web].map(({ service, move }): ServiceSight => {
    const value = { ...fence, ...(typeof seen === 'string' ? {} : seen) };
    return {
      service,
      fence: seen === null ? null : seen === 'absent' ? { state: 'absent' } : { state: 'seen', value },
      pointer: seen === null ? null : { at: at[service] ?? (service === 'api' ? move.to : move.from) },
      rows: service === 'api' ? rows && rows.map((over) => ({ ...row, ...over })) : [],
      live: '1.1.0',
      doubts: [],
    };
  });
  return { life, isRecovering, services };
}

const both = [api.move.ref, web.move.ref];
const found = (judged: ReturnType<typeof judgeRecovery>) => judged.steps.map((step) => step.found);
const offered = (judged: ReturnType<typeof judgeRecovery>) =>
  judged.offers.map(({ action, outcome }) => `${action} → ${outcome}`);

describe('what became of an unfinished release', () => {
  test.each<[string, Seen, string[], string[]]>([
    [
      'between its pointer moves it can be undone, finished or left',
      {},
      ['done', 'done', 'not done'],
      ['undo → rolled back', 'finish → finished', 'close → abandoned'],
    ],
    [
      'in the middle of its migrations as well',
      { rows: [], fence: { moved: [] } },
      ['not done', 'not done', 'not done'],
      ['undo → rolled back', 'finish → finished', 'close → stopped'],
    ],
    [
      'once its rollback has begun it cannot be finished',
      { fence: { state: 'undoing', undone: [api.move.ref] } },
      ['done', 'undone', 'not done'],
      ['undo → rolled back', 'close → abandoned'],
    ],
    [
      'with everything put back, and the environment still held, it can be proven',
      { fence: { state: 'undoing', undone: [api.move.ref] }, rows: [{ state: 'reverted' }] },
      ['undone', 'undone', 'not done'],
      ['undo → rolled back', 'close → rolled back'],
    ],
    [
      'one that had succeeded and let go is only recorded',
      { fence: { state: 'free', moved: both } },
      ['done', 'done', 'done'],
      ['close → finished'],
    ],
    [
      'one that had been rolled back and let go as well',
      { fence: { state: 'free', undone: [api.move.ref] }, rows: [{ state: 'reverted' }] },
      ['undone', 'undone', 'not done'],
      ['close → rolled back'],
    ],
    [
      'where another release has the environment, what stands is only told',
      { fence: { holder: 'release/shop/production/1.3.0/1' } },
      ['done', 'could not tell', 'not done'],
      ['close → abandoned'],
    ],
    [
      'a later run of the same id is another release',
      { fence: { run: 'another' }, rows: [{ releaseId: `${release.id}@another` }] },
      ['not done', 'could not tell', 'not done'],
      ['close → abandoned'],
    ],
    [
      'a fence of the same name on another Temporal is not ours',
      { fence: { cluster: 'there/default' } },
      ['done', 'could not tell', 'not done'],
      ['close → abandoned'],
    ],
    [
      'without the fence nothing is guessed',
      { fence: 'absent' },
      ['done', 'could not tell', 'not done'],
      ['close → abandoned'],
    ],
    [
      'a repository without an answer is no word on its pointers',
      { fence: null },
      ['done', 'could not tell', 'could not tell'],
      ['close → abandoned'],
    ],
    [
      'a database without an answer is no word on its migrations',
      { rows: null },
      ['could not tell', 'done', 'not done'],
      ['close → abandoned'],
    ],
    [
      'a migration that is neither here nor there is not judged',
      { rows: [{ state: 'running' }] },
      ['could not tell', 'done', 'not done'],
      ['close → abandoned'],
    ],
    ['one that runs is left alone', { life: 'running' }, ['done', 'done', 'not done'], []],
    ['so is one of which Temporal does not tell', { life: 'could not tell' }, ['done', 'done', 'not done'], []],
    ['and one that is being recovered', { isRecovering: true }, ['done', 'done', 'not done'], []],
  ])('%s', (_, seen, steps, offers) => {
    const judged = judgeRecovery(unfinished, sight(seen));
    expect({ steps: found(judged), offers: offered(judged) }).toEqual({ steps, offers });
    if (offers.length < 3) expect(judged.notes).not.toEqual([]);
  });

  test.each(['rolling back', 'proving', 'needs attention'])('one that had failed (%s) is not finished', (phase) => {
    expect(offered(judgeRecovery({ ...unfinished, phase }, sight()))).toEqual([
      'undo → rolled back',
      'close → abandoned',
    ]);
  });

  test('nor is one that had failed before a recovery of it died, whatever phase that was in', () => {
    const at = release.requestedAt;
    const timeline = [
      { n: 9, at, kind: 'phase' as const, text: 'rolling back' },
      { n: 1_010, at, kind: 'phase' as const, text: 'waiting for lock' },
    ];
    expect(offered(judgeRecovery({ ...unfinished, phase: 'waiting for lock', timeline }, sight()))).toEqual([
      'undo → rolled back',
      'close → abandoned',
    ]);
  });

  test('one that registered nothing has changed nothing', () => {
    const judged = judgeRecovery({ ...unfinished, undoRecords: [] }, sight({ fence: { state: 'held', moved: [] } }));
    expect(judged).toMatchObject({ steps: [], offers: [{ action: 'close', outcome: 'stopped' }] });
  });

  test('one of another Temporal can be recovered, with a word that this one is gone', () => {
    const judged = judgeRecovery(unfinished, sight({ life: 'elsewhere' }));
    expect(offered(judged)).toHaveLength(3);
    expect(judged.notes).toEqual([expect.stringContaining('--temporal-gone')]);
  });

  test('a release whose ledger says that steps were left has not been rolled back whole', () => {
    const undone = [{ step: 'move:api', service: 'api', how: 'skipped' as const, detail: '' }];
    const seen = { fence: { state: 'free' as const }, rows: [{ state: 'applied' as const }] };
    expect(offered(judgeRecovery({ ...unfinished, undone }, sight(seen)))).toEqual(['close → abandoned']);
  });

  test('steps that may have missed the ledger are undone too, in the order of the plan', () => {
    expect(allSteps(unfinished).map(({ step }) => step)).toEqual(['migrate:api', 'move:api', 'move:web']);
    expect(allSteps({ ...unfinished, undoRecords: [undoOfMove(api)] }).map(({ step }) => step)).toEqual([
      'migrate:api',
      'move:api',
      'move:web',
    ]);
    expect(allSteps({ ...unfinished, undoRecords: [] })).toEqual([]);
  });

  test('drift is what stands, and only a whole set of migrations counts as migrated', () => {
    const { steps } = judgeRecovery(unfinished, sight());
    expect(driftOf(steps)).toEqual([
      'migrate:api: done, 0002-prices ran',
      'move:api: done, refs/tags/v1.2.0 was moved',
    ]);
    expect(migratedServices(steps)).toEqual(['api']);
    expect(migratedServices(judgeRecovery(unfinished, sight({ rows: [] })).steps)).toEqual([]);
  });

  test('people read what it did, what stands, and what they can type', () => {
    const seen = sight();
    const judged = judgeRecovery(unfinished, seen);
    const text = recoveryLines({ release, requestedBy: 'ada', phase: 'moving', judged, sight: seen, unfinished: null });
    expect(text.join('\n')).toBe(
      `release/shop/production/1.2.0/1
  asked for by ada, 2026-03-01 10:00 UTC; its last word: moving. Nobody runs it: it was terminated, or Temporal no longer knows it.
  ✓ migrate:api  done: 0002-prices ran
  ✓ move:api     done: refs/tags/v1.2.0 was moved
  · move:web     not done: refs/heads/production was not moved
  Live now: api 1.1.0, web 1.1.0
  What can be done, the best first:
    slipway recover production/1.2.0/1 --undo                 puts back migrate:api, move:api in reverse order, and proves that the old version is live
    slipway recover production/1.2.0/1 --finish               goes on with the approved plan where it stopped; whatever fails then is rolled back
    slipway recover production/1.2.0/1 --close --reason TEXT  leaves everything as it is, records what differs, and lets the environment go`,
    );
  });
});

describe('the input of a recovery', () => {
  const input = { unfinished, action: 'undo', by: 'grace', reason: 'it was terminated', temporalGone: false };

  test('is taken as the command line sends it', () => {
    expect(problemOfRecovery(input)).toBeUndefined();
  });

  test.each([
    [null, 'no object'],
    [{ ...input, action: 'burn' }, '"action"'],
    [{ ...input, by: ' ' }, '"by"'],
    [{ ...input, reason: undefined }, '"reason"'],
    [{ ...input, unfinished: [] }, '"unfinished"'],
    [{ ...input, unfinished: { ...unfinished, undoRecords: 3 } }, 'undoRecords'],
    [{ ...input, unfinished: { ...unfinished, release: { ...release, cluster: null } } }, 'cluster'],
    [{ ...input, unfinished: { ...unfinished, plan: {} } }, 'plan'],
    [{ ...input, unfinished: { ...unfinished, order: { ...unfinished.order, project: {} } } }, 'order'],
  ])('is refused where it is rubbish: %#', (rubbish, words) => {
    expect(problemOfRecovery(rubbish)).toContain(words);
  });
});
