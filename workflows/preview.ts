import { workflowInfo } from '@temporalio/workflow';
import type { Survey } from '../activities/contract';
import { areFreezes } from '../release/calendar/announced';
import { timeNeeded } from '../release/calendar/needed';
import { manualGates } from '../release/manual-gate';
import { requireOrder } from './failure';
import type { PreviewInput } from './messages';
import { activity } from './proxies';

/** What a release would find and do, without doing it: the gates and the plan. Fails with REQUEST_INVALID, or as the survey does. */
export async function preview(input: PreviewInput): Promise<Survey> {
  requireOrder(input, 'a preview');
  const { workflowId, runId, startTime } = workflowInfo();
  const { environment, version, commit } = input;
  const { project, rules: origin } = await rulesOf(input);
  const release = {
    id: workflowId,
    runId,
    project: input.project.name,
    environment,
    version,
    requestedAt: startTime.toISOString(),
  };
  const rules = project.environments[environment]!;
  const asked = { rules: rules.calendar, people: { people: project.people ?? {} }, announced: freezesIn(input) };
  const hasCalendar = rules.calendar !== undefined || asked.announced.length > 0;
  const needed = timeNeeded(rules, 'changing');
  const calendar = hasCalendar ? { calendar: { ...asked, notBefore: null, kind: 'normal' as const, needed } } : {};
  const survey = await activity.surveyRelease(
    { release, project, commit, ...(origin && { rules: origin }), ...calendar },
    `Preview ${version} to ${environment}`,
  );
  return { ...survey, gates: manualGates(rules.gates ?? [], survey.gates, survey.plan, [], Date.now()) };
}

/** As an environment reads them for a request: what is shown here is judged by the rules that will count. */
async function rulesOf({
  project,
  environment,
  version,
  commit,
  rulesPlace: place,
  live = {},
}: PreviewInput): Promise<Pick<PreviewInput, 'project' | 'rules'>> {
  if (!place) return { project };
  const question = { place, project: project.name, environment, version, commit, live };
  const { project: ruled, origin } = await activity.readRules(question, `Rules: ${place.file} of ${place.branch}`);
  return { project: ruled, rules: origin };
}

const freezesIn = ({ freezes = [] }: PreviewInput) => (areFreezes(freezes) ? freezes : []);
