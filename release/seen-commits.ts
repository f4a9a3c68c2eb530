/** Which commits were seen live and healthy in an environment, from when to when. */
import { formatDuration } from './durations';
import type { Evidence } from './gate-rule';
import { shortId } from './identity';
import { moment } from './moments';
import type { ServiceSight } from './sighting';
import type { Verdict } from './verdict';

/** A commit was live, and each look at it found it healthy. */
export interface SeenPeriod {
  readonly commit: string;
  readonly version: string;
  /** The first and the last look: ISO 8601, UTC. */
  readonly from: string;
  readonly until: string;
  /** A look found it ailing after that: what is seen later begins anew. */
  readonly isOver?: true;
}

/** So many are kept of each service: those of some weeks. */
const KEPT = 60;

/** Without a look for so many intervals nobody can say what ran meanwhile. */
const LOOKS_MISSED = 3;

/** Milliseconds without a look after which nobody can say what ran meanwhile. */
export const longestGap = (every: number): number => LOOKS_MISSED * every;

/** What is known of a service after one more look. No answer neither lengthens a period nor ends it. */
export function seenAfter(
  seen: readonly SeenPeriod[],
  { runs, health }: Pick<ServiceSight, 'runs' | 'health'>,
  { at, every }: { readonly at: string; readonly every: number },
): readonly SeenPeriod[] {
  const last = seen.at(-1);
  const others = seen.slice(0, -1);
  if (health.verdict === 'failed') return last ? [...others, { ...last, isOver: true }] : seen;
  if (health.verdict !== 'passed' || runs === null) return seen;
  const isSame = last?.commit === runs.commit;
  if (last && isSame && !last.isOver && Date.parse(at) - Date.parse(last.until) <= longestGap(every)) {
    return [...others, { ...last, until: at }];
  }
  const { commit, version } = runs;
  return [...seen, { commit, version, from: at, until: at }].slice(-KEPT);
}

/** A period, and whether its commit is the wanted one or contains it; undefined = could not be told. */
export interface SeenCandidate extends SeenPeriod {
  readonly contains: boolean | undefined;
}

/** What the periods of one service say about a commit. */
export interface SeenVerdict {
  readonly verdict: Verdict;
  readonly detail: string;
  readonly evidence: readonly Evidence[];
  /** It is live there, and milliseconds are missing: it may still come. */
  readonly missing?: number;
}

/**
 * Whether a commit, or those that contain it, was live and healthy for at least `needed` milliseconds without a break.
 * `until`: the moment up to which the newest look counts, so that nothing is counted that nobody has seen.
 */
export function judgeSeen(
  candidates: readonly SeenCandidate[],
  { commit, needed, every, place }: { commit: string; needed: number; every: number; place: string },
): SeenVerdict {
  const runs = unbroken(candidates, longestGap(every));
  const longest = [...runs].sort((a, b) => lengthOf(b) - lengthOf(a))[0];
  const what = shortId(commit);
  if (longest && lengthOf(longest) >= needed) {
    const words = `${what} was live and healthy in ${place} for ${inWords(lengthOf(longest))}, since ${moment(longest[0]!.from)}`;
    return { verdict: 'passed', detail: words, evidence: evidenceOf(longest, place) };
  }
  const current = runs.at(-1);
  const newest = candidates.at(-1);
  if (current && newest && current.at(-1) === newest && !newest.isOver) {
    const missing = needed - lengthOf(current);
    const words = `${what} is live and healthy in ${place} since ${moment(current[0]!.from)}, ${inWords(lengthOf(current))} so far; ${formatDuration(needed)} are needed`;
    return { verdict: 'failed', detail: words, evidence: evidenceOf(current, place), missing };
  }
  if (candidates.some(({ contains }) => contains === undefined)) {
    const words = `what ${place} ran could not be compared with ${what}`;
    return { verdict: 'unknown', detail: words, evidence: [] };
  }
  const before = longest
    ? `; it was there for ${inWords(lengthOf(longest))}, ${formatDuration(needed)} are needed`
    : '';
  const now = newest ? `: ${newest.version || shortId(newest.commit)} was the last` : '';
  const words = `${what} is not seen live and healthy in ${place}${now}${before}`;
  return { verdict: 'failed', detail: words, evidence: longest ? evidenceOf(longest, place) : [] };
}

/** Periods that follow one another without a break, all with the commit in them. */
function unbroken(candidates: readonly SeenCandidate[], gap: number): SeenCandidate[][] {
  const runs: SeenCandidate[][] = [];
  let before: SeenCandidate | undefined;
  for (const period of candidates) {
    const follows =
      before?.contains === true && !before.isOver && Date.parse(period.from) - Date.parse(before.until) <= gap;
    if (period.contains === true) {
      if (follows) runs.at(-1)!.push(period);
      else runs.push([period]);
    }
    before = period;
  }
  return runs;
}

const lengthOf = (run: readonly SeenPeriod[]): number => Date.parse(run.at(-1)!.until) - Date.parse(run[0]!.from);

const inWords = (ms: number): string => formatDuration(Math.floor(ms / 1000) * 1000);

const evidenceOf = (run: readonly SeenPeriod[], place: string): Evidence[] =>
  run.map(({ commit, version, from }) => ({
    name: `${place}: ${version || shortId(commit)}`,
    value: shortId(commit),
    at: from,
  }));
