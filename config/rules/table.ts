import { approvalNamesAreDifferent, approversAreDifferent, quorumIsReachable, somebodyIsAsked } from './approvals';
import {
  answersAreAwaited,
  bodiesHaveMethods,
  checkNamesAreDifferent,
  servicesHaveSmokeChecks,
  verifyChecksHaveNames,
} from './checks';
import { namesCanBePartOfIds } from './names';
import { afterHasNoCircles, afterNamesServices } from './order';
import { patternsTellTagsApart, placeholdersAreKnown } from './placeholders';
import {
  environmentsHaveOwnPointers,
  pointerIsNotTrunk,
  pointerIsNotVersionTag,
  pointersAreDifferent,
  rollbackTagsAreDifferent,
  wayBackIsThere,
} from './pointers';
import { databasesHaveBackups, servicesHaveRepositories, somethingIsReleased } from './presence';
import { referencesAreWellFormed, referencesStandWhereTheyAreResolved } from './references';
import type { Rule } from './rule';
import { addressesHoldNoPasswords, headersHoldNoSecrets } from './secrets';

/** Every rule that a file is judged by. */
export const rules: readonly Rule[] = [
  somethingIsReleased,
  namesCanBePartOfIds,
  servicesHaveRepositories,
  afterNamesServices,
  afterHasNoCircles,
  pointersAreDifferent,
  pointerIsNotVersionTag,
  pointerIsNotTrunk,
  rollbackTagsAreDifferent,
  wayBackIsThere,
  environmentsHaveOwnPointers,
  patternsTellTagsApart,
  placeholdersAreKnown,
  checkNamesAreDifferent,
  verifyChecksHaveNames,
  bodiesHaveMethods,
  answersAreAwaited,
  servicesHaveSmokeChecks,
  databasesHaveBackups,
  quorumIsReachable,
  approversAreDifferent,
  approvalNamesAreDifferent,
  somebodyIsAsked,
  referencesAreWellFormed,
  referencesStandWhereTheyAreResolved,
  addressesHoldNoPasswords,
  headersHoldNoSecrets,
];
