import { fail, pass, unknown, warn, type Look } from '../../release/doctor';
import { judgePush } from '../../release/git-answers';
import type { Service } from '../../release/project';
import { isAncestor, standsFor } from '../repository';
import { REMOTE } from '../repository/git';
import type { Patient } from './examiner';
import { lookAtFence } from './fence-state';
import type { Ground } from './ground';
import { configuredRules, localRules } from './local-rules';
import { wayBackName, type Act } from './push-acts';
import { rehearse } from './rehearse-push';

/** Whether the remote takes what a release pushes. Nothing of it lands. */
export async function examinePushes(ground: Ground, patient: Patient): Promise<Look[]> {
  const dry = await dryRun(ground);
  const around = [
    await lookAtFence(ground, patient),
    ...(await Promise.all(ground.services.map((service) => lookAtBranch(service, ground)))).flat(),
    ...(await skippedBuilds(ground)),
  ];
  if (dry.verdict !== 'passed') return [dry, ...around];
  const rules = patient.rehearse ? await rehearseAll(ground) : await seenRules(ground, patient);
  return [dry, ...rules, ...around];
}

/** By one dry run of all pushes: it shows what the login may do, and nothing of the rules for single refs. */
async function dryRun({ name, workspace, acts }: Ground): Promise<Look> {
  const title = `${name}: pushes`;
  const first = [...new Map(acts.map((act) => [act.ref, act])).values()];
  const leases = first.map(({ ref, from }) => `--force-with-lease=${ref}:${from ?? ''}`);
  const updates = first.map(({ ref, to }) => `${to ?? ''}:${ref}`);
  const options = ['push', '--porcelain', '--dry-run', '--atomic', ...leases];
  const answer = judgePush(await workspace.remote([...options, REMOTE, ...updates]));
  switch (answer.kind) {
    case 'done':
      return pass(title, 'this worker may push, and pushes are atomic');
    case 'denied':
    case 'refused':
      return fail(
        title,
        `it takes no pushes of this worker: ${answer.detail}`,
        'Give the worker credentials that may push there: neither a move nor its undo would land.',
      );
    case 'lost race':
      return unknown(title, `its refs moved meanwhile: ${answer.detail}`, 'Look again.');
    case 'no answer':
      return unknown(title, answer.detail, 'Look again; check the network between the worker and this host.');
  }
}

/** Pushes that cannot succeed, one for each act: what keeps one from landing is our own doing, or a rule. */
async function rehearseAll(ground: Ground): Promise<Look[]> {
  const { workspace, services, acts, head } = ground;
  const configured = await configuredRules(ground);
  const looks: Look[] = services.flatMap(({ name, pointer }) =>
    notRehearsed(wayBackName(name, pointer.name), pointer, acts).map(
      // What could not be tried may be known all the same.
      (look) => configured.find((one) => one.name === look.name) ?? look,
    ),
  );
  // One after the other: together they would meet each other's locks.
  for (const act of acts) looks.push(await rehearse(workspace, act, head));
  return looks;
}

/** A branch that is new, or has one commit only, cannot be tried to be set back. */
function notRehearsed(name: string, pointer: Service['pointer'], acts: readonly Act[]): Look[] {
  if (pointer.kind !== 'branch' || pointer.undo.by !== 'force' || acts.some((act) => act.name === name)) return [];
  const todo = 'Look again once the branch has a commit behind its newest.';
  return [warn(name, 'it cannot be rehearsed: there is no commit to set the branch back to', todo, 'push-hooks')];
}

/** What can be seen of the rules without pushing anything. */
async function seenRules(ground: Ground, { environment }: Patient): Promise<Look[]> {
  if (ground.areRulesKnown) return [];
  const local = await localRules(ground, environment.name);
  if (local) return local;
  const what = ground.acts.map((act) => act.name).join('; ');
  return [
    warn(
      `${ground.name}: rules`,
      `a dry run does not ask the rules for single refs, of which the way back needs some (${what})`,
      `slipway doctor ${environment.name} --rehearse`,
      'push-hooks',
    ),
  ];
}

/** Whether a branch that is to be moved can be fast-forwarded to the trunk as it is. */
async function lookAtBranch(
  { name, pointer, repository }: Service,
  { workspace, refs, head }: Ground,
): Promise<Look[]> {
  if (pointer.kind !== 'branch') return [];
  const at = refs.get(`refs/heads/${pointer.name}`);
  const title = `${name}: branch ${pointer.name}`;
  if (at === undefined) return [pass(title, 'it is not there; the first release makes it')];
  const isBehind = await isAncestor(workspace, await standsFor(workspace, at), head);
  if (isBehind === undefined) {
    return [unknown(title, `it could not be compared with ${repository.trunk}`, 'Look again.')];
  }
  if (isBehind) return [pass(title, `at ${at.slice(0, 10)}, can be fast-forwarded to ${repository.trunk}`)];
  const todo = `Merge what only ${pointer.name} has into ${repository.trunk}, or set it back to a commit of ${repository.trunk}.`;
  return [fail(title, `it has commits that ${repository.trunk} has not: it cannot be fast-forwarded`, todo)];
}

/** What the usual hosts take as a wish that no build be started (docs/doctor.md). */
const skipWords = /\[(skip ci|ci skip|no ci|skip actions|actions skip)\]|^skip-checks: *true$/im;

async function skippedBuilds({ name, workspace, head }: Ground): Promise<Look[]> {
  const { stdout } = await workspace.local(['log', '-1', '--format=%B', head]);
  const [word] = skipWords.exec(stdout) ?? [];
  if (word === undefined) return [];
  const detail = `the newest commit says ${word}: a pointer that is moved to it starts no build at the usual hosts`;
  return [warn(`${name}: builds`, detail, 'Release a commit without these words.', 'skip-ci')];
}
