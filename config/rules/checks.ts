import { parseDuration } from '../../release/durations';
import { nameOfHttpCheck } from '../names-of-checks';
import type { DraftCheck } from './draft';
import type { Rule } from './rule';

/** The checks of a list can be told apart. */
export const checkNamesAreDifferent: Rule = ({ services, environments }, { problem }) => {
  for (const checks of [
    ...services.map(({ smoke }) => smoke),
    ...environments.map((environment) => environment.checks),
  ]) {
    const names = checks.map(nameOf);
    for (const [index, { path, name }] of checks.entries()) {
      const called = names[index];
      if (called === undefined || names.indexOf(called) === index) continue;
      const at = name === '' ? path : [...path, 'name'];
      problem(
        at,
        `another check of this list is called ${JSON.stringify(called)}`,
        'Give it a name of its own: name: ….',
      );
    }
  }
};

/** In a verify wait people see only the name of a check, not the service that it belongs to. */
export const verifyChecksHaveNames: Rule = ({ environments }, { problem }) => {
  for (const check of environments.flatMap(({ checks }) => checks)) {
    if ('name' in check.fields) continue;
    problem(check.path, 'lacks name', 'Write for example name: old version is healthy.');
  }
};

/** A body is sent only by methods that have one. */
export const bodiesHaveMethods: Rule = ({ services, environments }, { problem }) => {
  for (const { path, fields } of allChecks(services, environments)) {
    const { method = 'GET', body } = fields;
    if (body === undefined || (method !== 'GET' && method !== 'HEAD')) continue;
    problem([...path, 'body'], `${method} sends no body`, 'Write method: POST, or leave the body out.', 'key');
  }
};

/** A limit on the answer's time can be exceeded only if the answer is waited for that long. */
export const answersAreAwaited: Rule = ({ services, environments }, { problem }) => {
  for (const { path, fields } of allChecks(services, environments)) {
    const { within, timeout } = fields;
    if (typeof within !== 'string' || typeof timeout !== 'string') continue;
    const [limit, patience] = [parseDuration(within), parseDuration(timeout)];
    if (!limit.ok || !patience.ok || limit.ms <= patience.ms) continue;
    problem(
      [...path, 'within'],
      `${within} is longer than the timeout, ${timeout}`,
      'Write a longer timeout, or none.',
    );
  }
};

/** Something proves that a moved service works. */
export const servicesHaveSmokeChecks: Rule = ({ services }, { warning }) => {
  for (const { path, smoke } of services) {
    if (smoke.length > 0) continue;
    const hint = 'Write for example smoke: [{ http: "${env:URL}/health", status: 200 }].';
    warning(path, 'no smoke check proves that a release of this service works', hint, 'key');
  }
};

const allChecks = (
  services: readonly { smoke: readonly DraftCheck[] }[],
  environments: readonly { checks: readonly DraftCheck[] }[],
) => [...services.flatMap(({ smoke }) => smoke), ...environments.flatMap(({ checks }) => checks)];

function nameOf({ name, fields }: DraftCheck): string | undefined {
  if (name !== '') return name;
  const { http, method = 'GET' } = fields;
  return typeof http === 'string' && typeof method === 'string' ? nameOfHttpCheck(method, http) : undefined;
}
