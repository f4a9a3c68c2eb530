/** What services may have in common for a gate. */
import { digestOf } from '../../release/plan-digest';
import type { GateService } from './gate-kind';

/** All of a release. */
export const ofRelease = (): string => '';

/** Each service by itself. */
export const ofService = ({ service }: GateService): string => service;

/** Services of one repository. */
export const ofRepository = ({ repository }: GateService): string => digestOf(repository);

/** Services that are released at one commit of one repository. */
export const ofCommit = ({ repository, commit }: GateService): string => digestOf({ repository, commit });

/** Services for which the same commits go live. */
export const ofCommits = ({ repository, commit, live }: GateService): string =>
  digestOf({ repository, commit, live: live?.commit });
