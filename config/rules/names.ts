import { nameHint, namePattern } from '../schema/text';
import type { Rule } from './rule';

/** Names of services and environments become parts of workflow ids, refs and task queues. */
export const namesCanBePartOfIds: Rule = ({ services, environments }, { problem }) => {
  for (const { name, path } of [...services, ...environments]) {
    if (!namePattern.test(name)) problem(path, 'cannot be used as a name', nameHint, 'key');
    else if (isInEveryObject(name)) problem(path, 'is a word that JavaScript keeps for itself', otherName, 'key');
  }
};

/** Whether every JavaScript object has something of this name: looked up among others, it would always be found. */
export const isInEveryObject = (name: string): boolean => name in {};

const otherName = 'Give it another name.';
