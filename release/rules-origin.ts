/** Where the rules of an environment come from: a file at the head of a branch that people protect, or whoever asks. */
import { shortId } from './identity';
import { oneLine } from './plain-text';
import type { Project, RulesPlace } from './project';

/** Which version of the file counts for a release. */
export interface RulesOrigin {
  /** As configured: may hold `${env:NAME}`. */
  readonly repository: string;
  readonly branch: string;
  readonly file: string;
  readonly commit: string;
  /** Why it is not the newest one of the branch, or is although it should not be; absent = it is, as usual. */
  readonly remark?: string;
}

/** What is asked for the rules of one environment before a release of `version`. */
export interface RulesQuestion {
  readonly place: RulesPlace;
  readonly project: string;
  readonly environment: string;
  readonly version: string;
  /** A commit given by hand; null = the version says. */
  readonly commit: string | null;
  /** By service: the commit that is live, where it is known. */
  readonly live: Readonly<Record<string, string>>;
}

/** The rules, and where they say that they are to be looked for next time; null = they come with the request then. */
export interface RulesReading {
  readonly project: Project;
  readonly origin: RulesOrigin;
  readonly place: RulesPlace | null;
}

/** The rules that an environment's workflow has read last. */
export interface KnownRules {
  readonly place: RulesPlace;
  readonly origin: RulesOrigin;
  /** Only that environment is in it. */
  readonly project: Project;
  /** When they were read: ISO 8601, UTC. */
  readonly at: string;
}

/** The same for people, in one line; `undefined` = the rules are those that came with the request. */
export function rulesWords(origin: RulesOrigin | undefined): string {
  if (!origin) return 'as they came with the request: no protected commit is configured for them';
  const { file, branch, commit, remark } = origin;
  return oneLine(`${file} of ${branch} at ${shortId(commit)}${remark ? `; ${remark}` : ''}`);
}
