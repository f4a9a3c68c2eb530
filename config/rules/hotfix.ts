import { suggest } from '../nearest';
import type { Rule } from './rule';

/** What a hotfix must pass is a part of what every release must. */
export const hotfixesNameWhatThereIs: Rule = ({ environments }, { problem }) => {
  for (const { gates, approvals, hotfix } of environments) {
    const gateNames = gates.map(({ name, kind }) => name || kind).filter(Boolean);
    for (const { path, text } of hotfix.gates) {
      if (!gateNames.includes(text))
        problem(path, `this environment has no gate ${JSON.stringify(text)} of its own`, suggest(text, gateNames));
    }
    const names = approvals.map(({ name }, index) => {
      if (name !== '') return name;
      return approvals.length === 1 ? 'approval' : `approval-${index + 1}`;
    });
    for (const { path, text } of hotfix.approvals) {
      if (!names.includes(text))
        problem(path, `this environment has no approval ${JSON.stringify(text)}`, suggest(text, names));
    }
  }
};
