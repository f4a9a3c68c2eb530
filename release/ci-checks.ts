/** What check runs and commit statuses at GitHub say together: pure, since the rules are many. */
import type { Finding } from './facts';
import type { Evidence } from './gate-rule';

/** A check run, or a commit status. */
export interface CiResult {
  readonly name: string;
  /** The App that reports it; null = a commit status, or not told. */
  readonly app: number | null;
  /** Grows: of the same name and App the greatest counts, which is a re-run's newest. */
  readonly order: number;
  /** A conclusion (`success`), or what it is while there is none (`in_progress`). */
  readonly says: string;
  readonly state: 'passed' | 'failed' | 'running';
  readonly link?: string;
  readonly at?: string;
}

/** A check that must be there; `app` null = whoever reports it. */
export interface WantedCheck {
  readonly name: string;
  readonly app: number | null;
}

/** Conclusions with which GitHub lets a required check pass. */
const passing = ['success', 'neutral', 'skipped'];

/** A check run as GitHub gives it. */
export function checkRunResult(run: {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly conclusion: string | null;
  readonly html_url?: string | null;
  readonly details_url?: string | null;
  readonly started_at: string | null;
  readonly completed_at: string | null;
  readonly app: { readonly id: number } | null;
}): CiResult {
  const isDone = run.status === 'completed';
  const says = isDone ? (run.conclusion ?? 'completed') : run.status;
  const link = run.html_url ?? run.details_url;
  const at = isDone ? run.completed_at : run.started_at;
  return {
    name: run.name,
    app: run.app?.id ?? null,
    order: run.id,
    says,
    state: !isDone ? 'running' : passing.includes(says) ? 'passed' : 'failed',
    ...(link && { link }),
    ...(at && { at: new Date(at).toISOString() }),
  };
}

/** A commit status as GitHub gives it: of each context the newest. */
export function statusResult(status: {
  readonly id: number;
  readonly context: string;
  readonly state: string;
  readonly target_url: string | null;
  readonly updated_at: string;
}): CiResult {
  return {
    name: status.context,
    app: null,
    order: status.id,
    says: status.state,
    state: status.state === 'success' ? 'passed' : status.state === 'pending' ? 'running' : 'failed',
    ...(status.target_url && { link: status.target_url }),
    at: new Date(status.updated_at).toISOString(),
  };
}

/** What is known of the wanted checks. `isOpen`: some run still, or nobody has reported them yet. */
export interface CiJudgement extends Finding {
  readonly isOpen: boolean;
  /** What counts when nobody waits any longer. */
  readonly over: Finding;
  readonly evidence: readonly Evidence[];
}

/** Judges the wanted checks of a commit. One that failed outweighs those that run or are missing. */
export function judgeChecks(wanted: readonly WantedCheck[], results: readonly CiResult[], commit: string): CiJudgement {
  const found = wanted.map((check) => ({ check, results: newestOf(check, results) }));
  const missing = found.filter((one) => one.results.length === 0).map(({ check }) => check.name);
  const all = found.flatMap((one) => one.results);
  const list = (state: CiResult['state']) =>
    all.filter((one) => one.state === state).map(({ name, says }) => `${name} (${says})`);
  const [failed, running] = [list('failed'), list('running')];
  const evidence = [...all]
    .sort((a, b) => weight[a.state] - weight[b.state])
    .map(({ name, says, link, at }) => ({ name, value: says, ...(link && { link }), ...(at && { at }) }));
  const at = `at ${commit.slice(0, 10)}`;
  if (failed.length > 0) {
    const finding = { verdict: 'failed' as const, detail: `${failed.join(', ')} did not pass ${at}` };
    return { ...finding, isOpen: false, over: finding, evidence };
  }
  if (missing.length === 0 && running.length === 0) {
    const finding = {
      verdict: 'passed' as const,
      detail: `passed ${at}: ${wanted.map(({ name }) => name).join(', ')}`,
    };
    return { ...finding, isOpen: false, over: finding, evidence };
  }
  const detail = [
    ...(running.length > 0 ? [`still going: ${running.join(', ')}`] : []),
    ...(missing.length > 0 ? [`nobody has reported yet: ${missing.join(', ')}`] : []),
  ].join('; ');
  const over: Finding =
    missing.length > 0
      ? {
          verdict: 'failed',
          detail: `nobody has reported ${missing.join(', ')} ${at}: run it for this commit, or mend its name in slipway.yaml`,
        }
      : { verdict: 'unknown', detail };
  return { verdict: 'unknown', detail, isOpen: true, over, evidence };
}

const weight = { failed: 0, running: 1, passed: 2 };

/** The newest result of each reporter of a check. */
function newestOf(check: WantedCheck, results: readonly CiResult[]): CiResult[] {
  const newest = new Map<number | null, CiResult>();
  for (const result of results) {
    if (result.name !== check.name) continue;
    // A status says of no App; GitHub itself would know.
    if (check.app !== null && result.app !== null && result.app !== check.app) continue;
    const known = newest.get(result.app);
    if (!known || known.order < result.order) newest.set(result.app, result);
  }
  return [...newest.values()];
}
