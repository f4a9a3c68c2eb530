/** The bundle's entry: every workflow type, by the name under which it is started. */
export { calendar } from './calendar';
export { doctor } from './doctor';
export { environment } from './environment';
export { ledgerBacklog } from './ledger-backlog';
export { ledgerHistory, ledgerRelease } from './ledger-reading';
export { pollTags, triggers } from './poll-tags';
export { preview } from './preview';
export { recovery } from './recovery';
export { recoverySurvey } from './recovery-survey';
export { release } from './release';
export { soak } from './soak';
export { watchEnvironment } from './watch-environment';
