/**
 * Search attributes of releases: what the Web UI's list can be filtered by. Never a secret: they are not encrypted.
 * A SQL store holds ten of type Keyword; these are five.
 */
export const searchAttributeNames = {
  project: 'SlipwayProject',
  environment: 'SlipwayEnvironment',
  version: 'SlipwayVersion',
  phase: 'SlipwayPhase',
  outcome: 'SlipwayOutcome',
} as const;
