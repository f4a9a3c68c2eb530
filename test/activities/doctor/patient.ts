/** One area, examined as a worker does it, without Temporal around it. */
import { join } from 'node:path';
import { createDoctorActivities } from '../../../activities/doctor';
import type { Examination, WorkerArea } from '../../../release/doctor';
import type { Project, Service } from '../../../release/project';
import type { Surroundings } from '../../../activities/surroundings';
import { anAttempt, someSurroundings } from '../../support/attempts';
import { aFolder } from '../../support/shop';
import { aProject } from '../../support/builders';

export interface Case {
  readonly services: readonly Service[];
  readonly env?: Readonly<Record<string, string>>;
  readonly rehearse?: boolean;
  readonly askedAt?: string;
  readonly edit?: (project: Project) => Project;
  readonly surroundings?: Partial<Surroundings>;
}

/** Folder of this file's workspaces. */
export const workspaces = join(aFolder(), 'workspaces');

export const client = { slipway: '0.0.1', node: '20.19.0', sdk: '1.0.0' };

/** What is found of `area`. */
export function examine(
  area: WorkerArea,
  {
    services,
    env = {},
    rehearse = false,
    askedAt = new Date().toISOString(),
    edit = (same) => same,
    surroundings,
  }: Case,
): Promise<Examination[]> {
  const doctor = createDoctorActivities(someSurroundings(env, { workspaces, ...surroundings }));
  const project = edit(aProject(services));
  return doctor.examine({ project, environment: 'production', area, rehearse, askedAt, client }, anAttempt());
}

/** The line about `name`. */
export function lineOf(found: readonly Examination[], name: string): Examination {
  const line = found.find((one) => one.name === name);
  if (!line) throw new Error(`no line about ${name}, only: ${found.map((one) => one.name).join(' | ')}`);
  return line;
}
