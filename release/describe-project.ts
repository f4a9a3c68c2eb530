/** A project's rules in a few sentences, for whoever wants to know whether the file says what they meant. */
import type { CalendarRules, PlannedFreeze } from './calendar/rules';
import { describeWindows } from './calendar/windows';
import { formatDuration } from './durations';
import type { GateRule, NotesGate, ProtectionGate } from './gate-rule';
import type { QueuePolicy } from './rule-words';
import { conditionWords } from './approval-words';
import { referencesIn } from './env-references';
import type {
  ApprovalRule,
  BranchPointer,
  Environment,
  Project,
  Service,
  TagPointer,
  TagTrigger,
  VersionSource,
} from './project';
import { maskUrl } from './git-answers';
import { mayWords } from './may';
import { soakWords } from './render-soak';
import { serviceOrder } from './service-order';
import type { DecisionKind } from './decision';
import { signedKinds } from './signed-decision';
import { mustBeSigned } from './signed-word';

/** The rules of `project`, a sentence a line. */
export function describeProject(project: Project): string[] {
  const services = serviceOrder(project.services);
  const variables = referencesIn(project);
  return [
    `Project ${project.name}: ${services.map(({ name }) => name).join(', then ')} to ${Object.keys(project.environments).join(', ')}.`,
    `A version is ${versionWords(project.versions)}.`,
    rulesSentence(project.rules),
    ...services.map(serviceSentence),
    ...Object.values(project.environments).flatMap(environmentSentences),
    ...project.triggers.map((trigger) => triggerSentence(trigger, services.length)),
    ...(variables.length ? [`The worker needs these variables: ${variables.join(', ')}.`] : []),
  ];
}

function rulesSentence(rules: Project['rules']): string {
  if (!rules) return 'These rules count as they stand in the copy of whoever asks for a release.';
  const { file, branch, repository } = rules;
  return `The rules that count are those in ${file} at the head of ${branch} of ${maskUrl(repository.url)}, whatever stands in anybody’s copy.`;
}

function versionWords(source: VersionSource): string {
  switch (source.kind) {
    case 'tag':
      return `the commit with the tag ${source.pattern}`;
    case 'manifest':
      return `the first commit on the trunk whose ${source.file} has it as ${source.field}`;
    case 'commit':
      return 'a commit id';
  }
}

function serviceSentence({ name, pointer, database, live, smoke }: Service): string {
  const migrations = database
    ? `; migrations from ${database.migrations}, ${database.onRollback === 'keep' ? 'whose schema stays after a rollback' : 'undone after a rollback where they hold no data'}`
    : '';
  const checks =
    smoke.length === 0 ? 'no smoke check' : smoke.length === 1 ? '1 smoke check' : `${smoke.length} smoke checks`;
  return `${name}: ${pointerWords(pointer)}${migrations}; live when ${live.url} has said so ${live.readings} times in a row; ${checks}.`;
}

function pointerWords(pointer: TagPointer | BranchPointer): string {
  return pointer.kind === 'tag'
    ? `released by the tag ${pointer.name}, ${undoWords(pointer)}`
    : `released by moving the branch ${pointer.name} forward, ${undoWords(pointer)}`;
}

function undoWords({ undo }: TagPointer | BranchPointer): string {
  switch (undo.by) {
    case 'new-tag':
      return `undone by a tag ${undo.name} on the version before`;
    case 'delete':
      return 'undone by deleting it';
    case 'command':
      return `undone by ${undo.command.argv.join(' ')}`;
    case 'force':
      return 'undone by setting it back';
    case 'revert':
      return 'undone by a new commit with the old contents';
    case 'none':
      return 'which cannot be undone';
  }
}

/** Several approvals, and all gates, have a line of their own: nobody finds the end of the sentence that holds them all. */
function environmentSentences(environment: Environment): string[] {
  const {
    name,
    approvals,
    gates = [],
    queue,
    verify,
    monitor,
    soak,
    onFailure,
    embedded,
    calendar,
    drift,
  } = environment;
  if (environment.observed) return [observedSentence(environment)];
  const parts = [
    askingWords(approvals),
    gates.length > 0 ? `it has ${gates.length === 1 ? 'a gate' : `${gates.length} gates`} besides the usual ones` : '',
    queueWords[queue],
    calendar ? calendarWords(calendar) : '',
    verify.wait > 0 ? `it waits ${formatDuration(verify.wait)} before it moves` : '',
    monitor.window > 0 ? `it watches for ${formatDuration(monitor.window)} after` : '',
    soak ? `after that ${soakWords(soak)}` : '',
    onFailure === 'rollback' ? 'a failure rolls back by itself' : 'a failure waits for a person',
    hotfixWords(environment),
    environment.rollback?.approvals === 'required' ? 'also going back needs its approvals' : '',
    ...mayWords(environment),
    signedWords(environment),
    drift ? `every ${formatDuration(drift.every)} it is looked whether what runs is what was released` : '',
    embedded ? 'it may run on the stack of `slipway dev`' : '',
  ];
  return [
    `${name}: ${parts.filter(Boolean).join('; ')}.`,
    ...(approvals.length > 1 ? approvals.map((rule) => `  approval ${rule.name}: ${approvalWords(rule)}.`) : []),
    ...gates.map((gate) => `  gate ${gate.name}: ${gateWords(gate)}.`),
  ];
}

function askingWords(approvals: readonly ApprovalRule[]): string {
  const [only] = approvals;
  if (!only) return 'nobody is asked';
  return approvals.length === 1 ? approvalWords(only) : `it asks for ${approvals.length} approvals`;
}

function signedWords(environment: Environment): string {
  if (environment.signed !== 'required') return '';
  const words = ['freezes', 'stops', 'adoptions', 'the order of the queue'];
  const decisions = signedKinds(environment).flatMap((kind) => plural[kind] ?? []);
  const back = mustBeSigned(environment, 'rollback') ? ', and so must rollbacks of what has finished' : '';
  return `${[...words, ...decisions].join(', ').replace(/, ([^,]*)$/, ' and $1')} must be signed${back}`;
}

const plural: Readonly<Partial<Record<DecisionKind, string>>> = {
  reject: 'rejections',
  pause: 'pauses',
  skipWait: 'skipped waits',
  resolve: 'decisions on steps',
  override: 'overrides',
  tick: 'ticks',
};

function observedSentence({ name, drift }: Environment): string {
  const every = drift
    ? `, every ${formatDuration(drift.every)} once \`slipway environment watch ${name}\` was said`
    : '';
  return `${name}: somebody else deploys to it; what runs, and whether it is healthy, is looked at${every}.`;
}

function hotfixWords({ hotfix }: Environment): string {
  if (!hotfix) return '';
  const { gates, approvals, verify, monitor } = hotfix;
  const parts = [
    ...(gates ? [`of these gates only ${gates.join(', ') || 'none'}`] : []),
    ...(approvals ? [approvals.length > 0 ? `the approval ${approvals.join(', ')}` : 'no approval'] : []),
    ...(verify === undefined ? [] : [`a verify wait of ${formatDuration(verify)}`]),
    ...(monitor === undefined ? [] : [`a monitoring window of ${formatDuration(monitor)}`]),
  ];
  return parts.length > 0 ? `a hotfix needs ${parts.join(', ')}` : '';
}

function calendarWords({ windows, freezes, zone }: CalendarRules): string {
  const open = windows.length > 0 ? `open ${describeWindows(windows)}` : 'open at all times';
  const closed = freezes.length > 0 ? `, but for ${freezes.map(freezeWords).join(', ')}` : '';
  return `it is ${open} (${zone})${closed}`;
}

function freezeWords(freeze: PlannedFreeze): string {
  switch (freeze.kind) {
    case 'dates':
      return `${freeze.from} to ${freeze.to}`;
    case 'days':
      return `${freeze.days} of every year`;
    case 'holidays':
      return `holidays of ${freeze.regions.join(' and ')}${freeze.lastBusinessDayBefore ? ' and the last business day before each' : ''}`;
    case 'ical':
      return freeze.needs.length > 0
        ? `absences of ${freeze.needs.join(' or ')} in ${freeze.ical}`
        : `the events of ${freeze.ical}`;
  }
}

const queueWords: Readonly<Record<QueuePolicy, string>> = {
  queue: '',
  supersede: 'a newer version replaces those that wait',
  refuse: 'it takes one release at a time and refuses others',
};

function triggerSentence({ pattern, environment, services, every }: TagTrigger, all: number): string {
  const what = services.length === all ? 'a release' : `a release of ${services.join(', ')}`;
  return `An annotated tag ${pattern} asks for ${what} to ${environment}, looked for every ${formatDuration(every)} once \`slipway trigger on\` was said.`;
}

function approvalWords(rule: ApprovalRule): string {
  const { approvers, required, signed, timeout, guard, requestCounts, checklist = [], remind } = rule;
  const who = approvers.length
    ? `${required} of ${approvers.join(', ')}`
    : `${required} ${required === 1 ? 'person' : 'people'}`;
  return [
    `${who} must approve${signed === 'required' ? ', signed with a key of theirs,' : ''} within ${formatDuration(timeout)}`,
    ...conditionWords(rule),
    ...(checklist.length > 0 ? [`once ${checklist.join(', ')} ${checklist.length === 1 ? 'is' : 'are'} ticked`] : []),
    ...(requestCounts ? ['and the request counts as one'] : []),
    ...(remind === undefined ? [] : [`with a reminder every ${formatDuration(remind)}`]),
    ...(guard === 'soft' ? ['unless a person overrides that with a reason'] : []),
  ].join(', ');
}

function gateWords(gate: GateRule): string {
  const { guard, services, wait } = gate;
  const of = services.length > 0 ? ` for ${services.join(', ')}` : '';
  const waits = wait > 0 && isWaitedFor(gate) ? `, waited for up to ${formatDuration(wait)}` : '';
  return `${askedWords(gate)}${of}${waits}${guard === 'soft' ? ', or a person overrides it' : ''}`;
}

/** Git alone always has an answer, and a program that lists settings has none to wait for. */
const isWaitedFor = (gate: GateRule): boolean =>
  gate.kind === 'settings' ? gate.from.by === 'http' : gate.kind !== 'manifest' && gate.kind !== 'notes';

function askedWords(gate: GateRule): string {
  switch (gate.kind) {
    case 'ci':
      return gate.checks === 'required'
        ? 'the checks that the trunk requires at GitHub must have passed'
        : `these checks must have passed at GitHub: ${gate.checks.join(', ')}`;
    case 'review':
      return 'every commit must have come through an approved pull request';
    case 'issues':
      return `no issue${gate.repository === undefined ? '' : ` of ${gate.repository}`} with the label ${gate.label} may be open`;
    case 'protection':
      return protectionWords(gate);
    case 'manifest':
      return `${gate.field} in ${gate.file} must be the version`;
    case 'notes':
      return notesWords(gate.from);
    case 'environment':
      return `the commit, or one that contains it, must have been live and healthy in ${gate.environment}${gate.for > 0 ? ` for ${formatDuration(gate.for)}` : ''}`;
    case 'command':
      return `${gate.command.argv.join(' ')} must say yes`;
    case 'http':
      return `${gate.url} must say yes`;
    case 'monitoring':
      return `these monitors must exist and report: ${[...gate.alerts, ...gate.series].join(', ')}`;
    case 'settings':
      return `these settings must exist in the target, by ${gate.from.by === 'command' ? gate.from.command.argv.join(' ') : gate.from.url}: ${gate.names.join(', ')}`;
    case 'manual':
      return `${gate.by.join(' or ') || 'somebody'} must have ticked ${gate.items.join(', ')}`;
  }
}

function protectionWords({ trunk, checks, pointers, versions }: ProtectionGate): string {
  const refs = [...(pointers ? ['pointers'] : []), ...(versions ? ['version tags'] : [])];
  const parts = [
    ...(trunk ? [`the trunk must change by pull requests only${checks ? ', with checks' : ''}`] : []),
    ...(refs.length > 0 ? [`only Slipway may move ${refs.join(' and ')}`] : []),
  ];
  return `at GitHub ${parts.join(', and ')}`;
}

function notesWords(from: NotesGate['from']): string {
  if (from.in === 'file') return `${from.file} must have notes of the version`;
  return from.in === 'tag'
    ? 'the message of the version’s tag must be its notes'
    : 'GitHub must have a release with notes';
}
