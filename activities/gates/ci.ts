import { checkRunResult, judgeChecks, statusResult, type CiResult, type WantedCheck } from '../../release/ci-checks';
import type { CiGate } from '../../release/gate-rule';
import { askGitHub, type GitHubOfGate } from './at-github';
import type { GateContext, GateKind, GateQuestion } from './gate-kind';
import { ofCommit } from './subjects';

/** Check runs and commit statuses of the released commit. What runs, and what nobody has reported yet, is waited for. */
export const ci: GateKind<CiGate> = {
  kind: 'ci',
  subject: ofCommit,
  async look(question, context) {
    const [{ commit, repository }] = question.services;
    const { checks } = question.rule;
    const [wanted, results] = await Promise.all([
      checks === 'required' ? requiredChecks(question, context) : checks.map((name) => ({ name, app: null })),
      readResults(question, context, commit),
    ]);
    if (wanted.length === 0) {
      const detail = `${repository.trunk} requires no checks at GitHub: require some there, or name them in slipway.yaml`;
      return { verdict: 'failed', detail };
    }
    const { isOpen, over, ...look } = judgeChecks(wanted, results, commit);
    return { ...look, ...(isOpen && { pending: { over } }) };
  },
};

async function readResults(question: GateQuestion, context: GateContext, commit: string): Promise<CiResult[]> {
  const ofChecks = askGitHub(question, context, { what: 'check runs', permission: 'Checks: read' });
  const ofStatuses = askGitHub(question, context, { what: 'commit statuses', permission: 'Commit statuses: read' });
  const [runs, statuses] = await Promise.all([
    ofChecks.ask((octokit) =>
      octokit.paginate(octokit.rest.checks.listForRef, {
        ...ofChecks.parameters,
        ref: commit,
        filter: 'latest',
        per_page: 100,
      }),
    ),
    ofStatuses.ask((octokit) =>
      octokit.paginate(
        octokit.rest.repos.getCombinedStatusForRef,
        { ...ofStatuses.parameters, ref: commit, per_page: 100 },
        ({ data }) => (data as unknown as { statuses: Parameters<typeof statusResult>[0][] }).statuses ?? data,
      ),
    ),
  ]);
  return [...runs.map(checkRunResult), ...statuses.map(statusResult)];
}

/** What rulesets and branch protection require on the trunk. */
async function requiredChecks(question: GateQuestion, context: GateContext): Promise<WantedCheck[]> {
  const { trunk } = question.services[0].repository;
  const github = askGitHub(question, context, { what: `rules for ${trunk}`, permission: 'Contents: read' });
  const [rules, protection] = await Promise.all([fromRulesets(github, trunk), fromProtection(github, trunk)]);
  const wanted = new Map<string, WantedCheck>();
  for (const check of [...rules, ...protection]) {
    const known = wanted.get(check.name);
    if (!known || known.app === null) wanted.set(check.name, check);
  }
  return [...wanted.values()];
}

async function fromRulesets(github: GitHubOfGate, branch: string): Promise<WantedCheck[]> {
  const rules = await github.ask((octokit) =>
    octokit.paginate(octokit.rest.repos.getBranchRules, { ...github.parameters, branch, per_page: 100 }),
  );
  return rules.flatMap((rule) =>
    rule.type === 'required_status_checks'
      ? (rule.parameters?.required_status_checks ?? []).map(({ context: name, integration_id: app }) => ({
          name,
          app: app ?? null,
        }))
      : [],
  );
}

async function fromProtection(github: GitHubOfGate, branch: string): Promise<WantedCheck[]> {
  const { data } = await github.ask((octokit) => octokit.rest.repos.getBranch({ ...github.parameters, branch }));
  const required = data.protection?.required_status_checks;
  if (!required) return [];
  const checks = (required as { checks?: { context: string; app_id: number | null }[] }).checks;
  // -1 is GitHub's word for any App.
  if (checks) return checks.map(({ context: name, app_id: app }) => ({ name, app: app === -1 ? null : app }));
  return (required.contexts ?? []).map((name) => ({ name, app: null }));
}
