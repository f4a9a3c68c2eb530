import type { Rule } from './rule';

/** A soak repeats the smoke checks: without any, nobody would look. */
export const soaksHaveChecks: Rule = ({ environments, services }, { problem }) => {
  if (services.some(({ smoke }) => smoke.length > 0)) return;
  for (const { path, form, isObserved } of environments) {
    if (form['soak'] === undefined || isObserved) continue;
    const hint = 'Write for example smoke: [{ http: "${env:URL}/health", status: 200 }] in a service.';
    problem([...path, 'soak'], 'a soak repeats the smoke checks, and no service has one', hint, 'key');
  }
};
