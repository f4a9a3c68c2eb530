import { areas, workerAreas, type Examination, type WorkerArea } from '../release/doctor';
import { problemOfExamination } from '../release/release-request';
import { slipwayFailure, reportOf } from './failure';
import type { DoctorInput } from './messages';
import { activity } from './proxies';

/**
 * What the worker of an environment finds of all that a release needs. Each area is an activity of its own, so that
 * one that hangs hides no other: it is a line that could not be told. Fails with REQUEST_INVALID.
 */
export async function doctor(input: DoctorInput): Promise<Examination[]> {
  const problem = problemOfExamination(input);
  if (problem) throw slipwayFailure('REQUEST_INVALID', { what: 'an examination', problem });
  const found = await Promise.all(workerAreas.map((area) => examineArea(area, input)));
  return found.flat();
}

async function examineArea(area: WorkerArea, input: DoctorInput): Promise<Examination[]> {
  // A workflow's clock is the server's, as of its newest task.
  const askedAt = new Date().toISOString();
  try {
    return await activity.examine({ ...input, area, askedAt }, `Examine: ${areas[area]}`);
  } catch (error) {
    const report = reportOf(error);
    if (!report) throw error;
    const { message: detail, todo } = report;
    return [{ area, name: areas[area], verdict: 'unknown', detail, todo }];
  }
}
