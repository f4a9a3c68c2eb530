import { workflowInfo } from '@temporalio/workflow';
import type { Survey } from '../activities/contract';
import { areFreezes } from '../release/calendar/announced';
import { timeNeeded } from '../release/calendar/needed';
import { requireOrder } from './failure';
import type { PreviewInput } from './messages';
import { activity } from './proxies';

/** What a release would find and do, without doing it: the gates and the plan. Fails with REQUEST_INVALID, or as the survey does. */
export async function preview(input: PreviewInput): Promise<Survey> {
  requireOrder(input, 'a preview');
  const { workflowId, runId, startTime } = workflowInfo();
  const { project, environment, version, commit } = input;
  const release = {
    id: workflowId,
    runId,
    project: project.name,
    environment,
    version,
    requestedAt: startTime.toISOString(),
  };
  const rules = project.environments[environment]!;
  const asked = { rules: rules.calendar, people: { people: project.people ?? {} }, announced: freezesIn(input) };
  const hasCalendar = rules.calendar !== undefined || asked.announced.length > 0;
  const needed = timeNeeded(rules, 'changing');
  const calendar = hasCalendar ? { calendar: { ...asked, notBefore: null, kind: 'normal' as const, needed } } : {};
  return activity.surveyRelease({ release, project, commit, ...calendar }, `Preview ${version} to ${environment}`);
}

const freezesIn = ({ freezes = [] }: PreviewInput) => (areFreezes(freezes) ? freezes : []);
