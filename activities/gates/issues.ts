import type { IssuesGate } from '../../release/gate-rule';
import { askGitHub } from './at-github';
import type { GateKind } from './gate-kind';
import { ofRepository } from './subjects';

/** No open issue of the repository has the label; pull requests are none. */
export const issues: GateKind<IssuesGate> = {
  kind: 'issues',
  subject: (service, { repository }) => repository ?? ofRepository(service),
  async look(question, context) {
    const { label, repository } = question.rule;
    const github = askGitHub(question, context, { what: 'issues', permission: 'Issues: read' }, repository);
    const [known, found] = await Promise.all([
      github.ask((octokit) => octokit.rest.issues.getLabel({ ...github.parameters, name: label }), { missing: null }),
      github.ask((octokit) =>
        octokit.paginate(octokit.rest.issues.listForRepo, {
          ...github.parameters,
          labels: label,
          state: 'open',
          per_page: 100,
        }),
      ),
    ]);
    // A label that is written wrongly is on no issue, and would let everything pass.
    if (!known)
      return { verdict: 'unknown', detail: `${github.name} has no label ${label}: mend its name, or make it` };
    const open = found.filter(({ pull_request: pull }) => !pull);
    if (open.length === 0) return { verdict: 'passed', detail: `no open issue of ${github.name} is labelled ${label}` };
    const named = open.slice(0, 5).map(({ number }) => `#${number}`);
    const more = open.length > named.length ? ` and ${open.length - named.length} more` : '';
    return {
      verdict: 'failed',
      detail: `open with label ${label} in ${github.name}: ${named.join(', ')}${more}`,
      evidence: open.map(({ number, title, html_url: link, updated_at: at }) => ({
        name: `#${number}`,
        value: title,
        link,
        at: new Date(at).toISOString(),
      })),
    };
  },
};
