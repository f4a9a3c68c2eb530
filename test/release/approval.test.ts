import { approvalStandings, isApproved, type Approval, type Said } from '../../release/approval';
import { placeOf } from '../../release/approval-place';
import type { Contributors } from '../../release/contributors';
import type { Decision } from '../../release/decision';
import { approvalByRequest, judgeApproval, type ApprovalCase } from '../../release/judge-approval';
import type { WhoIsWho } from '../../release/people';
import type { Plan } from '../../release/plan';
import type { ApprovalRule } from '../../release/project';
import { whoIsLeft } from '../../release/who-is-left';
import { aDecision, anEnvironment, aPlan, aProject, aScript, aService, aTagMove, someFacts } from '../support/builders';

const aRule = (change: Partial<ApprovalRule> = {}): ApprovalRule => ({
  ...{ name: 'go', approvers: ['ada', 'grace', 'linus'], required: 1, timeout: 1_000 },
  ...change,
});

const team: WhoIsWho = {
  people: {
    ada: { name: 'ada', emails: ['ada@shop.example', 'ada@home.example'], github: 'ada-l', keys: [], bot: false },
    grace: { name: 'grace', emails: ['grace@shop.example'], keys: [], bot: false },
    linus: { name: 'linus', emails: ['linus@shop.example'], keys: [], bot: false },
  },
};

const by = (...people: [Contributors['people'][number]['part'], string][]): Contributors => ({
  people: people.map(([part, email]) => ({ part, email, name: '', login: '' })),
  gaps: [],
});

const planOf = (rules: readonly ApprovalRule[], contributors = by(['author', 'linus@shop.example'])): Plan =>
  aPlan({ rules, facts: [someFacts({ contributors })] });

const caseOf = (plan: Plan, change: Partial<ApprovalCase> = {}): ApprovalCase => ({
  ...{ plan, place: 'before-migrating', requestedBy: 'deploys', project: {}, approvals: [] },
  ...change,
});

const yes = (plan: Plan, who: string, change: Partial<Decision> = {}) =>
  aDecision('approve', { by: who, person: who, digest: plan.digest, ...change });

const approval = (plan: Plan, who: string, change: Partial<Approval> = {}): Approval => ({
  ...{ by: who, digest: plan.digest, decisionId: who, comment: '', at: '' },
  ...change,
});

const refused = (release: ApprovalCase, decision: Decision): string => {
  const judged = judgeApproval(release, decision);
  return 'refused' in judged ? judged.refused : `counts for ${judged.counts.join(', ')}`;
};

describe('approvals', () => {
  const plan = planOf([
    aRule({ name: 'tech', approvers: ['ada', 'grace'] }),
    aRule({ name: 'both', approvers: ['ada', 'linus'], required: 2 }),
  ]);
  const said = (...approvals: Approval[]): Said => ({ approvals });

  test('count once for every rule that names the person', () => {
    expect(approvalStandings(plan, said(approval(plan, 'ada'))).map(({ missing }) => missing)).toEqual([0, 1]);
    expect(isApproved(plan, said(approval(plan, 'ada'), approval(plan, 'linus')))).toBe(true);
    expect(isApproved(plan, said(approval(plan, 'ada'), approval(plan, 'ada')))).toBe(false);
  });

  test('of another plan do not count', () => {
    const old = { digest: 'f'.repeat(64) };
    expect(isApproved(plan, said(approval(plan, 'ada', old), approval(plan, 'linus')))).toBe(false);
    expect(refused(caseOf(plan), yes(plan, 'ada', { digest: 'f'.repeat(12) }))).toMatch(
      /names plan ffffffffffff, but the plan is now/,
    );
  });

  test('by a stranger or a second time are refused', () => {
    expect(refused(caseOf(plan), yes(plan, 'mallory'))).toBe(
      'mallory is no approver here (approvers: ada, grace, linus)',
    );
    const once = caseOf(plan, { approvals: [approval(plan, 'ada')] });
    expect(refused(once, yes(plan, 'ada'))).toBe('ada has approved this plan already');
    expect(refused(once, yes(plan, 'ada', { proof: 'signed' }))).toBe('counts for tech, both');
    expect(refused(caseOf(plan), yes(plan, 'ada', { digest: plan.digest.slice(0, 8) }))).toBe('counts for tech, both');
  });

  test('must acknowledge that there is no way back, at the first place that asks', () => {
    const facts = [someFacts({ relation: 'first', move: aTagMove({ previous: null }) })];
    const first = aPlan({ rules: [aRule(), aRule({ name: 'accept', at: 'after-smoke' })], facts });
    expect(refused(caseOf(first), yes(first, 'ada'))).toMatch(/must acknowledge no-way-back:api/);
    expect(refused(caseOf(first), yes(first, 'ada', { acknowledge: ['no-way-back:api'] }))).toBe('counts for go');
    expect(refused(caseOf(first, { place: 'after-smoke' }), yes(first, 'ada'))).toBe('counts for accept');
  });

  test('are not given where nobody is asked, as when only a gate must be overridden', () => {
    const later = planOf([aRule({ at: 'after-smoke' })]);
    expect(refused(caseOf(later), yes(later, 'ada'))).toBe('nobody is asked to approve it here');
  });

  test('count at the place at which they were given, and there only', () => {
    const rules = [aRule(), aRule({ name: 'accept', at: 'after-smoke' })];
    const later = planOf(rules);
    const before = { approvals: [approval(later, 'ada')] };
    expect(isApproved(later, before, 'before-migrating')).toBe(true);
    expect(isApproved(later, before, 'after-smoke')).toBe(false);
    expect(refused(caseOf(later, { ...before, place: 'after-smoke' }), yes(later, 'ada'))).toBe('counts for accept');
  });

  test('must say something where that is asked for', () => {
    const strict = planOf([aRule({ comment: 'required' })]);
    expect(refused(caseOf(strict), yes(strict, 'ada'))).toBe('go needs a comment: say what you have looked at');
    expect(refused(caseOf(strict), yes(strict, 'ada', { comment: 'the diff' }))).toBe('counts for go');
  });

  test('wait until the checklist is ticked, for this plan', () => {
    const listed = planOf([aRule({ checklist: ['seen on DEV', 'team ready'] })]);
    const tick = (item: string, digest = listed.digest) => ({
      ...{ list: 'approval:go', item, by: 'grace', proof: 'claimed' as const, digest, decisionId: item, at: '' },
    });
    const half = caseOf(listed, { ticks: [tick('seen on DEV'), tick('team ready', 'f'.repeat(64))] });
    expect(refused(half, yes(listed, 'ada'))).toMatch(/the checklist of go is not done: team ready; tick it/);
    const done = { ticks: [tick('seen on DEV'), tick('team ready')] };
    expect(refused(caseOf(listed, done), yes(listed, 'ada'))).toBe('counts for go');
    // What is taken back later takes the approval's effect with it.
    expect(isApproved(listed, { ...done, approvals: [approval(listed, 'ada', { counts: ['go'] })] })).toBe(true);
    expect(isApproved(listed, { ...half, approvals: [approval(listed, 'ada', { counts: ['go'] })] })).toBe(false);
  });
});

describe('four eyes', () => {
  const all = aRule({ not: ['author', 'co-author', 'merger', 'requester'] });
  const judge = (who: string, contributors: Contributors, change: Partial<ApprovalCase> = {}, rule = all) => {
    const plan = planOf([rule], contributors);
    return refused(caseOf(plan, { project: team, requestedBy: 'linus', ...change }), yes(plan, who));
  };

  test.each([
    ['an author', 'author', 'ada@shop.example', /ada is an author of its commits/],
    ['an author under another e-mail', 'author', 'ADA@home.example', /ada is an author of its commits/],
    ['an author whose e-mail GitHub hides', 'author', '7+ada-l@users.noreply.github.com', /ada is an author/],
    ['a co-author by a trailer', 'co-author', 'ada@home.example', /ada is a co-author of its commits/],
    ['who opened the pull request', 'request author', 'ada@shop.example', /ada is an author of its pull requests/],
    ['who merged it', 'merger', 'ada@shop.example', /ada is who merged its pull requests/],
  ] as const)('are not those of %s', (_, part, email, why) => {
    expect(judge('ada', by([part, email]))).toMatch(why);
    expect(judge('grace', by([part, email]))).toBe('counts for go');
  });

  test('are not those of who asked for the release, whatever they are called', () => {
    for (const requestedBy of ['ada', 'Ada Lovelace <ada@home.example>', 'ada-l']) {
      expect(judge('ada', by(), { requestedBy })).toMatch(/ada asked for this release/);
    }
    expect(judge('ada', by(), { requestedBy: 'mallory' })).toMatch(
      /could not be told whether ada asked for this release: nobody under `people` is called mallory/,
    );
  });

  test('are told apart only where it is known who made the commits', () => {
    expect(judge('ada', by(['author', 'who@else.example']))).toMatch(
      /could not be told whether ada had a part in what is released: nobody under `people` is called who@else.example; write/,
    );
    expect(judge('ada', { people: [], gaps: ['the history is shallow'] })).toMatch(/the history is shallow; ask for/);
    expect(judge('ada', by(), { project: {}, requestedBy: 'linus' })).toMatch(/slipway.yaml names no people/);
    const older = planOf([all]);
    // As it was written then.
    const plan = JSON.parse(
      JSON.stringify(older, (key, value: unknown) => (key === 'contributors' ? undefined : value)),
    ) as Plan;
    const release = caseOf(plan, { project: team, requestedBy: 'linus' });
    expect(refused(release, yes(plan, 'ada'))).toMatch(/the plan does not say who made its commits/);
  });

  test('of people are not in doubt because of a program, or of a part that nobody asks about', () => {
    expect(judge('ada', by(['author', '49+renovate[bot]@users.noreply.github.com']))).toBe('counts for go');
    const requester = aRule({ not: ['requester'] });
    expect(judge('ada', by(['author', 'who@else.example']), {}, requester)).toBe('counts for go');
    const coAuthor = aRule({ not: ['co-author'] });
    expect(judge('ada', by(['author', 'ada@shop.example']), {}, coAuthor)).toBe('counts for go');
  });

  test('are passed over by an override of a soft guard, and then one approval is enough; a hard one stays', () => {
    const overrides = [{ guard: 'approval:go', by: 'grace', reason: 'payments are down', at: '' }];
    const soft = { ...all, guard: 'soft' as const, required: 2 };
    expect(judge('ada', by(['author', 'ada@shop.example']), {}, soft)).toMatch(
      /\(or override approval:go, with a reason\)$/,
    );
    expect(judge('ada', by(['author', 'ada@shop.example']), { overrides }, soft)).toBe('counts for go');
    expect(judge('ada', by(['author', 'ada@shop.example']), { overrides })).toMatch(/ada is an author/);
    const plan = planOf([soft, { ...all, name: 'hard', required: 2 }]);
    const standings = approvalStandings(plan, {
      overrides,
      approvals: [approval(plan, 'ada', { counts: ['go', 'hard'] })],
    });
    expect(standings.map(({ missing, overridden }) => [missing, overridden])).toEqual([
      [0, true],
      [1, false],
    ]);
  });
});

describe('a request that counts', () => {
  const rule = aRule({ requestCounts: true, required: 2 });
  const request = (change: Partial<ApprovalCase> = {}, rules = [rule]) =>
    approvalByRequest(caseOf(planOf(rules), { requestedBy: 'ada@home.example', project: team, ...change }), '');

  test('is an approval of the rules that say so, by the one name of who asked', () => {
    expect(request({}, [rule, aRule({ name: 'other' })])).toMatchObject({
      by: 'ada',
      counts: ['go'],
      proof: 'claimed',
    });
  });

  test.each([
    ['of a stranger', { requestedBy: 'mallory' }, rule],
    ['of one who is no approver', {}, aRule({ requestCounts: true, approvers: ['grace'] })],
    ['of an author', {}, aRule({ requestCounts: true, not: ['author'] })],
    ['where a comment is needed', {}, aRule({ requestCounts: true, comment: 'required' })],
    ['where it should be signed', {}, aRule({ requestCounts: true, signed: 'required' })],
    ['where something is to be ticked', {}, aRule({ requestCounts: true, checklist: ['seen'] })],
  ] as const)('is none %s', (_, change, asked) => {
    const plan = planOf([asked], by(['author', 'ada@shop.example']));
    const release = caseOf(plan, { requestedBy: 'ada', project: team, ...change });
    expect(approvalByRequest(release, '')).toBeUndefined();
  });
});

describe('the approvals that are due', () => {
  const rules = [
    aRule({ name: 'accept', at: 'after-smoke' }),
    aRule({ name: 'dba', when: 'migrations' }),
    aRule({ name: 'data', when: 'destructive', at: 'before-moving' }),
    aRule({ name: 'team' }),
  ];
  const due = (scripts: Parameters<typeof aScript>[1][]) => {
    const database = {
      access: { verdict: 'passed' as const, detail: '' },
      scripts: scripts.map((change, index) => aScript(`00${index}`, change)),
      pending: scripts.map((_, index) => `00${index}`),
      ...{ rows: [], problems: [] },
    };
    const configured = {
      ...{ url: 'postgres://db', migrations: 'db', onRollback: 'keep' as const },
      backup: { kind: 'none' as const, reason: 'can be rebuilt' },
      limits: { lockTimeout: 200, statementTimeout: 1_000, lockPatience: 1_000 },
    };
    const project = aProject([aService('api', { database: configured })], anEnvironment({ approvals: rules }));
    return aPlan({ project, facts: [someFacts({ database })] }).approvals.map((rule) => [rule.name, placeOf(rule)]);
  };

  test('are those of this release, in the order of their places', () => {
    expect(due([])).toEqual([
      ['team', 'before-migrating'],
      ['accept', 'after-smoke'],
    ]);
    expect(due([{}]).map(([name]) => name)).toEqual(['dba', 'team', 'accept']);
    expect(due([{}, { destroys: 'DROP TABLE at line 1' }]).map(([name]) => name)).toEqual([
      'dba',
      'team',
      'data',
      'accept',
    ]);
  });
});

describe('who is left', () => {
  const project = { ...team, teams: { ops: { name: 'ops', members: [], github: { org: 'shop', slug: 'ops' } } } };
  const left = (rule: ApprovalRule, made = by(['author', 'ada@home.example'], ['co-author', 'grace@shop.example'])) => {
    const plan = planOf([rule], made);
    const [standing] = approvalStandings(plan, { approvals: [] });
    return whoIsLeft(standing!, { services: plan.services, project, requestedBy: 'deploys' });
  };
  const others = { not: ['author', 'co-author'] as const, required: 2 };

  test('is said with a way on where they are too few', () => {
    expect(left(aRule({ ...others, guard: 'soft' }))).toEqual({
      people: ['linus'],
      stuck:
        'go needs 2 more, and only linus may still say yes: ada, grace had a part in it, or asked for it. What can be done: override approval:go, with a reason, or reject it, and have more people named in slipway.yaml',
    });
    expect(left(aRule({ ...others, approvers: ['ada'], required: 1 })).stuck).toMatch(
      /^go needs 1 more, and nobody may still say yes: .* What can be done: reject it, and have/,
    );
  });

  test('is nobody where an author is unknown, and it is said whom to name', () => {
    const { people, stuck } = left(aRule(others), by(['author', 'eve@elsewhere.example']));
    expect(people).toEqual([]);
    expect(stuck).toMatch(/nobody may still say yes: .*nobody under `people` is called eve@elsewhere\.example/);
  });

  test('is not said where they are enough, or where GitHub knows more of them', () => {
    expect(left(aRule({ ...others, required: 1 }))).toEqual({ people: ['linus'] });
    expect(left(aRule({ ...others, approvers: ['ada', 'ops'] }))).toEqual({ people: ['ops'] });
    expect(left(aRule({ approvers: [], required: 3 }))).toEqual({ people: [] });
  });
});
