/** Examining, on the worker that would do the work, everything that a release needs on its way there and back. */
import { inArea, type Examination, type WorkerArea } from '../../release/doctor';
import { SlipwayError } from '../../release/errors';
import { serviceOrder } from '../../release/service-order';
import type { ExamineInput } from '../contract';
import type { Attempt, Surroundings } from '../surroundings';
import { examineClocks } from './clocks';
import { examineCredentials } from './credentials';
import { examineDatabases } from './databases';
import { examineDisk } from './disk';
import type { Examiner } from './examiner';
import { examineLedger } from './ledger';
import { examineLive } from './live';
import { examinePrograms } from './programs';
import { examineRepositories } from './repositories';
import { examineVariables } from './variables';
import { examineWorker } from './this-worker';

/** Every area that is examined here. A new one is one more line. */
const examiners: { readonly [K in WorkerArea]: Examiner } = {
  worker: examineWorker,
  variables: examineVariables,
  credentials: examineCredentials,
  disk: examineDisk,
  clocks: examineClocks,
  repositories: examineRepositories,
  databases: examineDatabases,
  live: examineLive,
  programs: examinePrograms,
  ledger: examineLedger,
};

export function createDoctorActivities(surroundings: Surroundings) {
  return {
    /** Looks at one area, changing nothing outside Slipway. Fails with ENVIRONMENT_UNKNOWN. */
    async examine(
      { project, environment: name, area, rehearse, askedAt, client }: ExamineInput,
      attempt: Attempt,
    ): Promise<Examination[]> {
      const environment = project.environments[name];
      if (!environment) {
        const known = Object.keys(project.environments).join(', ');
        throw new SlipwayError('ENVIRONMENT_UNKNOWN', { name, file: 'slipway.yaml', known });
      }
      const services = serviceOrder(project.services);
      const patient = { project, environment, services, rehearse, askedAt, client, surroundings, attempt };
      const looks = await examiners[area](patient);
      return inArea(
        area,
        looks.map((look) => masked(look, surroundings.redact)),
      );
    },
  };
}

type Line = Awaited<ReturnType<Examiner>>[number];

/** What is to be done is our own text: an example of an address in it must stay readable. */
function masked(look: Line, redact: (text: string) => string): Line {
  return { ...look, name: redact(look.name), detail: redact(look.detail) };
}
