import type { GateReport } from '../../release/gate';
import type { AwaitGatesInput } from '../contract';
import { sleep } from '../sleep';
import type { Attempt, Surroundings } from '../surroundings';
import { askGate } from './ask';
import { awaitRecovery } from './await-recovery';
import { gateQuestions, type GateInput } from './questions';

/** Milliseconds between two looks at a pending gate: soon at first, since most are answered soon. */
const soonest = 1_000;
const latest = 15_000;

/** Looks at every gate of the environment once, all together. */
export function askGates(input: GateInput, surroundings: Surroundings, attempt: Attempt): Promise<GateReport[]> {
  return settled(gateQuestions(input).map(async (question) => (await askGate(question, surroundings, attempt)).report));
}

/** Gates that are waited for. */
export function createGateActivities(surroundings: Surroundings) {
  return {
    /**
     * Asks the pending ones of `gates` again and again. Returns all of `gates` as they are when none is pending any more, when a hard
     * one is shut (what the others say counts no more), or when `limit` milliseconds are over. With `recovering` they are
     * those that do not pass: returns those that do, once one does, and none when `limit` is over.
     */
    async awaitGates(asked: AwaitGatesInput, attempt: Attempt): Promise<GateReport[]> {
      if (asked.recovering) return awaitRecovery(asked, surroundings, attempt);
      const { gates, limit, ...input } = asked;
      const questions = gateQuestions(input);
      const began = performance.now();
      /** When a gate may be asked again, where it has said so. */
      const notBefore = new Map<string, number>();
      const askAgain = async (report: GateReport): Promise<GateReport> => {
        const question = questions.find(({ id }) => id === report.id);
        if (!question || !report.pending || (notBefore.get(report.id) ?? 0) > Date.now()) return report;
        const asked = await askGate(question, surroundings, attempt, report);
        // Whatever it has said: when its patience is over, there is an answer.
        const over = Date.parse(report.pending.until);
        notBefore.set(report.id, Math.min(Date.now() + asked.after, over));
        return asked.report;
      };
      let reports = [...gates];
      for (;;) {
        reports = await settled(reports.map(askAgain));
        const pending = reports.flatMap(({ id, detail, pending: still }) => (still ? [{ id, detail, ...still }] : []));
        attempt.progress({ waitsFor: pending });
        const elapsed = performance.now() - began;
        if (pending.length === 0 || reports.some(isShut) || elapsed >= limit) return reports;
        const over = Math.min(...pending.map(({ until }) => Date.parse(until))) - Date.now();
        const pause = Math.min(Math.max(soonest, elapsed / 4), latest, limit - elapsed);
        await sleep(Math.max(1, Math.min(pause, over)), attempt.signal);
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
