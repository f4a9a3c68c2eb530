/** Every operation of the REST interface that the stand-in carries out, by its published name. */
import type { Operation, RepositoryOperation } from '../call-context';
import { appOperations, appRepositoryOperations } from './apps';
import { checkOperations } from './checks';
import { commitOperations } from './commits';
import { contentOperations } from './contents';
import { createCommit } from './create-commit';
import { generalOperations } from './general';
import { identityOperations } from './identities';
import { issueOperations } from './issues';
import { pullRequestOperations } from './pull-requests';
import { releaseOperations } from './releases';
import { refOperations } from './refs';
import { repositoryOperations } from './repositories';
import { ruleOperations } from './rules';

export const onRepositories: Readonly<Record<string, RepositoryOperation>> = {
  ...repositoryOperations,
  ...refOperations,
  ...commitOperations,
  'git/create-commit': { needs: ['contents', 'write'], run: createCommit },
  ...contentOperations,
  ...pullRequestOperations,
  ...checkOperations,
  ...issueOperations,
  ...releaseOperations,
  ...ruleOperations,
  ...appRepositoryOperations,
};

export const onTheRest: Readonly<Record<string, Operation>> = {
  ...generalOperations,
  ...identityOperations,
  ...appOperations,
};
