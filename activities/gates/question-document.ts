import { resolveReferences } from '../../release/env-references';
import { maskUrl } from '../../release/git-answers';
import type { CommandGate, HttpGate } from '../../release/gate-rule';
import type { GateContext, GateQuestion } from './gate-kind';

/** What programs and servers are asked: JSON, without secrets. docs/gates.md */
export function questionDocument(
  { rule, release, services }: GateQuestion<CommandGate | HttpGate>,
  { lookup }: GateContext,
): string {
  return `${JSON.stringify({
    slipway: 1,
    gate: rule.name,
    release: release.id,
    project: release.project,
    environment: release.environment,
    version: release.version,
    services: services.map(({ service, repository, commit, live }) => ({
      name: service,
      repository: maskUrl(resolveReferences(repository.url, lookup, `services.${service}.repository.url`)),
      trunk: repository.trunk,
      commit,
      live,
    })),
  })}\n`;
}
