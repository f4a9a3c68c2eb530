import { renderEnvironment } from '../../release/render-environment';
import { breachLines, endWords, renderSoak, soakLines, soakNews } from '../../release/render-soak';
import { emptyEnvironment, type EnvironmentState, type ReleaseEnd } from '../../release/environment-state';
import type { Project } from '../../release/project';
import {
  accepted,
  afterLook,
  endInTime,
  isBreached,
  newAccount,
  reminded,
  replacementOf,
  soakAfter,
  soaksTold,
  type SoakAccount,
  type SoakLook,
  type SoakOrder,
} from '../../release/soak';
import { parseAcceptance, problemOfAccount, problemOfSoak } from '../../release/soak-messages';
import { parseProject } from '../../config/load-project';
import { describeProject } from '../../release/describe-project';
import { EnvironmentRecord } from '../../workflows/environment-record';

const place = { project: 'shop', environment: 'production' };
const releaseId = 'release/shop/production/1.2.0/1';
const at = (minute: number) => new Date(Date.UTC(2026, 2, 1, 10, minute)).toISOString();
const hour = 3_600_000;
const check = { kind: 'http', name: 'books', url: 'https://shop.example/' } as never;
const order: SoakOrder = {
  ...{ ...place, releaseId, runId: 'run', version: '1.2.0', checks: [check], interval: 60_000, remind: hour },
  ...{ services: { api: { version: '1.2.0', commit: 'b'.repeat(40) } }, from: at(0), until: at(24 * 60) },
};
const begun = newAccount(order, { at: at(0), heldBy: '' });

type Said = 'passed' | 'failed' | 'unknown';
const look = (minute: number, said: Readonly<Record<string, Said>>, verdict?: Said): SoakLook => ({
  results: Object.entries(said).map(([name, one]) => ({ name, verdict: one, detail: `${one} at ${minute}` })),
  ...(verdict && { verdict }),
  at: at(minute),
  remind: hour,
});
const after = (account: SoakAccount, ...args: Parameters<typeof look>) => afterLook(account, look(...args));
const breached = after(begun, 5, { books: 'failed', window: 'passed' }, 'failed');
const b1 = `${'1.2.0/1'}/b1`;
const yes = { breach: b1, by: 'ada', reason: 'the provider', at: at(6) };

const live = (commit: string | null, by = releaseId, version = '1.2.0'): EnvironmentState['live'] => ({
  api: { version, commit, since: at(0), releaseId: by, previous: null },
});

describe('what a look makes of a soak', () => {
  test('a check that fails is a breach, with what failed and since when', () => {
    const [fails] = breached.failing;
    expect(fails).toEqual({ name: 'books', detail: 'failed at 5', since: at(5), at: at(5) });
    expect(breached.breach).toMatchObject({
      id: b1,
      checks: [fails],
      remindAt: at(65),
      accepted: null,
      passesSince: null,
    });
    expect([isBreached(begun), isBreached(breached)]).toEqual([false, true]);
  });

  test('no answer is no breach: it is kept apart, and over when there is one', () => {
    const silent = after(begun, 5, { books: 'unknown' }, 'unknown');
    expect([isBreached(silent), silent.silence]).toEqual([false, { since: at(5), detail: 'books (unknown at 5)' }]);
    expect(after(silent, 20, { books: 'unknown' }, 'unknown').silence?.since).toBe(at(5));
    expect(after(silent, 20, { books: 'passed' }, 'passed').silence).toBeNull();
    expect(after(breached, 20, { books: 'unknown' }).failing).toEqual(breached.failing);
  });

  test('what fails too belongs to the breach that waits; when nothing of it fails any more that is known, and it waits on', () => {
    const both = after(breached, 10, { window: 'failed' }, 'failed');
    expect(both.breach?.checks.map(({ name }) => name)).toEqual(['books', 'window']);
    const passes = after(both, 20, { books: 'passed', window: 'passed' });
    expect([passes.failing, passes.breach?.passesSince, isBreached(passes)]).toEqual([[], at(20), true]);
    const again = after(passes, 30, { books: 'failed' }, 'failed');
    expect(again.breach).toMatchObject({
      id: b1,
      passesSince: null,
      checks: [{ name: 'window' }, { since: at(5), at: at(30) }],
    });
    expect(again.breaches).toBe(1);
  });

  test('what fails on after it was accepted asks nobody; once it has passed it is a new breach', () => {
    const word = accepted(breached, yes);
    expect([isBreached(word), accepted(breached, { ...yes, breach: 'b2' })]).toEqual([false, breached]);
    const on = after(word, 20, { books: 'failed' });
    expect([isBreached(on), on.failing[0]?.at]).toEqual([false, at(20)]);
    const anew = after(after(on, 30, { books: 'passed' }), 40, { books: 'failed' }, 'failed');
    expect(anew).toMatchObject({ breaches: 2, breach: { id: '1.2.0/1/b2', accepted: null } });
    expect(accepted(anew, yes)).toBe(anew);
  });

  test('people are reminded later each time, at most a day later, and not of what was accepted', () => {
    const due = (account: SoakAccount) => Date.parse(account.breach!.remindAt);
    expect(reminded(breached, due(breached) - 1, hour)).toBe(breached);
    const pauses: number[] = [];
    let account = breached;
    for (let n = 0; n < 7; n++) {
      const last = due(account);
      account = reminded(account, last, hour);
      pauses.push((due(account) - last) / hour);
    }
    expect([account.breach?.reminded, pauses]).toEqual([7, [2, 4, 8, 16, 24, 24, 24]]);
    const word = accepted(breached, yes);
    expect(reminded(word, Date.parse(at(600)), hour)).toBe(word);
  });

  test('it ends in one of three ways by itself', () => {
    const silent = after(begun, 5, { books: 'unknown' }, 'unknown');
    const how = [begun, accepted(breached, yes), silent].map((account) => endInTime(account, at(9)).how);
    expect(how).toEqual(['passed', 'accepted', 'unknown']);
    const words = endWords(silent, { how: 'unknown', at: at(9) });
    expect(words).toBe('the soak of 1.2.0 is over, and could not tell: books (unknown at 5)');
  });
});

describe('what follows a release', () => {
  const soak = { for: 24 * hour, interval: 60_000, remind: hour };
  const rules = (own: unknown, smoke: unknown[] = [check]) =>
    ({
      name: 'shop',
      services: { api: { name: 'api', smoke } },
      environments: { production: { soak: own } },
    }) as unknown as Project;
  const end = (more: Partial<ReleaseEnd>): ReleaseEnd => ({
    ...{ outcome: 'finished', why: '', project: rules(soak) },
    live: [{ service: 'api', version: '1.2.0', commit: 'b'.repeat(40) }],
    ...more,
  });
  const soaking = (more: Partial<ReleaseEnd>) => soakAfter(place, { releaseId, runId: 'run', at: at(0) }, end(more));

  test('is a soak of what it brought, where its rules say so', () =>
    expect(soaking({})).toEqual({ ...order, checks: [{ ...(check as object), name: 'api: books' }] }));

  test.each<[string, Partial<ReleaseEnd>]>([
    ['did not finish', { outcome: 'rolled back' }],
    ['has no rules, as a rollback', { project: undefined as never }],
    ['has rules of before there were soaks', { project: rules(undefined) }],
    ['has nothing to look at', { project: rules(soak, []) }],
    ['was told with rubbish for rules', { project: rules({ for: '24h', interval: -1, remind: null }) }],
  ])('is nothing after one that %s', (_, more) => expect(soaking(more)).toBeUndefined());

  test('what soaks is the commit that runs: a redeploy goes on with it, anything else replaces it', () => {
    const now = [live('b'.repeat(40)), live('b'.repeat(40), 'release/shop/production/1.2.0/2'), live(null), {}];
    expect(now.map((one) => replacementOf(begun, one))).toEqual([undefined, undefined, undefined, undefined]);
    const others = [live('c'.repeat(40), 'another'), live(null, 'lost', '')];
    expect(others.map((one) => replacementOf(begun, one))).toEqual(['another', 'lost']);
  });
});

describe('what an environment keeps of it', () => {
  test('what was accepted stays so, whatever a word says that had been sent before', () => {
    const kept = [{ ...accepted(breached, yes), told: 'word' }];
    const [one] = soaksTold(kept, { ...breached, at: at(7) });
    expect(one).toMatchObject({ at: at(7), told: 'word', breach: { accepted: { by: 'ada' } } });
    expect(soaksTold(kept, { ...breached, end: { how: 'passed', at: at(9) } })).toEqual([]);
    expect(soaksTold([], breached)).toEqual([breached]);
  });

  test('one that was begun anew learns of a soak by its word; one that was replaced is only told so', () => {
    const anew = new EnvironmentRecord({});
    anew.soakTold(breached, 'production');
    expect(anew.soaks).toEqual([breached]);
    expect(anew.state.log.at(-1)?.text).toContain('A PERSON MUST DECIDE: the soak of 1.2.0 was breached');
    const other = new EnvironmentRecord({ live: live('c'.repeat(40)) });
    other.soakTold(breached, 'production');
    expect([other.soaks, other.state.log]).toEqual([[breached], []]);
    other.soakReplaced(releaseId, 'another');
    expect(other.state.log.map(({ text }) => text)).toEqual(['the soak of 1.2.0 has ended: replaced by another']);
  });

  test('a release is ordered to soak once, and is still to be started by the run that follows', () => {
    const record = new EnvironmentRecord({});
    record.soakOrdered(order);
    record.soakOrdered(order);
    const next = new EnvironmentRecord(JSON.parse(JSON.stringify(record.state)) as EnvironmentState);
    expect(next.soaks).toEqual([{ ...begun, order }]);
    next.soakBegun(releaseId);
    expect(next.soaks).toEqual([begun]);
  });
});

describe('words', () => {
  test('validate says what is configured in a sentence', () => {
    const file = `
version: 1
project: shop
repository: { url: ./shop.git }
versions: commit
services:
  web:
    pointer: { kind: branch, name: production }
    live: { http: 'https://shop.example/version' }
    smoke: [{ http: 'https://shop.example/' }]
environments:
  production: { monitor: 10m, soak: 24h }
`;
    const { project } = parseProject(file, { file: 'slipway.yaml', folder: '/' });
    expect(project.environments['production']!.soak).toEqual({ for: 24 * hour, interval: 60_000, remind: hour });
    expect(describeProject(project).join(' ')).toContain(
      'it watches for 10m after; after that it soaks for 24h without the lock: a check that fails asks a person',
    );
  });

  test('say once what is new', () => {
    expect(soakNews('production', begun, breached)).toEqual([
      `A PERSON MUST DECIDE: the soak of 1.2.0 was breached (${b1}): books (failed at 5). slipway rollback production, or slipway soak production --accept, with --reason`,
    ]);
    expect(soakNews('production', breached, breached)).toEqual([]);
    const again = reminded(breached, Date.parse(at(65)), hour);
    expect(soakNews('production', breached, again)).toEqual([expect.stringContaining('MUST DECIDE, still')]);
    const silent = after(begun, 5, { books: 'unknown' }, 'unknown');
    expect(soakNews('production', begun, silent)[0]).toContain('could not tell, which is no breach');
  });

  test('a person who must decide reads what failed, and exactly what to send', () => {
    expect(breachLines('production', breached)).toEqual([
      `  A PERSON MUST DECIDE: the soak of 1.2.0 was breached (${b1}) at 2026-03-01 10:05 UTC`,
      '    books fails since 2026-03-01 10:05 UTC: failed at 5',
      '    to go back: `slipway rollback production --reason "…"`',
      '    to go on:   `slipway soak production --accept --reason "…"`',
    ]);
    const page = renderEnvironment('shop', 'production', { ...emptyEnvironment, soaks: [breached] });
    expect(page).toContain(`\`{"breach":"${b1}","by":"<you>","reason":"<why>"}\``);
    expect(page).toContain('"leaves":"1.2.0"');
    expect(renderSoak({ ...place, isUntold: false }, breached)).toContain('**A person must decide**');
    const held = soakLines('production', [{ ...begun, heldBy: 'release/shop/production/1.3.0/1' }]);
    expect(held[0]).toContain('nobody looks while release/shop/production/1.3.0/1 holds the environment');
  });

  test.each<[string, unknown]>([
    ['"reason" is missing', { by: 'ada', breach: b1 }],
    ['"breach" is missing', { by: 'ada', reason: 'x' }],
    ['"force" is not a field of it', { by: 'ada', reason: 'x', breach: b1, force: true }],
    ['needs an object', 'yes'],
  ])('of a person that are none are told why: %s', (problem, payload) =>
    expect(parseAcceptance(payload)).toEqual({ problem: expect.stringContaining(problem) as string }),
  );

  test.each<[string, (account: Record<string, unknown>) => unknown]>([
    ['another environment', (one) => ({ ...one, releaseId: 'release/shop/staging/1.2.0/1' })],
    ['no list', (one) => ({ ...one, failing: [{ name: 7 }] })],
    ['no breach', (one) => ({ ...one, breach: { id: b1 } })],
    ['no moment', (one) => ({ ...one, until: 'soon' })],
  ])('of a soak that are none are told so: %s', (_, change) => {
    expect(problemOfAccount(breached, place)).toBeUndefined();
    expect(problemOfAccount(change({ ...breached }), place)).toEqual(expect.any(String));
    expect([problemOfSoak(order), problemOfSoak(change({ ...order, checks: [] }))]).toEqual([
      undefined,
      expect.any(String),
    ]);
  });
});
