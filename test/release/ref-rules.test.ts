import { judgeChanges, type HostRules, type RefAct, type Ruleset } from '../../release/ref-rules';

const ruleset = (rules: string[], more: Partial<Ruleset> = {}): Ruleset => ({
  name: 'r',
  target: 'branch',
  include: ['~ALL'],
  exclude: [],
  rules,
  ...more,
});
const rulesOf = (one: Ruleset): HostRules => ({ defaultBranch: 'main', rulesets: [one], protections: [] });
const judge = (one: Ruleset, act: RefAct, ref = 'refs/heads/production') =>
  judgeChanges([{ ref, act }], rulesOf(one)).forbids.length > 0;

describe('rules of a git host', () => {
  test.each<[string, RefAct[]]>([
    ['creation', ['create']],
    ['deletion', ['delete']],
    ['non_fast_forward', ['force']],
    ['update', ['forward', 'force']],
    ['pull_request', ['forward', 'force']],
  ])('%s forbids exactly %j', (rule, acts) => {
    const all: RefAct[] = ['create', 'forward', 'force', 'delete'];
    expect(all.filter((act) => judge(ruleset([rule]), act))).toEqual(acts);
  });

  test('hold the refs that they name, and no others', () => {
    const tags = ruleset(['creation'], { target: 'tag', include: ['refs/tags/v*'], exclude: ['refs/tags/v1*'] });
    expect(judge(tags, 'create', 'refs/tags/v2.0.0')).toBe(true);
    expect(judge(tags, 'create', 'refs/tags/v1.0.0')).toBe(false);
    expect(judge(tags, 'create', 'refs/tags/v2/a')).toBe(false);
    expect(judge(tags, 'create', 'refs/heads/v2')).toBe(false);
    const trunk = ruleset(['deletion'], { include: ['~DEFAULT_BRANCH'] });
    expect(judge(trunk, 'delete', 'refs/heads/main')).toBe(true);
    expect(judge(trunk, 'delete')).toBe(false);
  });

  test('do not hold whom they let pass', () => {
    expect(judge(ruleset(['deletion'], { bypassed: true }), 'delete')).toBe(false);
  });

  test('that depend on what comes are a doubt, not a no', () => {
    const found = judgeChanges(
      [{ ref: 'refs/heads/production', act: 'forward' }],
      rulesOf(ruleset(['required_status_checks'])),
    );
    expect(found.forbids).toEqual([]);
    expect(found.doubts).toHaveLength(1);
  });
});
