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
  const sentence = describeProject(projectWith(gates)).find((line) => line.startsWith('production:'));
  for (const words of [
    'besides the usual gates, these checks must have passed at GitHub: lint, test, waited for up to 30m',
    'the checks that the trunk requires at GitHub must have passed for api (required-checks), waited for up to 30m, or a person overrides it',
    'every commit must have come through an approved pull request',
    'no issue of shop/tickets with the label blocker may be open',
    'version in package.json must be the version and',
    'CHANGELOG.md must have notes of the version',
    './gate.sh must say yes and',
    'https://gate.example must say yes, waited for up to 30m',
  ])
    expect(sentence).toContain(words);
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
