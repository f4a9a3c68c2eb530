import type { Proof, ProofInput } from '../contract';
import type { Attempt, Surroundings } from '../surroundings';
import { askGitHub } from './ask-github';

/**
 * In which of the teams that are asked for a login is, its invitation accepted. A team of which GitHub gives no answer
 * leaves it open, unless another one has them. One that GitHub does not show counts as one that they are not in.
 */
export async function teamsAtGitHub(
  { membership: { login, teams }, repository }: ProofInput,
  surroundings: Surroundings,
  attempt: Attempt,
): Promise<Proof> {
  const answers = await Promise.all(
    teams.map(async ({ name, org, slug }) => {
      const told = await askGitHub(repository, surroundings, attempt, async (octokit, request) => {
        const asked = { org, team_slug: slug, username: login, request };
        return (await octokit.rest.teams.getMembershipForUserInOrg(asked)).data.state;
      });
      return { name, told };
    }),
  );
  const found = answers.flatMap(({ name, told }) => ('value' in told && told.value === 'active' ? [name] : []));
  const open = answers.flatMap(({ name, told }) => ('unknown' in told ? [`${name} (${told.unknown})`] : []));
  if (found.length > 0 || open.length === 0) return { verdict: 'passed', detail: '', teams: found };
  const detail = `GitHub did not tell whether ${login} is in ${open.join(', ')}`;
  return { verdict: 'unknown', detail, teams: [] };
}
