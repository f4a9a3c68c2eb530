/** What `slipway doctor` wants to know of a repository at GitHub. */
import { fail, pass, unknown, warn, type Look } from '../../release/doctor';
import type { Lookup } from '../../release/env-references';
import { judgeSkew } from '../../release/judge-doctor';
import { judgeChanges, type HostRules, type RefChange } from '../../release/ref-rules';
import type { Service } from '../../release/project';
import { fillName } from '../../release/ref-names';
import { isActionsJob } from './actions-job';
import { failureError, type ApiFailure } from './api-failure';
import { readFacts, tryToWrite } from './facts';
import { remoteFinding } from './judge';
import type { GitHubRepository } from './repository';

const day = 86_400_000;

/** Days before its end from which a token is told of. */
const soon = 14;

/**
 * Looks at a repository with the credentials of this worker: permissions for the move and its undo, archived, rules,
 * the token's end, the clocks. Changes nothing. What GitHub answers to the first look can be an error of the table.
 */
export async function examineGitHub(
  github: GitHubRepository,
  name: string,
  services: readonly Service[],
  lookup: Lookup,
): Promise<readonly Look[]> {
  const trunk = services[0]?.repository.trunk ?? 'main';
  const branches = services.flatMap(({ pointer }) => (pointer.kind === 'branch' ? [pointer.name] : []));
  const refs = [...new Set([trunk, ...branches])].map((branch) => `refs/heads/${branch}`);
  const [facts, writes, token] = await Promise.all([
    readFacts(github, refs),
    tryToWrite(github),
    lookAtToken(github, name, lookup),
  ]);
  if ('closed' in facts) {
    const todo = 'Let the API be used from this worker, or live with what git alone can tell.';
    return [warn(`${name}: API`, `it is closed to us: ${facts.closed}; git does it all`, todo), ...token];
  }
  if (facts.empty) {
    const { report } = failureError({ kind: 'empty', detail: '' }, github.shown);
    return [fail(`${name}: API`, report.message, report.todo), ...token];
  }
  const { verdict, detail } = remoteFinding(github, facts, writes);
  const todo = 'See "What it may do" in docs/github.md.';
  const access = { name: `${name}: API`, verdict, detail, ...(verdict === 'passed' ? {} : { todo }) };
  return [access, lookAtTrunk(name, trunk, facts), ...lookAtRules(name, services, facts.rules), ...token];
}

function lookAtTrunk(
  name: string,
  trunk: string,
  facts: { refs: ReadonlyMap<string, unknown>; defaultBranch: string | null },
): Look {
  if (facts.refs.has(`refs/heads/${trunk}`)) return pass(`${name}: trunk`, `${trunk} is there`);
  const other = facts.defaultBranch === null ? '' : `; the default branch is ${facts.defaultBranch}`;
  return fail(`${name}: trunk`, `there is no branch ${trunk}${other}`, 'Set `trunk` in slipway.yaml.');
}

/** What every service's pointer needs, with a version that stands for any. */
function lookAtRules(name: string, services: readonly Service[], rules: HostRules | undefined): Look[] {
  if (!rules) {
    const todo = 'Give the credentials "Metadata: read"; until then a refusal is seen only when it comes.';
    return [unknown(`${name}: rules`, 'they may not be read with these credentials', todo)];
  }
  return services.flatMap((service) => {
    const { there, back } = changesOf(service);
    return [
      lookOf(`${name}: rules for ${service.name}`, 'the move', judgeChanges(there, rules)),
      ...(back.length > 0
        ? [lookOf(`${name}: rules for the way back of ${service.name}`, 'the undo', judgeChanges(back, rules))]
        : []),
    ];
  });
}

function lookOf(name: string, what: string, { forbids, doubts }: ReturnType<typeof judgeChanges>): Look {
  const todo = "Let Slipway's user or App bypass the rule, or let another ref be the pointer.";
  if (forbids.length > 0) return fail(name, forbids.join('; '), todo);
  if (doubts.length > 0) return warn(name, doubts.join('; '), `Make sure that ${what} meets them.`);
  return pass(name, `they allow ${what}`);
}

function changesOf({ pointer }: Service): { there: RefChange[]; back: RefChange[] } {
  const version = { version: '0.0.0', previous: '0.0.0', n: 1 };
  if (pointer.kind === 'branch') {
    const ref = `refs/heads/${pointer.name}`;
    const back: Readonly<Record<string, RefChange[]>> = {
      force: [{ ref, act: 'force' }],
      revert: [{ ref, act: 'forward', ownCommit: true }],
    };
    return { there: [{ ref, act: 'forward' }], back: back[pointer.undo.by] ?? [] };
  }
  const ref = `refs/tags/${fillName(pointer.name, version)}`;
  const { undo } = pointer;
  const made: RefChange[] =
    undo.by === 'new-tag' ? [{ ref: `refs/tags/${fillName(undo.name, version)}`, act: 'create' }] : [];
  const deletes = undo.by === 'delete' || ('deleteBadTag' in undo && undo.deleteBadTag);
  return { there: [{ ref, act: 'create' }], back: deletes ? [...made, { ref, act: 'delete' }] : made };
}

/** The end of the token, its kind, and how far GitHub's clock is from ours: from the headers of one answer. */
async function lookAtToken(github: GitHubRepository, name: string, lookup: Lookup): Promise<Look[]> {
  const before = Date.now();
  const outcome = await github.ask(async (client) => ({
    token: await client.token(),
    headers: (await client.reading.rest.repos.get(github.parameters)).headers as Record<string, string | undefined>,
  }));
  const after = Date.now();
  if ('failure' in outcome) return [failedLook(name, outcome.failure)];
  const { token, headers } = outcome.value;
  // A token that we made ourselves, as an App, starts workflows wherever it is used.
  const isOfJob = token.expiresAt === undefined && token.token.startsWith('ghs_') && isActionsJob(lookup);
  const scopes = isOfJob ? ofJob(name) : lookAtScopes(name, token.token, headers['x-oauth-scopes']);
  const looks = [scopes, lookAtEnd(name, token.token, headers)];
  const date = Date.parse(headers['date'] ?? '');
  // The header holds whole seconds, cut off.
  const clock = judgeSkew(
    new URL(github.address.api).host,
    (before + after) / 2 - (date + 500),
    (after - before) / 2 + 500,
  );
  return Number.isNaN(date) ? looks : [...looks, clock];
}

function ofJob(name: string): Look {
  return warn(
    `${name}: token`,
    'it is the token of a run of GitHub Actions: what it pushes starts no workflow',
    'Use an App or a token of a user, so that the workflows that deploy are started.',
    'actions-token',
  );
}

function lookAtScopes(name: string, token: string, scopes: string | undefined): Look {
  const what = `${name}: token`;
  if (scopes === undefined || /^gh[su]_|^github_pat_/.test(token))
    return pass(what, 'it is of a kind with permissions of its own for each repository');
  const has = scopes.split(/,\s*/).filter(Boolean);
  if (has.includes('repo') || has.includes('public_repo')) {
    const todo = 'Use a fine-grained token or an App for this repository alone.';
    return has.includes('repo')
      ? warn(what, 'a classic token, which opens every repository of its user', todo)
      : pass(what, 'a classic token for public repositories');
  }
  return fail(what, `a classic token with the scopes ${has.join(', ') || '(none)'}`, 'It needs the scope repo.');
}

function lookAtEnd(name: string, token: string, headers: Readonly<Record<string, string | undefined>>): Look {
  const what = `${name}: end of the token`;
  const written = headers['github-authentication-token-expiration'];
  if (token.startsWith('ghs_')) return pass(what, 'it is made anew whenever it ends');
  if (written === undefined) {
    return warn(what, 'it never ends', 'Make one that ends, and note the day.', 'expiring-token');
  }
  // Such as `2026-12-01 09:30:00 UTC`, or with an offset.
  const end = Date.parse(written.replace(' UTC', 'Z').replace(' ', 'T').replace(' ', ''));
  if (Number.isNaN(end)) return unknown(what, `GitHub writes ${written}`, 'Look it up in the settings of its owner.');
  const days = Math.floor((end - Date.now()) / day);
  const words = `it ends on ${new Date(end).toISOString().slice(0, 10)}`;
  if (days >= soon) return pass(what, words);
  return warn(what, `${words}, in ${days} days`, 'Make a new one before, and set it on the worker.', 'expiring-token');
}

function failedLook(name: string, failure: ApiFailure): Look {
  const { message, todo } = failureError(failure, name);
  const verdict = failure.kind === 'no answer' || failure.kind === 'limit' ? 'unknown' : 'failed';
  return { name: `${name}: token`, verdict, detail: message, todo };
}
