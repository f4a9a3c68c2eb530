import { allContributors, partsOf, strangersAmong, type Contributor } from '../../release/contributors';
import type { WhoIsWho } from '../../release/people';
import { renderPlan } from '../../release/render-plan';
import { aPlan, aProject, someFacts } from '../support/builders';

const project: WhoIsWho = {
  people: {
    ada: { name: 'ada', emails: ['ada@shop.example', 'ada@home.example'], github: 'ada-l', keys: [], bot: false },
    grace: { name: 'grace', emails: ['grace@shop.example'], keys: [], bot: false },
  },
};
const contributor = (change: Partial<Contributor>): Contributor => ({
  part: 'author',
  name: '',
  email: '',
  login: '',
  ...change,
});
const contributors = {
  people: [
    contributor({ name: 'Grace', email: 'ADA@home.example' }),
    contributor({ part: 'merger', login: 'Ada-L' }),
    contributor({ part: 'co-author', name: 'ada', email: 'somebody@else.example' }),
    contributor({ part: 'request author', login: 'unknown-login' }),
  ],
  gaps: [],
};

test('a person’s parts are found under every e-mail and login, and not by a name that anybody can write', () => {
  expect(partsOf(project, contributors, 'ada')).toEqual(['author', 'merger']);
  expect(partsOf(project, contributors, 'ada@shop.example')).toEqual(['author', 'merger']);
  expect(partsOf(project, contributors, 'grace')).toEqual([]);
});

test('without people a name stands for itself', () => {
  const people = [contributor({ name: 'Ada', email: 'ada@shop.example' })];
  expect(partsOf({}, { people, gaps: [] }, 'ada@shop.example')).toEqual(['author']);
  expect(partsOf({}, { people: [contributor({ name: 'ada' })], gaps: [] }, 'ada')).toEqual(['author']);
});

test('those whom nobody knows are told', () => {
  expect(strangersAmong(project, contributors).map(({ email, login }) => email || login)).toEqual([
    'somebody@else.example',
    'unknown-login',
  ]);
});

test('what git and its host know of one e-mail becomes one', () => {
  const all = allContributors([
    { people: [contributor({ name: 'Ada', email: 'ada@x.example' })], gaps: [] },
    { people: [contributor({ name: 'A', email: 'Ada@x.example', login: 'ada-l' })], gaps: [] },
  ]);
  expect(all.people).toEqual([contributor({ name: 'Ada', email: 'ada@x.example', login: 'ada-l' })]);
});

test('lists become one, in which each stands once for each part', () => {
  const same = contributor({ name: 'Other words', email: 'ada@HOME.example' });
  const all = allContributors([
    contributors,
    { people: [same, contributor({ part: 'co-author', email: same.email })], gaps: ['a'] },
    { people: [], gaps: ['a'] },
  ]);
  expect(all.people).toHaveLength(5);
  expect(all.gaps).toEqual(['a']);
});

test('commits in a plan are by the people of the project, known by e-mail or login', () => {
  const commit = { id: 'b'.repeat(40), subject: 'Add orders', author: 'A. L.', date: '2026-01-02T00:00:00Z' };
  const shown = [
    { ...commit, email: 'ADA@home.example' },
    { ...commit, email: 'else@where.example', login: 'ada-l' },
    { ...commit, author: 'ada', email: 'mallory@else.example' },
  ];
  const facts = [someFacts({ commits: { total: 3, shown } })];
  const plan = aPlan({ facts, project: { ...aProject(), people: project.people! } });
  expect(plan.services[0]?.commits.shown.map(({ person }) => person)).toEqual(['ada', 'ada', undefined]);
  expect(renderPlan(plan, [])).toContain('A. L. (ada, @ada-l): Add orders');
});
