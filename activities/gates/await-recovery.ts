/** Gates that did not pass, and that nobody has overridden yet, may come to pass by themselves. */
import type { GateReport } from '../../release/gate';
import type { AwaitGatesInput } from '../contract';
import { checkAll } from '../checks/check-all';
import { sleep } from '../sleep';
import type { Attempt, Surroundings } from '../surroundings';
import { askGate } from './ask';
import { gateQuestions } from './questions';

/** Milliseconds between two looks: what ails often recovers soon, and later a person is waited for anyway. */
const soonest = 1_000;
const latest = 15 * 60_000;

/** Asks `gates` again and again. Returns those that pass, once one does; none of them when `limit` milliseconds are over. */
export async function awaitRecovery(
  { gates, limit, ...input }: AwaitGatesInput,
  surroundings: Surroundings,
  attempt: Attempt,
): Promise<GateReport[]> {
  const questions = gateQuestions(input);
  const began = performance.now();
  const lookAt = async (gate: GateReport): Promise<GateReport> => {
    const question = questions.find(({ id }) => id === gate.id);
    if (question) return (await askGate(question, surroundings, attempt)).report;
    const service = input.services.find((one) => gate.id === `healthy:${one.service}`)?.service;
    return service === undefined ? gate : lookAtHealth(gate, input.project.services[service]!.smoke);
  };
  const lookAtHealth = async (gate: GateReport, smoke: Parameters<typeof checkAll>[0]): Promise<GateReport> => {
    const results = await checkAll(smoke, surroundings, attempt);
    if (results.length === 0 || results.some(({ verdict }) => verdict !== 'passed')) return gate;
    return { ...gate, verdict: 'passed', detail: 'its smoke checks pass again' };
  };
  for (;;) {
    const elapsed = performance.now() - began;
    if (elapsed >= limit) return [];
    attempt.progress({ asksAgain: gates.map(({ id, detail }) => ({ id, detail })) });
    await sleep(Math.min(Math.max(soonest, elapsed / 2), latest, limit - elapsed), attempt.signal);
    const looks = gates.map(lookAt);
    await Promise.allSettled(looks);
    const passing = (await Promise.all(looks)).filter(({ verdict, pending }) => verdict === 'passed' && !pending);
    if (passing.length > 0) return passing;
  }
}
