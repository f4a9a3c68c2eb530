import { changesOfRules, rulesIn } from '../../release/environment-rules';
import { withoutOrigin } from '../../release/environment-request';
import { defaultMay } from '../../release/acts';
import type { Environment, Project } from '../../release/project';
import { renderEnvironment } from '../../release/render-environment';
import { mustBeSigned } from '../../release/signed-word';
import { EnvironmentRecord } from '../../workflows/environment-record';
import { noteRules } from '../../workflows/word-rules';
import { aProject, aService, anEnvironment } from '../support/builders';

const project = (rules: Partial<Environment>): Project => {
  const { name } = anEnvironment();
  return aProject([aService('api')], { ...anEnvironment({ may: { ...defaultMay, freeze: ['ada'] } }), name, ...rules });
};
const { name: environment } = anEnvironment();
const asked = { environment, version: '1.0.0', commit: null, requestedBy: 'linus' };
const origin = { repository: 'shop.git', branch: 'main', file: 'slipway.yaml', commit: 'a'.repeat(40) };

test('what differs is told, each in words', () => {
  const before = rulesIn(project({}), environment);
  const after = rulesIn(project({ may: { ...defaultMay, freeze: ['eve'] }, stopLimit: 60_000 }), environment);
  expect(changesOfRules(before, before)).toEqual([]);
  expect(changesOfRules(before, after)).toEqual(['may.freeze is eve, no longer ada', 'stopLimit is 1m']);
});

test('a copy with weaker rules is said aloud, and changes nothing where words must be signed', () => {
  const record = new EnvironmentRecord();
  const weaker = project({ may: { ...defaultMay, freeze: ['eve'] } });
  const last = () => record.state.log.at(-1)?.text;
  noteRules(record, { ...asked, project: project({}) }, 'r1');
  noteRules(record, { ...asked, project: weaker }, 'r2');
  expect(last()).toBe('THE RULES FOR WORDS CHANGED with r2, asked for by linus: may.freeze is eve, no longer ada');
  noteRules(record, { ...asked, project: project({ signed: 'required' }), rules: origin }, 'r3');
  noteRules(record, { ...asked, project: weaker }, 'r4');
  expect(last()).toMatch(/^THE RULES FOR WORDS STAY/);
  expect(record.state.wordRules).toMatchObject({ with: 'r3', rules: { signed: 'required' } });
  noteRules(record, { ...asked, project: weaker, rules: origin }, 'r5');
  expect(record.state.wordRules).toMatchObject({ with: 'r5', rules: { signed: 'optional' } });
});

test('the page of an environment says what counts only signed, and what prints it', () => {
  const record = new EnvironmentRecord();
  const page = () => renderEnvironment('shop', environment, record.state);
  noteRules(record, { ...asked, project: project({}), rules: origin }, 'r1');
  expect(page()).not.toContain('must be signed');
  noteRules(record, { ...asked, project: project({ signed: 'required' }), rules: origin }, 'r2');
  expect(page()).toContain('unsigned nothing that is to be sent here counts but `rollback`. With `--print-payload`');
});

test('a request cannot say that its rules come from a protected commit', () => {
  const record = new EnvironmentRecord();
  noteRules(record, { ...asked, project: project({ signed: 'required' }) }, 'r1');
  const forged = { ...asked, requestId: 'x', project: project({}), rules: origin };
  expect(withoutOrigin(forged)).toEqual({ ...asked, project: project({}) });
  noteRules(record, withoutOrigin(forged), 'r2');
  expect(record.state.wordRules).toMatchObject({ with: 'r1', rules: { signed: 'required' } });
});

test.each([
  ['a stop, where anyone may', 'stop', {}, true],
  ['a rollback, where anyone may: no name is needed for it', 'rollback', {}, false],
  ['a rollback, where only some may', 'rollback', { rollback: ['ada'] }, true],
] as const)('of words that must be signed: %s', (_, kind, may, isSo) => {
  const rules = { may: { ...defaultMay, ...may } };
  expect(mustBeSigned({ ...rules, signed: 'required' }, kind)).toBe(isSo);
  expect(mustBeSigned({ ...rules, signed: 'optional' }, kind)).toBe(false);
});
