import type { GateReport } from '../../release/gate';
import type { AwaitGatesInput } from '../contract';
import { sleep } from '../sleep';
import type { Attempt, Surroundings } from '../surroundings';
import { askGate } from './ask';
import { gateQuestions, type GateInput } from './questions';

/** Milliseconds between two looks at a pending gate: soon at first, since most are answered soon. */
const soonest = 1_000;
const latest = 15_000;

/** Looks at every gate of the environment once, all together. */
export function askGates(input: GateInput, surroundings: Surroundings, attempt: Attempt): Promise<GateReport[]> {
  return settled(gateQuestions(input).map((question) => askGate(question, surroundings, attempt)));
}

/** Gates that are waited for. */
export function createGateActivities(surroundings: Surroundings) {
  return {
    /**
     * Asks the pending ones of `gates` again and again. Returns all of `gates` as they are when none is pending any more, when a hard
     * one is shut (what the others say counts no more), or when `limit` milliseconds are over.
     */
    async awaitGates({ gates, limit, ...input }: AwaitGatesInput, attempt: Attempt): Promise<GateReport[]> {
      const questions = gateQuestions(input);
      const began = performance.now();
      let reports = [...gates];
      for (;;) {
        reports = await settled(
          reports.map(async (report) => {
            const question = report.pending && questions.find(({ id }) => id === report.id);
            return question ? askGate(question, surroundings, attempt, report) : report;
          }),
        );
        const pending = reports.flatMap(({ id, detail, pending: still }) => (still ? [{ id, detail, ...still }] : []));
        attempt.progress({ waitsFor: pending });
        const elapsed = performance.now() - began;
        if (pending.length === 0 || reports.some(isShut) || elapsed >= limit) return reports;
        const over = Math.min(...pending.map(({ until }) => Date.parse(until))) - Date.now();
        const pause = Math.min(Math.max(soonest, elapsed / 4), latest, limit - elapsed);
        await sleep(Math.max(0, Math.min(pause, over)), attempt.signal);
      }
    },
  };
}

const isShut = ({ hard, verdict, pending }: GateReport): boolean => hard && verdict !== 'passed' && !pending;

/** All of them end before one failure is told: nothing goes on behind an activity that has answered. */
async function settled<T>(looks: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(looks);
  return Promise.all(looks);
}
