import { fail, pass, type Look } from '../../release/doctor';
import { maskUrl } from '../../release/git-answers';
import { fenceRef } from '../../release/identity';
import type { Service } from '../../release/project';
import { examineGitHub } from '../github/examine';
import { GitHubRepository } from '../github/repository';
import { withRepository } from '../repository';
import { REMOTE, remoteError } from '../repository/git';
import type { Attempt } from '../surroundings';
import { bounded, type Patient } from './examiner';
import { lookAtCredentials } from './git-credentials';
import { actsOf, type Refs } from './push-acts';
import { examinePushes } from './pushes';

/** Milliseconds for what follows the first look: a first clone of a large repository takes its time. */
const cloneLimit = 150_000;

/** Every repository: whether it answers, and takes what a release pushes on its way there and back. */
export async function examineRepositories(patient: Patient): Promise<readonly Look[]> {
  const byRepository = new Map<string, Service[]>();
  for (const service of patient.services) {
    const key = JSON.stringify(service.repository);
    byRepository.set(key, [...(byRepository.get(key) ?? []), service]);
  }
  const groups = [...byRepository.values()];
  const names = shortNames(groups.map(([first]) => maskUrl(first!.repository.url)));
  const looks = await Promise.all(groups.map((services, at) => examineRepository(names[at]!, services, patient)));
  return looks.flat();
}

/** The ends of the addresses, where they tell them apart. */
function shortNames(addresses: readonly string[]): string[] {
  const ends = addresses.map((address) => (address.includes('${') ? address : address.split(/[/:]/).at(-1) || address));
  return ends.map((end, at) => (ends.indexOf(end) === ends.lastIndexOf(end) ? end : addresses[at]!));
}

async function examineRepository(
  name: string,
  services: readonly Service[],
  patient: Patient,
): Promise<readonly Look[]> {
  const [{ repository }] = services as [Service];
  let refs: Refs | undefined;
  const first = await bounded(name, patient, async (attempt) => {
    refs = await readRefs(repository, patient, attempt);
    return [lookAtRefs(name, repository, refs), ...lookAtCredentials(name, repository, patient)];
  });
  const api = repository.github ? await examineApi(name, services, patient) : [];
  const seen = refs;
  const head = seen?.get(`refs/heads/${repository.trunk}`);
  if (seen === undefined || head === undefined) return [...first, ...api];
  const pushes = await bounded(
    `${name}: pushes`,
    patient,
    (attempt) => {
      const context = { surroundings: patient.surroundings, repository, attempt };
      return withRepository(context, async (workspace) => {
        await workspace.fetch([repository.trunk, ...services.flatMap(branchOf)]);
        const fence = fenceRef({ project: patient.project.name, environment: patient.environment.name });
        const acts = await actsOf(services, { workspace, refs: seen, head, fence });
        const areRulesKnown = api.some((look) => look.name.startsWith(`${name}: rules for `));
        const ground = { name, services, workspace, refs: seen, head, acts, areRulesKnown };
        return examinePushes(ground, { ...patient, attempt });
      });
    },
    cloneLimit,
  );
  return [...first, ...api, ...pushes];
}

const branchOf = ({ pointer }: Service): string[] => (pointer.kind === 'branch' ? [pointer.name] : []);

/** What the host tells by its API, its rules among it, where the configuration gives access. */
function examineApi(name: string, services: readonly Service[], patient: Patient): Promise<readonly Look[]> {
  const [{ repository }] = services as [Service];
  return bounded(`${name}: API`, patient, async ({ signal }) => {
    const github = GitHubRepository.of(repository, patient.surroundings.lookup, signal);
    return github ? examineGitHub(github, name, services, patient.surroundings.lookup) : [];
  });
}

/** Every ref of the remote; an annotated tag also as `REF^{}`, what it names. */
async function readRefs(repository: Service['repository'], { surroundings }: Patient, attempt: Attempt): Promise<Refs> {
  return withRepository({ surroundings, repository, attempt }, async (workspace) => {
    const result = await workspace.remote(['ls-remote', REMOTE]);
    if (result.code !== 0 || result.timedOut) throw remoteError(workspace.url, result);
    const lines = result.stdout.split('\n').filter(Boolean);
    return new Map(lines.map((line) => [line.slice(line.indexOf('\t') + 1), line.slice(0, line.indexOf('\t'))]));
  });
}

function lookAtRefs(name: string, { url, trunk }: Service['repository'], refs: Refs): Look {
  const shown = maskUrl(url);
  const head = refs.get(`refs/heads/${trunk}`);
  if (refs.size === 0) return fail(name, `${shown} answers, but is empty`, `Push the trunk ${trunk} there first.`);
  if (head === undefined) {
    const branches = [...refs.keys()].flatMap((ref) => (ref.startsWith('refs/heads/') ? [ref.slice(11)] : []));
    const there = branches.slice(0, 5).join(', ') || 'none';
    const todo = `Set the repository's \`trunk\` in slipway.yaml (branches there: ${there}).`;
    return fail(name, `${shown} answers, but has no branch ${trunk}`, todo);
  }
  return pass(name, `${shown} answers; ${trunk} is at ${head.slice(0, 10)}`);
}
