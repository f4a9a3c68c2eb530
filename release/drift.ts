/** What looks at an environment come to, one after the other: drift is said once it was seen twice. Pure. */
import type { Finding } from './facts';
import { clip } from './clip';
import { moment } from './moments';
import { seenAfter, type SeenPeriod } from './seen-commits';
import type { ServiceSight, Sighting } from './sighting';

/** How many looks that say the same are needed to say that something has drifted, or is in step again. */
export const looksNeeded = 2;

/** After so many looks without an answer people are told. */
export const looksWithoutAnswer = 3;

/** What runs is not what the last release left. */
export interface Drift {
  /** The first look that saw it: ISO 8601, UTC. */
  readonly since: string;
  readonly detail: string;
  /** Commands that put back what was moved. */
  readonly byHand: readonly string[];
}

/** What is known of one service by looking at it. */
export interface WatchedService {
  /** Of the newest look; null = there is no record to compare with. */
  readonly step: Finding | null;
  readonly health: Finding;
  readonly runs: ServiceSight['runs'];
  /** Looks that saw it drifted, or in step, since the last that saw the other; none of them without an answer. */
  readonly drifted: number;
  readonly inStep: number;
  /** Since when, and how often, there was no answer; 0 = the newest look had one. */
  readonly unanswered: number;
  readonly unansweredSince: string | null;
  /** The first look of those that saw it drifted. */
  readonly driftedSince: string | null;
  readonly drift: Drift | null;
  /** Oldest first. */
  readonly seen: readonly SeenPeriod[];
}

/** What is known of an environment by looking at it. */
export interface WatchState {
  readonly look: string;
  /** The newest look: ISO 8601, UTC. */
  readonly at: string;
  readonly every: number;
  readonly hands: number;
  readonly services: Readonly<Record<string, WatchedService>>;
}

/** What is known after one more look, and what people must be told of it. */
export function watchAfter(
  before: WatchState | undefined,
  sighting: Sighting,
): { readonly watch: WatchState; readonly said: readonly string[] } {
  if (before?.look === sighting.look) return { watch: before, said: [] };
  const { look, at, every, hands } = sighting;
  const isNewHand = before !== undefined && before.hands !== hands;
  const after = sighting.services.map((sight) => {
    const known = before?.services[sight.service];
    return {
      name: sight.service,
      ...serviceAfter(known && isNewHand ? { ...known, ...noLooks } : known, sight, sighting),
    };
  });
  return {
    watch: { look, at, every, hands, services: Object.fromEntries(after.map(({ name, state }) => [name, state])) },
    said: after.flatMap(({ said }) => said),
  };
}

const noLooks = { drifted: 0, inStep: 0, unanswered: 0, unansweredSince: null, driftedSince: null } as const;

function serviceAfter(
  known: WatchedService | undefined,
  sight: ServiceSight,
  { at, every }: Sighting,
): { readonly state: WatchedService; readonly said: readonly string[] } {
  const { service, step, health, runs } = sight;
  const before = known ?? { ...noLooks, drift: null, seen: [] };
  const counted = count(before, step?.verdict, at);
  const drift = driftAfter(before.drift, counted, sight);
  const state: WatchedService = {
    step,
    health,
    runs,
    ...counted,
    drift,
    seen: seenAfter(before.seen, sight, { at, every }),
  };
  return { state, said: wordsOf(service, before, state) };
}

type Counts = Pick<WatchedService, 'drifted' | 'inStep' | 'unanswered' | 'unansweredSince' | 'driftedSince'>;

function count(before: Counts, verdict: Finding['verdict'] | undefined, at: string): Counts {
  switch (verdict) {
    case 'passed':
      return { ...noLooks, inStep: before.inStep + 1 };
    case 'failed':
      return { ...noLooks, drifted: before.drifted + 1, driftedSince: before.driftedSince ?? at };
    case 'unknown':
      return { ...before, unanswered: before.unanswered + 1, unansweredSince: before.unansweredSince ?? at };
    case undefined:
      return noLooks;
  }
}

function driftAfter(drift: Drift | null, { drifted, inStep, driftedSince }: Counts, sight: ServiceSight): Drift | null {
  const { step, byHand } = sight;
  if (step === null || inStep >= looksNeeded) return null;
  if (step.verdict !== 'failed' || (drift === null && drifted < looksNeeded)) return drift;
  return { since: drift?.since ?? driftedSince ?? '', detail: clip(step.detail, 500), byHand };
}

function wordsOf(
  service: string,
  before: Pick<WatchedService, 'drift' | 'unanswered' | 'unansweredSince'>,
  after: WatchedService,
): string[] {
  const said: string[] = [];
  if (after.drift && after.drift.detail !== before.drift?.detail)
    said.push(`drift: ${service}: ${after.drift.detail}, seen since ${moment(after.drift.since)}`);
  if (before.drift && !after.drift)
    said.push(`drift of ${service} is over: ${after.step?.detail ?? 'there is no record'}`);
  if (after.unanswered === looksWithoutAnswer)
    said.push(
      `what ${service} runs could not be told since ${moment(after.unansweredSince ?? '')}: ${clip(after.step?.detail ?? '', 300)}`,
    );
  if (before.unanswered >= looksWithoutAnswer && after.unanswered === 0)
    said.push(`${service} tells again what it runs`);
  return said;
}

/** What is known once somebody has settled what had drifted; `services`: absent = of all. */
export function withoutDrift(watch: WatchState, services?: readonly string[]): WatchState {
  const settled = Object.entries(watch.services).map(([service, state]) => [
    service,
    services?.includes(service) === false ? state : { ...state, ...noLooks, step: null, drift: null },
  ]);
  return { ...watch, services: Object.fromEntries(settled) as WatchState['services'] };
}

/** What has drifted, by service. */
export function driftsOf(watch: WatchState | undefined): [service: string, drift: Drift][] {
  return Object.entries(watch?.services ?? {}).flatMap(([service, { drift }]): [string, Drift][] =>
    drift ? [[service, drift]] : [],
  );
}

/** Of which services nobody can tell for long what they run, by service. */
export function silencesOf(watch: WatchState | undefined): [service: string, since: string, detail: string][] {
  return Object.entries(watch?.services ?? {}).flatMap(([service, { unanswered, unansweredSince, step }]) =>
    unanswered >= looksWithoutAnswer && unansweredSince !== null
      ? [[service, unansweredSince, step?.detail ?? ''] as [string, string, string]]
      : [],
  );
}
