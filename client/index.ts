/**
 * What machines call, on a Temporal client of their own: the same functions as the command line's.
 *
 * ```ts
 * const { releaseId } = await requestRelease(client, { ...releaseInput(project, order), requestId });
 * await decide(client, releaseId, 'approve', { by: 'ada', digest });
 * const { outcome } = await waitForResult(client, releaseId);
 * ```
 */
export { decide, type DecisionPayload, type Delivery } from './decide';
export { followRelease, type Sighting } from './follow-release';
export { listReleases, lookUpRelease, type ListedRelease, type ReleaseFilter } from './list-releases';
export { previewRelease } from './preview-release';
export { recordedRelease, releaseHistory, type Place } from './read-ledger';
export { releaseState, waitForResult } from './release-state';
export { askEnvironment, environmentState } from './ask-environment';
export { releaseInput, requestRelease, type StartedRelease } from './request-release';
