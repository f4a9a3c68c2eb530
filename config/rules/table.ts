import {
  approvalNamesAreDifferent,
  approversAreDifferent,
  quorumIsReachable,
  quorumIsSigned,
  signersHaveKeys,
  somebodyIsAsked,
} from './approvals';
import {
  absencesAreOfPeople,
  calendarAddressesAreSound,
  freezesAreInOrder,
  holidayRegionsAreKnown,
  windowsLetReleasesThrough,
  yearlyFreezesLeaveSomethingOpen,
} from './calendar';
import {
  answersAreAwaited,
  bodiesHaveMethods,
  checkNamesAreDifferent,
  servicesHaveSmokeChecks,
  verifyChecksHaveNames,
} from './checks';
import {
  environmentsComeInOrder,
  gateAddressesAreFilledIn,
  gateNamesAreDifferent,
  gatesCanAskGitHub,
  gatesNameServices,
  notesHaveTheirTag,
  pointersNameArtifacts,
  protectedVersionsAreTags,
  settingsAreNames,
} from './gates';
import { itemsAreDifferent, remindersComeInTime } from './checklists';
import { makersCanBeTold, migrationsCanHappen, requestsCanCount, somebodyElseIsLeft } from './four-eyes';
import { hotfixesNameWhatThereIs } from './hotfix';
import { namesCanBePartOfIds } from './names';
import { observedAreOnlyLookedAt, triggersReleaseNothingObserved } from './observed';
import { afterHasNoCircles, afterNamesServices } from './order';
import {
  gitHubCanBeAsked,
  keysAreSshKeys,
  peopleAreDifferent,
  peopleAreKnown,
  peopleHaveNames,
  programsAreNotAlone,
  programsDoNotApprove,
  teamsHavePeople,
} from './people';
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
import { rulesHaveARepository, wordsAreSigned } from './rules-place';
import { addressesHoldNoPasswords, credentialsAreReferences, headersHoldNoSecrets } from './secrets';
import { soaksHaveChecks } from './soak';
import {
  triggersAreNoPointers,
  triggersDoNotMeet,
  triggersHaveOneRepository,
  triggersNameEnvironments,
  triggersNameServices,
} from './triggers';

/** Every rule that a file is judged by. */
export const rules: readonly Rule[] = [
  somethingIsReleased,
  namesCanBePartOfIds,
  servicesHaveRepositories,
  rulesHaveARepository,
  wordsAreSigned,
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
  soaksHaveChecks,
  databasesHaveBackups,
  gateNamesAreDifferent,
  gatesNameServices,
  gatesCanAskGitHub,
  notesHaveTheirTag,
  protectedVersionsAreTags,
  environmentsComeInOrder,
  pointersNameArtifacts,
  gateAddressesAreFilledIn,
  settingsAreNames,
  peopleHaveNames,
  peopleAreDifferent,
  keysAreSshKeys,
  gitHubCanBeAsked,
  teamsHavePeople,
  peopleAreKnown,
  programsDoNotApprove,
  programsAreNotAlone,
  signersHaveKeys,
  quorumIsSigned,
  quorumIsReachable,
  makersCanBeTold,
  somebodyElseIsLeft,
  requestsCanCount,
  migrationsCanHappen,
  itemsAreDifferent,
  remindersComeInTime,
  approversAreDifferent,
  approvalNamesAreDifferent,
  somebodyIsAsked,
  observedAreOnlyLookedAt,
  triggersReleaseNothingObserved,
  hotfixesNameWhatThereIs,
  windowsLetReleasesThrough,
  freezesAreInOrder,
  yearlyFreezesLeaveSomethingOpen,
  holidayRegionsAreKnown,
  absencesAreOfPeople,
  calendarAddressesAreSound,
  triggersNameEnvironments,
  triggersNameServices,
  triggersHaveOneRepository,
  triggersDoNotMeet,
  triggersAreNoPointers,
  referencesAreWellFormed,
  referencesStandWhereTheyAreResolved,
  addressesHoldNoPasswords,
  headersHoldNoSecrets,
  credentialsAreReferences,
];
