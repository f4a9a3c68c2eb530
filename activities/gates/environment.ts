import type { EnvironmentState } from '../../release/environment-state';
import type { LiveService } from '../../release/live-service';
import type { EnvironmentGate } from '../../release/gate-rule';
import { parseReleaseWorkflowId } from '../../release/identity';
import { moment } from '../../release/moments';
import { judgeSeen, longestGap, type SeenCandidate, type SeenPeriod } from '../../release/seen-commits';
import { isAncestor, standsFor, type Workspace } from '../repository';
import type { GateKind, GateLook } from './gate-kind';
import { inRepository } from './in-repository';
import { ofService } from './subjects';

/**
 * The released commit, or one that contains it, was seen live and healthy in an earlier environment, by the looks that
 * its workflow keeps. What is not there yet, or not for long enough, is waited for.
 */
export const environment: GateKind<EnvironmentGate> = {
  kind: 'environment',
  subject: ofService,
  async look(question, context) {
    const { rule, release, services } = question;
    const [{ service, commit }] = services;
    const place = rule.environment;
    const state = await context.environments.state({ project: release.project, environment: place });
    const seen = state && periodsOf(state, service, new Date().toISOString());
    if (!seen) {
      const detail = `nobody has looked at ${service} in ${place}: say \`slipway environment watch ${place}\``;
      return { verdict: 'unknown', detail, pending: {} };
    }
    const candidates = await inRepository(question, context, async (workspace) => {
      const others = [...new Set(seen.periods.map((period) => period.commit))];
      // Since this clone was fetched it may have gone on there.
      if (!(await workspace.history.hasCommits(others))) await workspace.fetch([services[0].repository.trunk]);
      return compared(workspace, seen.periods, commit);
    });
    const { missing, ...judged } = judgeSeen(candidates, { commit, needed: rule.for, every: seen.every, place });
    if (judged.verdict === 'passed') return judged;
    if (seen.at !== null && Date.now() - Date.parse(seen.at) > longestGap(seen.every)) return stale(place, seen.at);
    const { verdict, detail } = judged;
    return { ...judged, pending: { over: { verdict, detail }, ...(missing !== undefined && { after: missing }) } };
  },
};

interface Seen {
  readonly periods: readonly SeenPeriod[];
  /** How often it is looked, in milliseconds; and the newest look, null where nobody looks. */
  readonly every: number;
  readonly at: string | null;
}

/** What is known of a service there. Where nobody looks, what a release has left counts as long as it is the record. */
function periodsOf({ watch, live }: EnvironmentState, service: string, now: string): Seen | undefined {
  const watched = watch?.services[service];
  const record = live[service];
  if (watch && watched) return { periods: withRelease(watched.seen, record), every: watch.every, at: watch.at };
  if (!record?.commit) return undefined;
  const { commit, version, since } = record;
  return { periods: [{ commit, version, from: since, until: now }], every: 0, at: null };
}

/** A release that has ended well has seen what it left: nobody has to wait for the next look. */
function withRelease(seen: readonly SeenPeriod[], record: LiveService | undefined): readonly SeenPeriod[] {
  if (!record?.commit || parseReleaseWorkflowId(record.releaseId) === undefined) return seen;
  const { commit, version, since } = record;
  const isCovered = seen.some(({ from, until }) => from <= since && since <= until);
  if (isCovered) return seen;
  return [...seen, { commit, version, from: since, until: since }].sort((a, b) => a.from.localeCompare(b.from));
}

async function compared(
  workspace: Workspace,
  periods: readonly SeenPeriod[],
  commit: string,
): Promise<readonly SeenCandidate[]> {
  const contains = new Map<string, boolean | undefined>();
  for (const other of new Set(periods.map((period) => period.commit))) {
    const stood = await standsFor(workspace, other);
    contains.set(other, stood === commit || (await isAncestor(workspace, commit, stood)));
  }
  return periods.map((period) => ({ ...period, contains: contains.get(period.commit) }));
}

function stale(place: string, at: string): GateLook {
  const detail = `${place} was last looked at ${moment(at)}: its worker does not run, or its schedule is paused`;
  return { verdict: 'unknown', detail, pending: {} };
}
