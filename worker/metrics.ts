import { Context } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { ApplicationFailure, type MetricMeter } from '@temporalio/common';
import type {
  ActivityExecuteInput,
  ActivityInboundCallsInterceptor,
  MetricsExporterConfig,
  Next,
} from '@temporalio/worker';
import { isErrorCode } from '../release/errors';
import { releaseWorkflowId } from '../release/identity';
import { outcomes } from '../release/phase';
import { searchAttributeNames } from '../workflows/search-attributes';

/** Whose releases are measured. */
type Place = { readonly project: string; readonly environment: string };

/**
 * The SDK's settings for `GET /metrics` on `port`, for Prometheus: its own metrics and ours, from one place, with the
 * names that Prometheus expects (`_total`, `_seconds`).
 */
export function prometheusMetrics(port: number): MetricsExporterConfig {
  return {
    prometheus: {
      bindAddress: `0.0.0.0:${port}`,
      countersTotalSuffix: true,
      unitSuffix: true,
      useSecondsForDurations: true,
      histogramBucketOverrides: {
        slipway_step_duration: [0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 14_400],
        slipway_release_duration: [1, 5, 30, 60, 300, 900, 1_800, 3_600, 4 * 3_600, 12 * 3_600, 86_400, 7 * 86_400],
      },
    },
  };
}

/** Counts each attempt at an activity that failed, by the code of its error. One that was cancelled did not fail. */
export class FailureCounter implements ActivityInboundCallsInterceptor {
  async execute(input: ActivityExecuteInput, next: Next<ActivityInboundCallsInterceptor, 'execute'>): Promise<unknown> {
    try {
      return await next(input);
    } catch (error) {
      if (error instanceof ApplicationFailure) count(Context.current(), error.type);
      throw error;
    }
  }
}

function count({ metricMeter, info }: Context, type: string | undefined | null): void {
  // Only codes of the table: whatever else somebody throws must not make new time series.
  const code = type && isErrorCode(type) ? type : 'INTERNAL';
  metricMeter
    .createCounter('slipway_activity_failures', undefined, 'Attempts at an activity that failed.')
    // The SDK adds the activity's type.
    .add(1, { ...placeOf(info.taskQueue), code });
}

/**
 * Begins the count of ended releases at 0 for each outcome: a series that a scraper first sees at 1 has never grown, and
 * an alert on its growth would miss the first release of each worker's life.
 */
export function beginAtZero(
  meter: MetricMeter,
  { namespace, taskQueue, project, environment }: Readonly<Record<'namespace' | 'taskQueue' | keyof Place, string>>,
): void {
  // The labels that the SDK gives to what workflows/release-metrics.ts counts.
  const tags = { namespace, taskQueue, workflowType: 'release', project, environment };
  const ended = meter.createCounter('slipway_releases', undefined, 'Releases that ended.');
  for (const outcome of outcomes) ended.add(0, { ...tags, outcome });
}

/** What the list of the Web UI calls a release that is not over; see workflows/release-run.ts. */
const openPhases = [
  'looking',
  'awaiting approval',
  'waiting for lock',
  'releasing',
  'rolling back',
  'needs attention',
] as const;

/** The time between two counts: visibility is a second behind anyhow, and Prometheus asks seldom. */
const interval = 15_000;

/**
 * Counts the open releases of an environment by phase, now and each `every` milliseconds, from Temporal's own list: right also when
 * another worker runs them, or none did for a while. A count that fails leaves the last value;
 * `onProblem` hears of the first one in a row. Returns what ends it.
 */
export function countOpenReleases(
  client: Client,
  meter: MetricMeter,
  place: Place,
  onProblem: (detail: string) => void,
  every = interval,
): () => void {
  const open = meter.createGauge('slipway_releases_open', 'int', undefined, 'Releases that are not over, by phase.');
  const backlogs = meter.createGauge(
    'slipway_ledger_backlogs_open',
    'int',
    undefined,
    'Releases that have ended and could not write all into the ledger yet.',
  );
  const counted = meter.createGauge(
    'slipway_releases_counted_timestamp_seconds',
    'float',
    undefined,
    'When the open releases were last counted, as a Unix time.',
  );
  let isTold = false;
  const countAll = async () => {
    try {
      for (const phase of openPhases) {
        const { count } = await client.workflow.count(queryFor(place, phase));
        open.set(count, { ...place, phase });
      }
      backlogs.set((await client.workflow.count(backlogQuery(place))).count, place);
      counted.set(Date.now() / 1_000, place);
      isTold = false;
    } catch (error) {
      if (!isTold) onProblem(detailOf(error));
      isTold = true;
    }
  };
  void countAll();
  const timer = setInterval(() => void countAll(), every);
  return () => clearInterval(timer);
}

/** The client's own message says no more than that it failed. */
function detailOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? (error.cause ?? error) : error;
  const said = cause instanceof Error ? cause.message : String(cause);
  return /is not a valid search attribute/.test(said)
    ? `search attributes are missing in the namespace: the first \`slipway release\` makes them if it may (${said})`
    : said;
}

/** What a release could not write is a workflow of its own; see workflows/ledger-scribe.ts. */
function backlogQuery({ project, environment }: Place): string {
  const releases = `ledger/${releaseWorkflowId(project, environment, '', 0).slice(0, -2)}`;
  return `ExecutionStatus = 'Running' AND WorkflowType = 'ledgerBacklog' AND WorkflowId STARTS_WITH '${releases}'`;
}

function queryFor({ project, environment }: Place, phase: string): string {
  const { project: p, environment: e, phase: f } = searchAttributeNames;
  return `ExecutionStatus = 'Running' AND ${p} = '${project}' AND ${e} = '${environment}' AND ${f} = '${phase}'`;
}

/** The project and environment that a task queue is of. */
function placeOf(taskQueue: string): Place | undefined {
  const [, project, environment] = /^slipway\/([^/]+)\/([^/]+)$/.exec(taskQueue) ?? [];
  return project && environment ? { project, environment } : undefined;
}
