import type { Plan } from '../../release/plan';
import type { AskedGateRule, GateRule } from '../../release/gate-rule';
import type { ReleaseRef } from '../../release/identity';
import type { Project } from '../../release/project';
import type { GateQuestion, GateService } from './gate-kind';
import { subjectOf } from './kinds';

/** Whose gates are asked, about what. */
export interface GateInput {
  readonly release: ReleaseRef;
  readonly project: Project;
  readonly services: readonly Pick<Plan['services'][number], 'service' | 'commit' | 'previous'>[];
}

/** Everything that the gates of the environment ask about a release: in their order, each subject once. */
export function gateQuestions({ release, project, services }: GateInput): GateQuestion[] {
  const asked = services.map(({ service, commit, previous }): GateService => ({
    service,
    commit,
    repository: project.services[service]!.repository,
    pointer: project.services[service]!.pointer,
    live: previous && { commit: previous.commit, version: previous.version },
  }));
  const rules = (project.environments[release.environment]?.gates ?? []).filter(isAsked);
  return rules.flatMap((rule) => {
    const subjects = subjectsOf(rule, asked);
    return subjects.map((subject) => ({
      id: subjects.length === 1 ? rule.name : `${rule.name}:${subject.map(({ service }) => service).join(',')}`,
      rule,
      release,
      versions: project.versions,
      services: subject,
    }));
  });
}

/** Of a `manual` gate the release itself knows what people have ticked. */
const isAsked = (rule: GateRule): rule is AskedGateRule => rule.kind !== 'manual';

function subjectsOf(rule: AskedGateRule, services: readonly GateService[]): [GateService, ...GateService[]][] {
  const subjects = new Map<string, [GateService, ...GateService[]]>();
  for (const service of services) {
    if (rule.services.length > 0 && !rule.services.includes(service.service)) continue;
    const key = subjectOf(rule, service);
    const subject = subjects.get(key);
    if (subject) subject.push(service);
    else subjects.set(key, [service]);
  }
  return [...subjects.values()];
}
