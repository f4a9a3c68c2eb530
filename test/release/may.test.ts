import { mayWords, refuseAct, whoMay } from '../../release/may';
import { acts, defaultMay, type May } from '../../release/acts';
import type { WhoIsWho } from '../../release/people';
import { anEnvironment } from '../support/builders';

const project: WhoIsWho = {
  people: Object.fromEntries(
    ['ada', 'grace', 'linus'].map((name) => [name, { name, emails: [`${name}@shop.example`], keys: [], bot: false }]),
  ),
  teams: { leads: { name: 'leads', members: ['linus'] } },
};
const rule = { name: 'go', approvers: ['ada'], required: 1, timeout: 1_000 };
const environment = (may: Partial<May>, approvals = [rule]) =>
  anEnvironment({ approvals, may: { ...defaultMay, ...may } });

test('by default anyone asks, pauses and rolls back, and approvers do the rest', () => {
  const open = acts.filter((act) => refuseAct(project, environment({}), act, 'grace') === undefined);
  expect(open).toEqual(['request', 'pause', 'rollback', 'freeze', 'stop']);
  for (const act of acts) expect(refuseAct(project, environment({}), act, 'ADA@shop.example')).toBeUndefined();
});

test('where nobody is asked to approve, or anybody, everybody counts as an approver', () => {
  expect(refuseAct(project, environment({}, []), 'skipWait', 'mallory')).toBeUndefined();
  expect(refuseAct(project, environment({}, [{ ...rule, approvers: [] }]), 'skipWait', 'mallory')).toBeUndefined();
});

test('lists may hold people, teams and approvers, and a refusal names them all', () => {
  const own = environment({ rollback: ['leads', 'approvers'], request: ['grace'] });
  expect(refuseAct(project, own, 'rollback', 'linus@shop.example')).toBeUndefined();
  expect(refuseAct(project, own, 'rollback', 'ada')).toBeUndefined();
  expect(refuseAct(project, own, 'rollback', 'grace@shop.example')).toBe(
    'grace may not roll a release back in production; these may: linus, ada',
  );
  expect(refuseAct(project, own, 'request', 'mallory')).toBe(
    'mallory may not ask for a release in production; these may: grace',
  );
});

test('a release that was asked for before the file could say goes on as it began', () => {
  for (const act of acts.filter((each) => !['override', 'adopt', 'stopEverything'].includes(each))) {
    expect(refuseAct(project, anEnvironment({ approvals: [rule] }), act, 'mallory')).toBeUndefined();
  }
  expect(refuseAct(project, anEnvironment({ approvals: [rule] }), 'override', 'mallory')).toMatch(/may not override/);
});

test('who may ask for releases may freeze, unless the file says otherwise', () => {
  expect(whoMay({ may: { request: ['leads'] } }, 'freeze')).toEqual(['leads']);
  expect(whoMay({ may: { request: ['leads'], freeze: ['ada'] } }, 'freeze')).toEqual(['ada']);
  expect(mayWords(environment({ request: ['leads'], freeze: ['leads'] }))).toEqual(['leads may ask for a release']);
  expect(mayWords(environment({ freeze: ['leads'] }))).toEqual(['leads may announce or end a freeze']);
});

test('in words it says what is not as usual', () => {
  expect(mayWords(environment({ skipWait: ['anyone'], rollback: ['anyone'] }))).toEqual(['anyone may skip a wait']);
});
