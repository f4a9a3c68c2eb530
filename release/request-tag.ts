/** Tags that ask for a release: what they say, checked like any input. */
import { fitted, oneLine, visibleText } from './plain-text';
import type { TagTrigger } from './project';
import { readName, refNameProblem } from './ref-names';
import { problemOfVersion } from './version-text';

/**
 * What became of a tag. `noted`: it was there when the trigger was turned on. `waiting`: its release will be started.
 * `starting`: its release was asked for, the answer is not known yet. The others are final.
 */
export type TagStatus = 'noted' | 'waiting' | 'starting' | 'started' | 'refused' | 'ignored';

/** A tag as the remote's list of refs shows it. */
export interface RemoteTag {
  /** Without refs/tags/. */
  readonly name: string;
  /** Of the tag object, or, for a light tag, of what it names. */
  readonly object: string;
  readonly isAnnotated: boolean;
}

/** Everything by which a tag that is new is judged. */
export interface TagQuestion {
  readonly tag: RemoteTag;
  readonly trigger: Pick<TagTrigger, 'pattern' | 'environment'>;
  /** The tag object's text; null = too large to be read. */
  readonly text: string | null;
  readonly trunk: string;
  readonly isOnTrunk: boolean;
  /** What became of other objects that had this name, and that still counts. */
  readonly earlier: readonly TagStatus[];
}

/** What a tag asks for, and whether it gets it. */
export interface TagJudgement {
  readonly status: 'waiting' | 'refused' | 'ignored';
  /** For people: why not, and what to do; empty if it is released. */
  readonly why: string;
  readonly version: string;
  readonly commit: string;
  /** Who made it, as the tag claims. */
  readonly tagger: string;
  /** The first line of its message. */
  readonly subject: string;
}

/** How the ids of requests begin that tags make. */
export const tagRequests = 'tag/';

/** Bytes of a tag object that are read: a longer one is no request. */
export const longestTag = 64 * 1024;

const longestName = 200;
const longestTagger = 100;

/** The trigger among `triggers` whose pattern `name` is of: never more than one, since patterns of a project do not meet. */
export function triggerOf<T extends Pick<TagTrigger, 'pattern'>>(name: string, triggers: readonly T[]): T | undefined {
  return triggers.find(({ pattern }) => readName(pattern, 'version', name) !== undefined);
}

/** Whether the tag is released, and if not, why. */
export function judgeTag(question: TagQuestion): TagJudgement {
  const { tag, trigger, text } = question;
  const version = readName(trigger.pattern, 'version', tag.name) ?? '';
  const said = text === null ? undefined : parseRequest(text);
  const judgement = {
    version: fitted(version, 120),
    commit: said?.commit ?? '',
    tagger: fitted(said?.tagger ?? '', longestTagger),
    subject: fitted(said?.subject ?? '', 200),
  };
  if (!tag.isAnnotated)
    return {
      ...judgement,
      status: 'ignored',
      why: `it is a light tag, which says neither who made it nor when. Make it anew: git tag --annotate --force ${shown(tag.name)}`,
    };
  const problem = problemOfTag(question, version, said);
  return problem === undefined
    ? { ...judgement, status: 'waiting', why: '' }
    : { ...judgement, status: 'refused', why: problem };
}

/** Who asks for the release of a tag, as its release and everybody is told: a claim, as every tagger is. */
export function requesterOf({ tag, tagger }: { readonly tag: string; readonly tagger: string }): string {
  return fitted(`tag ${tag} by ${tagger}`, 200);
}

/** A tag that was waiting is no longer there. */
export const vanished = 'it was deleted before its release was started. Push a new tag if it is wanted after all';

/** The trigger was turned off, or changed, while the tag was waiting. */
export const overtaken = 'it was waiting when the trigger was turned on anew. Release it by hand if it is wanted';

/** The trigger was taken out while the answer for the tag was still to come. */
export const orphaned =
  'its trigger was taken out while its release was being asked for. Whether it was started: slipway status --all';

function problemOfTag(question: TagQuestion, version: string, said: Request | undefined): string | undefined {
  const { tag, trigger, text, trunk, isOnTrunk, earlier } = question;
  if (tag.name.length > longestName) return `its name is longer than ${longestName} characters`;
  const name = refNameProblem(tag.name);
  if (name) return `its name is none that git allows: ${name}`;
  const byHand = `slipway release ${shown(version)} --env ${trigger.environment}`;
  const malformed = problemOfVersion(version);
  if (malformed) return `what it has for {version} in ${trigger.pattern} is no version: ${malformed}`;
  // Of the same name something was released, or will be: where the tag stands now is not what anybody saw.
  if (earlier.length > 0)
    return `it moved: a tag of this name was ${earlier.includes('noted') && earlier.length === 1 ? 'there when the trigger was turned on' : 'released before'}. Tag the commit as a new version, or release it by hand: ${byHand}`;
  if (text === null) return `it is larger than ${longestTag / 1024} KiB`;
  if (!said) return 'its tag object cannot be read';
  if (said.type !== 'commit') return `it names a ${oneLine(said.type)}, not a commit`;
  if (said.name !== tag.name) return `its tag object says that it is called ${shown(said.name)}`;
  if (said.tagger === '') return 'it does not say who made it';
  if ([...said.tagger].length > longestTagger) return `its tagger’s name is longer than ${longestTagger} characters`;
  if (/[\n\t]/.test(said.tagger) || visibleText(said.tagger) !== said.tagger)
    return 'its tagger’s name holds characters that cannot be shown';
  if (!isOnTrunk)
    return `its commit ${said.commit.slice(0, 10)} is not on ${trunk}. Merge it, then delete the tag and make it anew`;
  return undefined;
}

interface Request {
  readonly commit: string;
  readonly type: string;
  readonly name: string;
  readonly tagger: string;
  readonly subject: string;
}

/** What a tag object's text says; undefined if it is none. */
function parseRequest(text: string): Request | undefined {
  const head = /^object ([0-9a-f]{40,64})\ntype ([^\n]*)\ntag ([^\n]*)\n(?:tagger ([^\n]*)\n)?/.exec(text);
  if (!head) return undefined;
  const [whole, commit = '', type = '', name = '', line = ''] = head;
  // `Name <address> seconds zone`; some have no name.
  const [, person = '', address = ''] = /^(.*?) ?<([^>]*)>/.exec(line) ?? [];
  const body = text.slice(whole.length).replace(/^(.+\n)*\n*/, '');
  return { commit, type, name, tagger: person.trim() || address.trim(), subject: body.split('\n')[0] ?? '' };
}

const shown = (name: string): string => fitted(name, 100);
