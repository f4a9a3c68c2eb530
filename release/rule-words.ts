/** The words that rules choose from, in slipway.yaml and in messages. */

/** Where on its way a release asks people, in the order in which these come. */
export const approvalPlaces = ['before-migrating', 'before-moving', 'after-smoke'] as const;
export type ApprovalPlace = (typeof approvalPlaces)[number];

/** When an approval is asked for: always, where something migrates, or where a migration destroys data. */
export const approvalOccasions = ['always', 'migrations', 'destructive'] as const;
export type ApprovalOccasion = (typeof approvalOccasions)[number];

/** Whom a rule can leave out. */
export const excludable = ['author', 'co-author', 'merger', 'requester'] as const;
export type Excludable = (typeof excludable)[number];

/** What happens to a release that is asked for while others are under way to the same environment. */
export const queuePolicies = ['queue', 'supersede', 'refuse'] as const;
export type QueuePolicy = (typeof queuePolicies)[number];

/**
 * `normal`: a release as any other. `hotfix`: by shorter gates, first in the queue. `rollback`: back to a version that ran
 * here before, from a release that has finished. `redeploy`: the version that runs, once more.
 */
export const releaseKinds = ['normal', 'hotfix', 'rollback', 'redeploy'] as const;
export type ReleaseKind = (typeof releaseKinds)[number];
