/** Gates: conditions that must hold before anything changes. Pure judgements over the facts; all are reported. */
import type { CalendarVerdict } from './calendar/judge';
import type { Finding, Resolution, ServiceFacts } from './facts';
import type { Evidence, Pending } from './gate-rule';
import { mendsIllness } from './release-kind';
import type { Verdict } from './verdict';

/** What one gate says. */
export interface GateReport {
  /** Stable name, `<kind>` or `<kind>:<service>`. */
  readonly id: string;
  /** A hard gate stops the release; a soft one is shown to the approvers. */
  readonly hard: boolean;
  readonly verdict: Verdict;
  readonly detail: string;
  /** It is only told, and holds nobody up. */
  readonly told?: true;
  /** What its word rests on; absent = nothing to look up. */
  readonly evidence?: readonly Evidence[];
  /** Nobody has answered yet: it is waited for. Then the verdict is `unknown`. */
  readonly pending?: Pending;
}

type Gate = (facts: ServiceFacts) => Omit<GateReport, 'id'>;

const hard = (finding: Finding): Omit<GateReport, 'id'> => ({ hard: true, ...finding });
const soft = (finding: Finding): Omit<GateReport, 'id'> => ({ hard: false, ...finding });
const told = (finding: Finding): Omit<GateReport, 'id'> => ({ hard: false, told: true, ...finding });
/** What matters only where something is to be migrated. */
const ofPending = ({ database }: ServiceFacts, finding: Finding): Omit<GateReport, 'id'> =>
  (database?.pending.length ?? 0) > 0 ? hard(finding) : told(finding);

function newer({ relation, live, commit }: ServiceFacts): Omit<GateReport, 'id'> {
  const liveText = live.state === 'live' ? `${live.version} (${live.commit.slice(0, 10)})` : live.detail;
  switch (relation) {
    case 'newer':
      return hard({ verdict: 'passed', detail: `newer than ${liveText}` });
    case 'first':
      return hard({ verdict: 'passed', detail: 'first release: nothing is live' });
    case 'same':
      return hard({ verdict: 'passed', detail: `already live: ${liveText}` });
    case 'older':
      return hard({ verdict: 'failed', detail: `older than what is live, ${liveText}: choose a newer version` });
    case 'diverged':
      return hard({
        verdict: 'failed',
        detail: `${liveText} is live and is no ancestor of ${commit.slice(0, 10)}: bring what is live to the trunk first`,
      });
    case 'unknown':
      return hard({ verdict: 'unknown', detail: `what is live could not be told: ${liveText}` });
  }
}

function migrations({ database }: ServiceFacts): Omit<GateReport, 'id'> {
  if (!database) return hard({ verdict: 'passed', detail: 'no database' });
  if (database.problems.length > 0) return hard({ verdict: 'failed', detail: database.problems.join('; ') });
  const { pending } = database;
  return hard({ verdict: 'passed', detail: pending.length ? `to run: ${pending.join(', ')}` : 'nothing to run' });
}

const nothingToMove: Finding = { verdict: 'passed', detail: 'it runs this commit already: nothing is moved' };

/** The gates, in the order in which they are shown. */
const gates: Readonly<Record<string, Gate>> = {
  trunk: (facts) => hard(facts.onTrunk),
  newer,
  remote: (facts) => hard(facts.remote),
  pointer: (facts) => hard(isUntouched(facts) ? nothingToMove : facts.movable),
  'way-back': (facts) => hard(isUntouched(facts) ? nothingToMove : facts.wayBack),
  database: ({ database }) => hard(database?.access ?? { verdict: 'passed', detail: 'no database' }),
  migrations,
  healthy: (facts) => soft(facts.healthy),
};

const redeployGates: Readonly<Record<string, Gate>> = {
  same: (facts) => hard(same(facts)),
  trunk: (facts) => told(facts.onTrunk),
  remote: (facts) => hard(facts.remote),
  pointer: (facts) => hard(facts.movable),
  database: gates['database']!,
  migrations,
};

/**
 * Those of a rollback: a person's word, in an emergency. What it goes back to has run before, so nothing judges the
 * version; what would make it fail half-way, or run on a schema that it does not know, stops it.
 */
const rollbackGates: Readonly<Record<string, Gate>> = {
  leaves: ({ leaves }) => hard(leaves ?? { verdict: 'unknown', detail: 'it was not looked at' }),
  known: ({ known }) => hard(known ?? { verdict: 'unknown', detail: 'it was not looked at' }),
  trunk: (facts) => told(facts.onTrunk),
  remote: (facts) => hard(facts.remote),
  pointer: (facts) => hard(isUntouched(facts) ? nothingToMove : facts.movable),
  'way-back': (facts) => told(isUntouched(facts) ? nothingToMove : facts.wayBack),
  schema: ({ schema }) => hard(schema ?? { verdict: 'unknown', detail: 'it was not looked at' }),
  database: (facts) => ofPending(facts, facts.database?.access ?? { verdict: 'passed', detail: 'no database' }),
  migrations: (facts) => ofPending(facts, migrations(facts)),
};

/** What runs once more must be what runs. */
function same({ relation, live, commit }: ServiceFacts): Finding {
  if (relation === 'same') return { verdict: 'passed', detail: `${commit.slice(0, 10)} runs` };
  if (relation === 'unknown')
    return {
      verdict: 'unknown',
      detail: `what runs could not be told: ${live.state === 'live' ? live.version : live.detail}`,
    };
  return { verdict: 'failed', detail: `${commit.slice(0, 10)} is not what runs: look at it first` };
}

const ofDatabase: ReadonlySet<string> = new Set(['database', 'migrations', 'schema']);

/** Every gate's report for every service. Never fails; what could not be told says so. */
export function evaluateGates({ services, kind: sort = 'normal' }: Resolution): GateReport[] {
  const asked = sort === 'rollback' ? rollbackGates : sort === 'redeploy' ? redeployGates : gates;
  return services.flatMap((facts) =>
    Object.entries(asked)
      .filter(([kind]) => facts.database || !ofDatabase.has(kind))
      // What is ill may be mended.
      .filter(([kind]) => kind !== 'healthy' || !mendsIllness(sort))
      .map(([kind, gate]) => ({ id: `${kind}:${facts.service}`, ...gate(facts) })),
  );
}

/** The calendar as a gate: soft, since a release waits for it instead of ending. */
export function calendarGate({ verdict, detail }: CalendarVerdict): GateReport {
  const verdicts = { open: 'passed', closed: 'failed', unknown: 'unknown' } as const;
  return { id: 'calendar', hard: false, verdict: verdicts[verdict], detail };
}

/** The hard gates that do not let the release pass, failures before those without an answer. */
export function closedGates(reports: readonly GateReport[]): { failed: GateReport[]; unknown: GateReport[] } {
  const closed = reports.filter((report) => report.hard);
  return {
    failed: closed.filter((report) => report.verdict === 'failed'),
    unknown: closed.filter((report) => report.verdict === 'unknown'),
  };
}

/** Whether a service already runs the released commit, with its pointer in place: nothing is moved. */
export function isUntouched({ relation, move, again }: ServiceFacts): boolean {
  if (again) return false;
  // The tag of what runs may have another name (a rollback's): only a branch can stand elsewhere.
  return relation === 'same' && (move.kind === 'tag' || move.from === move.to);
}

/** Whether every service is so, and no migration waits: there is nothing to do. */
export function isAlreadyLive(resolution: Resolution): boolean {
  return resolution.services.every((facts) => isUntouched(facts) && !facts.database?.pending.length);
}
