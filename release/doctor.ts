/** What `slipway doctor` examines, what it found, and what that means together. */
import type { Verdict } from './verdict';

/** `warning`: it works, but it will hurt. The other three are those of every observation. */
export type ExaminationVerdict = Verdict | 'warning';

/** What is looked at, in the order in which people read it. The first three are looked at from where the command runs. */
export const areas = {
  configuration: 'Configuration',
  temporal: 'Temporal',
  queue: 'Task queue',
  worker: 'The worker',
  variables: 'Environment variables',
  credentials: 'Credentials that end',
  disk: 'Disk',
  clocks: 'Clocks',
  repositories: 'Git',
  databases: 'Databases',
  live: 'What is live',
  programs: 'Programs',
  ledger: 'Ledger',
} as const;

/** One of them. */
export type Area = keyof typeof areas;

/** What is looked at on the worker that would do the work, each by an activity of its own. */
export const workerAreas = [
  'worker',
  'variables',
  'credentials',
  'disk',
  'clocks',
  'repositories',
  'databases',
  'live',
  'programs',
  'ledger',
] as const satisfies readonly Area[];

/** One of them. */
export type WorkerArea = (typeof workerAreas)[number];

/** Traps that others fell into. Each has a heading in docs/doctor.md with this name, and where it is written down. */
export const traps = [
  'actions-token',
  'expiring-token',
  'deny-non-fast-forwards',
  'push-hooks',
  'skip-ci',
  'transaction-pooler',
  'long-transactions',
  'short-retention',
  'clock-skew',
] as const;

/** One of them. */
export type Trap = (typeof traps)[number];

/** What was found about one thing, a line for people. */
export interface Look {
  /** What was looked at. */
  readonly name: string;
  readonly verdict: ExaminationVerdict;
  /** What was seen. */
  readonly detail: string;
  /** What to do; absent where nothing is. */
  readonly todo?: string;
  readonly trap?: Trap;
}

/** The same with where it belongs. */
export interface Examination extends Look {
  readonly area: Area;
}

/** All that was found about one environment. */
export interface Diagnosis {
  readonly environment: string;
  readonly verdict: ExaminationVerdict;
  readonly examinations: readonly Examination[];
}

/** Programs and libraries of one side, as far as they are known there. */
export interface Versions {
  readonly slipway: string;
  readonly node: string;
  readonly sdk: string;
}

/** It is as it must be. */
export function pass(name: string, detail: string): Look {
  return { name, verdict: 'passed', detail };
}

/** A release would fail by this, on its way there or back. */
export function fail(name: string, detail: string, todo: string, trap?: Trap): Look {
  return { name, verdict: 'failed', detail, todo, ...(trap === undefined ? {} : { trap }) };
}

/** A release would go, but this will hurt some day. */
export function warn(name: string, detail: string, todo: string, trap?: Trap): Look {
  return { name, verdict: 'warning', detail, todo, ...(trap === undefined ? {} : { trap }) };
}

/** There is no answer. */
export function unknown(name: string, detail: string, todo: string): Look {
  return { name, verdict: 'unknown', detail, todo };
}

/** `looks` as examinations of one area. */
export function inArea(area: Area, looks: readonly Look[]): Examination[] {
  return looks.map((look) => ({ area, ...look }));
}

const fromBad: readonly ExaminationVerdict[] = ['failed', 'unknown', 'warning', 'passed'];

/** The verdict of all of them together: the worst; of none at all it could not be told. */
export function verdictOf(examinations: readonly Pick<Look, 'verdict'>[]): ExaminationVerdict {
  if (examinations.length === 0) return 'unknown';
  return fromBad.find((verdict) => examinations.some((one) => one.verdict === verdict)) ?? 'unknown';
}

/** What was found about `environment`, in the order of the areas. */
export function diagnose(environment: string, examinations: readonly Examination[]): Diagnosis {
  const order = Object.keys(areas);
  const sorted = [...examinations].sort((one, other) => order.indexOf(one.area) - order.indexOf(other.area));
  return { environment, verdict: verdictOf(sorted), examinations: sorted };
}
