import { describeProject } from '../../release/describe-project';
import type { GateRule } from '../../release/gate-rule';
import { renderPlan, renderPlanMarkdown } from '../../release/render-plan';
import { anEnvironment, aPlan, aProject, aService } from '../support/builders';

const common = { wait: 1_800_000, guard: 'hard', services: [] } as const;
const gates: readonly GateRule[] = [
  { kind: 'ci', name: 'ci', checks: ['lint', 'test'], ...common },
  { kind: 'ci', name: 'required-checks', checks: 'required', ...common, services: ['api'], guard: 'soft' },
  { kind: 'review', name: 'review', ...common },
  { kind: 'issues', name: 'issues', label: 'blocker', repository: 'shop/tickets', ...common },
  { kind: 'manifest', name: 'manifest', file: 'package.json', field: 'version', ...common },
  { kind: 'notes', name: 'notes', from: { in: 'file', file: 'CHANGELOG.md' }, ...common },
  { kind: 'command', name: 'command', command: { argv: ['./gate.sh'], timeout: 1_000 }, ...common, wait: 0 },
  { kind: 'http', name: 'http', url: 'https://gate.example', method: 'POST', headers: {}, timeout: 1, ...common },
];
const projectWith = (rules: readonly GateRule[]) => aProject([aService('api')], anEnvironment({ gates: rules }));

test('gates are said in sentences', () => {
  const lines = describeProject(projectWith(gates));
  const first = lines.findIndex((line) => line.startsWith('production:'));
  expect(lines[first]).toContain('; it has 8 gates besides the usual ones;');
  expect(lines.slice(first + 1, first + 9)).toEqual([
    '  gate ci: these checks must have passed at GitHub: lint, test, waited for up to 30m.',
    '  gate required-checks: the checks that the trunk requires at GitHub must have passed for api, waited for up to 30m, or a person overrides it.',
    '  gate review: every commit must have come through an approved pull request, waited for up to 30m.',
    '  gate issues: no issue of shop/tickets with the label blocker may be open, waited for up to 30m.',
    '  gate manifest: version in package.json must be the version.',
    '  gate notes: CHANGELOG.md must have notes of the version.',
    '  gate command: ./gate.sh must say yes.',
    '  gate http: https://gate.example must say yes, waited for up to 30m.',
  ]);
});

test('several approvals have a sentence each, under their names', () => {
  const go = { name: 'go', approvers: ['ada'], required: 1, timeout: 60_000 };
  const two = [go, { ...go, name: 'accept', at: 'after-smoke' as const }];
  const said = (approvals: typeof two) =>
    describeProject(aProject([aService('api')], anEnvironment({ approvals }))).filter((line) =>
      line.includes('approv'),
    );
  expect(said(two)).toEqual([
    expect.stringMatching(/^production: it asks for 2 approvals;/),
    '  approval go: 1 of ada must approve within 1m.',
    '  approval accept: 1 of ada must approve within 1m, after the smoke checks.',
  ]);
  expect(said([go])).toEqual([expect.stringMatching(/^production: 1 of ada must approve within 1m;/)]);
});

test('which gates there are is part of the digest', () => {
  const digests = [[], gates, gates.slice(1), gates.map((gate) => ({ ...gate, guard: 'soft' as const }))].map(
    (rules) => aPlan({ project: projectWith(rules) }).digest,
  );
  expect(new Set(digests).size).toBe(digests.length);
});

test('a plan shows what gates have seen, with links, and what they wait for', () => {
  const link = 'https://ci.example/runs/(7)|x';
  const report = {
    id: 'ci',
    hard: true,
    verdict: 'unknown' as const,
    detail: 'still going: test',
    evidence: [{ name: 'test', value: 'in_progress', link, at: '2026-01-02T10:00:00Z' }],
    pending: { since: '2026-01-02T10:00:00Z', until: '2026-01-02T10:30:00Z' },
  };
  const text = renderPlan(aPlan(), [report]);
  expect(text).toContain('? ci  waited for until 2026-01-02 10:30 UTC: still going: test');
  expect(text).toContain(`test: in_progress, 2026-01-02 10:00 UTC, ${link}`);
  expect(renderPlanMarkdown(aPlan(), [report])).toContain('](https://ci.example/runs/%287%29%7cx)');
});
