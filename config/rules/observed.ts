import type { Rule } from './rule';

/** What an environment that somebody else deploys to can have: what says how it is looked at. */
const allowed = ['observed', 'drift', 'embedded'];

/** Where no release goes, no rule for releases is meant. */
export const observedAreOnlyLookedAt: Rule = ({ environments }, { problem }) => {
  for (const { name, path, isObserved, form } of environments) {
    if (!isObserved) continue;
    for (const key of Object.keys(form)) {
      if (allowed.includes(key)) continue;
      const message = `${name} is observed: no release goes there, so ${key} would never count`;
      problem([...path, key], message, 'Take it out, or take `observed: true` out.', 'key');
    }
    if (form['drift'] === 'off') {
      const message = `${name} is observed, and would never be looked at`;
      problem([...path, 'drift'], message, 'Write drift: { every: 5m }, or leave it out.');
    }
  }
};

/** A tag asks for no release to an environment that somebody else deploys to. */
export const triggersReleaseNothingObserved: Rule = ({ environments, triggers }, { problem }) => {
  const observed = environments.filter(({ isObserved }) => isObserved).map(({ name }) => name);
  for (const { environment } of triggers) {
    if (!environment || !observed.includes(environment.text)) continue;
    const message = `${environment.text} is observed: somebody else deploys to it`;
    problem(environment.path, message, 'Name another environment.');
  }
};
