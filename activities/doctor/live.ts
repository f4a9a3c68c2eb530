import { countActive } from '../../release/active-builds';
import { pass, unknown, warn, type Look } from '../../release/doctor';
import { resolveReferences } from '../../release/env-references';
import type { Check, Service } from '../../release/project';
import { fillName } from '../../release/ref-names';
import { httpRequest } from '../checks/http-request';
import { runCheck } from '../checks/kinds';
import { readLive } from '../checks/read-live';
import type { Attempt } from '../surroundings';
import { bounded, type Patient } from './examiner';

/** Whether what is live can be seen, and whether the checks that a release would judge by pass today. */
export async function examineLive(patient: Patient): Promise<Look[]> {
  const { services, environment } = patient;
  const looks = await Promise.all([
    ...services.flatMap((service) => [
      bounded(`${service.name}: probe`, patient, (attempt) => probe(service, patient, attempt)),
      ...service.smoke.map((check) => checkOnce(`${service.name}: ${check.name}`, check, patient)),
      ...(service.pointer.builds.active ? [builds(service, patient)] : []),
    ]),
    ...environment.verify.checks.map((check) => checkOnce(`verify: ${check.name}`, check, patient)),
  ]);
  return looks.flat();
}

async function probe({ name: service, live }: Service, { surroundings }: Patient, attempt: Attempt): Promise<Look[]> {
  const name = `${service}: probe`;
  const reading = await readLive({ probe: live }, surroundings, attempt);
  switch (reading.state) {
    case 'value':
      return [pass(name, `${live.is} ${reading.value} is live`)];
    case 'nothing':
      return [
        warn(
          name,
          `${reading.detail}: a release would take this for a first one`,
          'If something is live there, mend `live` in slipway.yaml, or let the service tell its version.',
        ),
      ];
    case 'unknown':
      return [
        unknown(
          name,
          reading.detail,
          'Let the worker reach this address; without it no release begins, and no rollback is proven.',
        ),
      ];
  }
}

function checkOnce(name: string, check: Check, patient: Patient): Promise<readonly Look[]> {
  return bounded(name, patient, async ({ signal }) => {
    const { lookup, redact } = patient.surroundings;
    const { verdict, detail } = await runCheck({ ...check, tries: 1 }, { lookup, redact, signal });
    if (verdict === 'passed') return [pass(name, detail)];
    const todo = 'It must pass on what is live today: a release would stop by it, and a rollback is proven by it.';
    return [{ name, verdict, detail, todo }];
  });
}

/** What a rollback asks before it moves a pointer back. */
function builds({ name: service, pointer }: Service, patient: Patient): Promise<readonly Look[]> {
  const name = `${service}: active builds`;
  return bounded(name, patient, async ({ signal }) => {
    const { active } = pointer.builds;
    if (!active) return [];
    const { url, headers } = resolveReferences(active, patient.surroundings.lookup, `service ${service}, builds`);
    const filled = fillName(url, { ref: 'slipway-doctor', commit: '0'.repeat(40) });
    const todo = 'Let the worker ask the host: a rollback waits in vain for a host that does not tell what it builds.';
    const outcome = await httpRequest({ url: filled, headers, method: 'GET', redirects: 3, timeout: 10_000, signal });
    if ('noAnswer' in outcome) return [unknown(name, `no answer: ${outcome.noAnswer}`, todo)];
    const { status, text } = outcome.answer;
    // A host may know nothing of a ref that was never built.
    if (status === 404) return [pass(name, 'the host answers')];
    if (status !== 200) return [{ name, verdict: 'failed', detail: `the host answers with status ${status}`, todo }];
    const count = countActive(text, active.json);
    if (count === undefined) return [{ name, verdict: 'failed', detail: 'the answer does not say how many', todo }];
    return [pass(name, 'the host tells how many')];
  });
}
