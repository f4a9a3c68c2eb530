import { resolveRepository } from '../assemble-project';
import type { Path } from '../problems';
import type { GateRule } from '../../release/gate-rule';
import { isBotLogin, type WhoIsWho } from '../../release/people';

/**
 * What can be read of a file although parts of it may be wrong: what the rules judge, so that a typing error in one
 * place hides no mistake in another. Whatever has the wrong type is left out here, since the schema speaks of it.
 */
export interface Draft {
  /** The whole value, for rules about any text. */
  readonly value: unknown;
  readonly versionTag?: DraftText;
  readonly services: readonly DraftService[];
  readonly environments: readonly DraftEnvironment[];
  readonly triggers: readonly DraftTrigger[];
  readonly people: readonly DraftPerson[];
  readonly teams: readonly DraftTeam[];
  /** Who is who, as far as that can be read. */
  readonly whoIsWho: WhoIsWho;
}

/** A text and where it stands. */
export interface DraftText {
  readonly path: Path;
  readonly text: string;
}

export interface DraftService {
  readonly name: string;
  readonly path: Path;
  /** Its own or the project's; `url` is empty if neither says. */
  readonly repository: { readonly url: string; readonly trunk: string };
  /** Its repository may be asked by GitHub's API. */
  readonly hasGitHub: boolean;
  readonly after: readonly DraftText[];
  readonly hasDatabase: boolean;
  readonly hasBackup: boolean;
  readonly pointer?: DraftPointer;
  /** As written. */
  readonly live: unknown;
  readonly smoke: readonly DraftCheck[];
}

export interface DraftPointer {
  readonly path: Path;
  readonly kind: string;
  readonly name: DraftText;
  /** As written. */
  readonly undo: unknown;
  readonly builds: Readonly<Record<string, unknown>>;
  /** The name of the rollback tag, if one is written. */
  readonly newTag?: DraftText;
  /** The name of the redeploy tag, if one is written. */
  readonly redeployTag?: DraftText;
  /** As written. */
  readonly redeploy: unknown;
}

export interface DraftCheck {
  readonly path: Path;
  /** As written; empty = not named. */
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface DraftEnvironment {
  readonly name: string;
  readonly path: Path;
  readonly approvals: readonly DraftApproval[];
  readonly checks: readonly DraftCheck[];
  readonly gates: readonly DraftGate[];
  /** Everybody who is named in `may`. */
  readonly may: readonly DraftText[];
  /** Deployed by somebody else. */
  readonly isObserved: boolean;
  /** As written. */
  readonly form: Readonly<Record<string, unknown>>;
  /** What a hotfix names of the above. */
  readonly hotfix: { readonly gates: readonly DraftText[]; readonly approvals: readonly DraftText[] };
}

export interface DraftGate {
  readonly path: Path;
  /** As written; empty = not named. */
  readonly name: string;
  /** Its first key; empty = none is known. */
  readonly kind: string;
  readonly services: readonly DraftText[];
  /** manual: what is to be ticked, and by whom. */
  readonly items: readonly DraftText[];
  readonly by: readonly DraftText[];
  /** As written. */
  readonly form: Readonly<Record<string, unknown>>;
}

export interface DraftTrigger {
  readonly path: Path;
  readonly tag?: DraftText;
  readonly environment?: DraftText;
  /** As written; absent = all of the file. */
  readonly services?: readonly DraftText[];
}

export interface DraftPerson {
  readonly name: string;
  readonly path: Path;
  readonly emails: readonly DraftText[];
  readonly github?: DraftText;
  readonly keys: readonly DraftText[];
  /** Their keys are those that GitHub knows. */
  readonly githubKeys: boolean;
  readonly bot: boolean;
}

export interface DraftTeam {
  readonly name: string;
  readonly path: Path;
  readonly members: readonly DraftText[];
  /** `organization/team`, of a team of GitHub. */
  readonly github?: DraftText;
}

export interface DraftApproval {
  readonly path: Path;
  readonly name: string;
  readonly approvers: readonly DraftText[];
  readonly required: number;
  readonly isSigned: boolean;
  /** Who may not approve. */
  readonly not: readonly DraftText[];
  readonly isSoft: boolean;
  readonly requestCounts: boolean;
  readonly checklist: readonly DraftText[];
  /** The rest as written. */
  readonly form: Readonly<Record<string, unknown>>;
}

/** The draft of a file's raw value. */
export function draftOf(value: unknown, folder: string): Draft {
  const root = mapAt(value);
  const people = Object.entries(mapAt(root['people'])).map(([name, form]) => personOf(name, mapAt(form)));
  const teams = Object.entries(mapAt(root['teams'])).map(([name, form]) => teamOf(name, form));
  const versionTag = textAt(['versions', 'tag'], mapAt(root['versions'])['tag']);
  return {
    value,
    ...(versionTag && { versionTag }),
    services: Object.entries(mapAt(root['services'])).map(([name, form]) =>
      serviceOf(name, mapAt(form), mapAt(root['repository']), folder),
    ),
    environments: Object.entries(mapAt(root['environments'])).map(([name, form]) => environmentOf(name, mapAt(form))),
    triggers: listAt(root['triggers']).map((item, index) => triggerOf(['triggers', index], mapAt(item))),
    people,
    teams,
    whoIsWho: whoIsWhoOf(people, teams),
  };
}

function personOf(name: string, form: Fields): DraftPerson {
  const path = ['people', name];
  const github = textAt([...path, 'github'], form['github']);
  return {
    name,
    path,
    emails: textsAt([...path, 'emails'], form['emails']),
    ...(github && { github }),
    keys: textsAt([...path, 'keys'], form['keys']),
    githubKeys: form['keys'] === 'github',
    bot: form['bot'] === true || isBotLogin(github?.text ?? ''),
  };
}

function teamOf(name: string, form: unknown): DraftTeam {
  const path = ['teams', name];
  const github = textAt([...path, 'github'], mapAt(form)['github']);
  return { name, path, members: textsAt(path, form), ...(github && { github }) };
}

function whoIsWhoOf(people: readonly DraftPerson[], teams: readonly DraftTeam[]): WhoIsWho {
  const texts = (list: readonly DraftText[]) => list.map(({ text }) => text);
  return {
    people: Object.fromEntries(
      people.map(({ name, emails, github, keys, githubKeys, bot }) => [
        name,
        { name, emails: texts(emails), ...(github && { github: github.text }), keys: texts(keys), githubKeys, bot },
      ]),
    ),
    teams: Object.fromEntries(
      teams.map(({ name, members, github }) => [
        name,
        { name, members: texts(members), ...(github && { github: { org: '', slug: '' } }) },
      ]),
    ),
  };
}

function triggerOf(path: Path, form: Fields): DraftTrigger {
  const tag = textAt([...path, 'tag'], form['tag']);
  const environment = textAt([...path, 'environment'], form['environment']);
  const services = Array.isArray(form['services']) ? textsAt([...path, 'services'], form['services']) : undefined;
  return { path, ...(tag && { tag }), ...(environment && { environment }), ...(services && { services }) };
}

function serviceOf(name: string, form: Fields, shared: Fields, folder: string): DraftService {
  const path = ['services', name];
  const pointer = pointerOf([...path, 'pointer'], mapAt(form['pointer']));
  return {
    name,
    path,
    repository: repositoryOf(mapAt(form['repository']), shared, folder),
    hasGitHub: hasGitHub(mapAt(form['repository']), shared, folder),
    after: textsAt([...path, 'after'], form['after']),
    hasDatabase: 'database' in form && form['database'] !== null,
    hasBackup: 'backup' in mapAt(form['database']),
    ...(pointer && { pointer }),
    live: form['live'],
    smoke: checksAt([...path, 'smoke'], form['smoke']),
  };
}

function hasGitHub(own: Fields, shared: Fields, folder: string): boolean {
  const access = ({ url, github }: Fields) => ({
    ...(typeof url === 'string' && url !== '' && { url }),
    ...(typeof github === 'object' && github !== null && { github: {} }),
  });
  return resolveRepository(access(own), access(shared), folder).github !== undefined;
}

function repositoryOf(own: Fields, shared: Fields, folder: string) {
  const texts = ({ url, trunk }: Fields) => ({
    ...(typeof url === 'string' && url !== '' && { url }),
    ...(typeof trunk === 'string' && { trunk }),
  });
  const isSaid = texts(own).url !== undefined || texts(shared).url !== undefined;
  const repository = resolveRepository(texts(own), texts(shared), folder);
  return isSaid ? repository : { ...repository, url: '' };
}

function pointerOf(path: Path, form: Fields): DraftPointer | undefined {
  const name = textAt([...path, 'name'], form['name']);
  if (!name || typeof form['kind'] !== 'string') return undefined;
  const newTag = textAt([...path, 'undo', 'newTag', 'name'], mapAt(mapAt(form['undo'])['newTag'])['name']);
  const redeployTag = textAt([...path, 'redeploy'], form['redeploy']);
  return {
    path,
    kind: form['kind'],
    name,
    undo: form['undo'],
    builds: mapAt(form['builds']),
    ...(newTag && { newTag }),
    ...(redeployTag && { redeployTag }),
    redeploy: form['redeploy'],
  };
}

function environmentOf(name: string, form: Fields): DraftEnvironment {
  const path = ['environments', name];
  return {
    name,
    path,
    approvals: listAt(form['approvals']).map((item, index) => {
      const form = mapAt(item);
      const { name: called, approvers, required, signed } = form;
      const at = [...path, 'approvals', index];
      return {
        path: at,
        name: typeof called === 'string' ? called : '',
        approvers: textsAt([...at, 'approvers'], approvers),
        required: typeof required === 'number' ? required : 1,
        isSigned: signed === 'required',
        not: textsAt([...at, 'not'], form['not']),
        isSoft: form['guard'] === 'soft',
        requestCounts: form['requestCounts'] === true,
        checklist: textsAt([...at, 'checklist'], form['checklist']),
        form,
      };
    }),
    may: Object.entries(mapAt(form['may'])).flatMap(([act, who]) =>
      Array.isArray(who) ? textsAt([...path, 'may', act], who) : (textAt([...path, 'may', act], who) ?? []),
    ),
    isObserved: form['observed'] === true,
    form,
    hotfix: {
      gates: textsAt([...path, 'hotfix', 'gates'], mapAt(form['hotfix'])['gates']),
      approvals: textsAt([...path, 'hotfix', 'approvals'], mapAt(form['hotfix'])['approvals']),
    },
    checks: checksAt([...path, 'verify', 'checks'], mapAt(form['verify'])['checks']),
    gates: listAt(form['gates']).map((item, index) => gateOf([...path, 'gates', index], mapAt(item))),
  };
}

const gateKinds: readonly GateRule['kind'][] = [
  'ci',
  'review',
  'issues',
  'protection',
  'manifest',
  'notes',
  'environment',
  'command',
  'http',
  'monitoring',
  'settings',
  'manual',
];

function gateOf(path: Path, form: Fields): DraftGate {
  return {
    path,
    name: typeof form['name'] === 'string' ? form['name'] : '',
    kind: gateKinds.find((kind) => kind in form) ?? '',
    services: textsAt([...path, 'services'], form['services']),
    items: textsAt([...path, 'manual'], form['manual']),
    by: textsAt([...path, 'by'], form['by']),
    form,
  };
}

type Fields = Readonly<Record<string, unknown>>;

function checksAt(path: Path, value: unknown): DraftCheck[] {
  return listAt(value).map((item, index) => {
    const fields = mapAt(item);
    return { path: [...path, index], name: typeof fields['name'] === 'string' ? fields['name'] : '', fields };
  });
}

const textsAt = (path: Path, value: unknown) =>
  listAt(value).flatMap((item, index) => textAt([...path, index], item) ?? []);

const textAt = (path: Path, value: unknown): DraftText | undefined =>
  typeof value === 'string' ? { path, text: value } : undefined;

const listAt = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const mapAt = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
