import type { Octokit } from '@octokit/rest';
import type { AskedGateRule } from '../../release/gate-rule';
import type { GitHubAccess } from '../../release/project';
import type { ApiFailure } from '../github/api-failure';
import { GitHubRepository } from '../github/repository';
import { GateUnanswered, type GateContext, type GateLook, type GateQuestion } from './gate-kind';

/** What is asked of GitHub, in words: `checks`, and the permission that this needs. */
export interface Asked {
  readonly what: string;
  readonly permission: string;
}

/** A repository's GitHub, as gates ask it. */
export interface GitHubOfGate {
  readonly parameters: GitHubRepository['parameters'];
  /** `owner/name`. */
  readonly name: string;
  readonly repository: GitHubRepository;
  /** Asks, and waits for nothing. Throws GateUnanswered; where `missing` is given, that is the answer to a 404. */
  ask<T, M = never>(call: (octokit: Octokit) => Promise<T>, otherwise?: { readonly missing: M }): Promise<T | M>;
}

/** GitHub for the repository of a question, or for another of the same access. Throws GateUnanswered without access. */
export function askGitHub(
  { services: [{ repository }] }: GateQuestion<AskedGateRule>,
  { lookup, signal }: GateContext,
  asked: Asked,
  other?: string,
): GitHubOfGate {
  const access: GitHubAccess | undefined =
    other === undefined ? repository.github : repository.github && { ...repository.github, repository: other };
  const github = access && GitHubRepository.of({ ...repository, github: access }, lookup, signal);
  if (!github) throw new GateUnanswered(unknown('its repository has no access to GitHub in slipway.yaml'));
  return {
    repository: github,
    get parameters() {
      return github.parameters;
    },
    get name() {
      return github.name;
    },
    async ask(call, otherwise) {
      const outcome = await github.ask(({ reading }) => call(reading));
      if ('value' in outcome) return outcome.value;
      if (outcome.failure.kind === 'missing' && otherwise) return otherwise.missing;
      throw new GateUnanswered(lookFor(outcome.failure, github.shown, asked));
    },
  };
}

/** What a gate knows where GitHub does not answer: what comes again is waited for. */
export function lookFor(failure: ApiFailure, shown: string, { what, permission }: Asked): GateLook {
  const { kind, detail } = failure;
  switch (kind) {
    case 'no answer':
      return { ...unknown(`GitHub did not tell the ${what} of ${shown}: ${detail}`), pending: {} };
    case 'limit': {
      const until = new Date(Date.now() + failure.wait).toISOString();
      return {
        ...unknown(`GitHub takes no more requests for ${shown} until ${until}`),
        pending: { after: failure.wait },
      };
    }
    case 'not allowed':
      return unknown(`the credentials for ${shown} may not read its ${what} (${detail}): give them "${permission}"`);
    case 'missing':
      return unknown(
        `GitHub shows no ${what} of ${shown} to these credentials: check the name, and that they have "${permission}"`,
      );
    case 'credentials':
    case 'closed':
    case 'empty':
    case 'refused':
      return unknown(`GitHub did not tell the ${what} of ${shown}: ${detail}`);
  }
}

const unknown = (detail: string): GateLook => ({ verdict: 'unknown', detail });
