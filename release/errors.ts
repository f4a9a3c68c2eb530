/**
 * Every error that Slipway can report: code → sentence, what to do, whether trying again can help.
 *
 * `{name}` in a sentence is filled from the error's details. `kind` tells whose word it is and, in the CLI, the exit
 * code: `input` = what was written or asked for is wrong; `refused` = a rule or the world said no; `conflict` = the
 * world is not as the plan expected; `unknown` = could not tell; `bug` = ours.
 */
export type ErrorKind = 'input' | 'refused' | 'conflict' | 'unknown' | 'bug';

/** One line of the error table. */
export interface ErrorEntry {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly todo: string;
  readonly retryable: boolean;
}

const entry = (kind: ErrorKind, message: string, todo: string, retryable = false): ErrorEntry => ({
  kind,
  message,
  todo,
  retryable,
});

/** What to do where nothing is. */
export const nothingToDo = 'Nothing to do.';

/** The table. Codes are stable: scripts may match on them. */
export const errorTable = {
  // Configuration and what is asked for
  CONFIG_MISSING: entry('input', 'There is no {file}.', 'Run `slipway init`, or name the file with --config.'),
  CONFIG_INVALID: entry('input', '{file} has {count}:\n{problems}', 'Mend these lines, then run `slipway validate`.'),
  ENVIRONMENT_UNKNOWN: entry('input', 'There is no environment {name} in {file}.', 'Environments there: {known}.'),
  ENV_REFERENCE_UNDEFINED: entry(
    'input',
    'These environment variables are not set on the worker: {name} (needed by {where}).',
    'Set {name} where the worker of this environment runs, start that worker anew, then release again.',
  ),
  VERSION_UNKNOWN: entry('input', 'Service {service}: there is no version {version}: {detail}.', '{hint}'),
  VERSION_MALFORMED: entry(
    'input',
    '{version} is no version: {detail}.',
    'Write a version such as 1.2.0, a build number or a commit id.',
  ),
  COMMIT_NOT_ON_TRUNK: entry(
    'refused',
    'Service {service}: commit {commit} is not on {trunk}.',
    'Merge it to {trunk} first; only what is on the trunk is released.',
  ),
  ALREADY_LIVE: entry('refused', 'Version {version} is already live in {environment}.', 'There is nothing to do.'),
  TRIGGERS_NONE: entry(
    'input',
    '{file} has no triggers.',
    'Write for example triggers: [{ tag: "release/v{version}", environment: production }].',
  ),
  TRIGGER_FORGOTTEN: entry(
    'conflict',
    'Tags are looked for by a schedule of which the ledger does not know that it is on: it starts nothing.',
    'The ledger may be a new one, or the schedule was unpaused by hand. Run `slipway trigger on`: tags that are there are noted, later ones released.',
  ),
  TRIGGER_SUPERSEDED: entry(
    'conflict',
    'Tags are looked for by another `slipway trigger on`, on another Temporal: this one starts nothing.',
    'Run `slipway trigger off` here, or `slipway trigger on` to take over; then `slipway trigger off` there.',
  ),
  REQUEST_INVALID: entry(
    'input',
    'This is no request that {what} can take: {problem}.',
    'Ask with `slipway release`, or with the functions of client/: they send what is needed.',
  ),
  USAGE: entry('input', 'This cannot be run: {detail}.', 'See `{help}`.'),
  CONFIG_EXISTS: entry('input', '{file} is there already.', 'Look at it, or write it anew with --force.'),
  SOURCE_UNUSABLE: entry(
    'input',
    'Nothing can be proposed from {file}: {problem}. Nothing was written.',
    'Name a deploy script, a workflow of GitHub Actions, vercel.json, a Kubernetes manifest, kustomization.yaml or Chart.yaml.',
  ),
  WHO_UNKNOWN: entry(
    'input',
    'It is not known who you are: SLIPWAY_USER is not set and git has no user.name.',
    'Set SLIPWAY_USER, or run `git config --global user.name "Your Name"`.',
  ),
  // Temporal and the stack
  TEMPORAL_MISSING: entry(
    'unknown',
    'No Temporal server was found: {tried}.',
    'Run `slipway dev` in another terminal, or set TEMPORAL_ADDRESS (or a profile).',
  ),
  TEMPORAL_ADDRESS_INVALID: entry(
    'input',
    'The Temporal address {address} is none: it must be a host, or a host and a port.',
    'Write TEMPORAL_ADDRESS (or the address of the profile) such as temporal.example.com:7233, without http://.',
  ),
  TEMPORAL_UNREACHABLE: entry(
    'unknown',
    'The Temporal server at {address} does not answer: {detail}.',
    'Check the address, TLS and API key; `slipway dev` starts a local one.',
    true,
  ),
  TEMPORAL_DENIED: entry(
    'refused',
    'The Temporal server at {address} refuses these credentials: {detail}.',
    'Check TEMPORAL_API_KEY (or the certificate of the profile), whether it has expired, and TEMPORAL_NAMESPACE.',
  ),
  NAMESPACE_MISSING: entry(
    'input',
    'The Temporal server at {address} has no namespace {namespace}.',
    'Set TEMPORAL_NAMESPACE, or create the namespace.',
  ),
  EMBEDDED_NOT_ALLOWED: entry(
    'refused',
    'Environment {environment} may not run on the embedded stack, and no Temporal address is set.',
    'Set TEMPORAL_ADDRESS (or a profile); for a trial environment write `embedded: true` in its rules.',
  ),
  NO_WORKER: entry(
    'unknown',
    'No worker answers on task queue {queue}.',
    'Start one with `slipway worker --env {environment}` (or `slipway dev`).',
    true,
  ),
  WORKER_OUTDATED: entry(
    'unknown',
    'The worker of {environment} cannot run {workflow}: {detail}.',
    'Install the Slipway of this command where that worker runs, and start the worker anew.',
  ),
  WORKER_INCOMPATIBLE: entry(
    'unknown',
    '{id} stands still: the code of its worker cannot go on with what other code began ({detail}).',
    'Nothing is lost. Run the workers of {environment} with the Slipway that began it until it has ended, then upgrade; see "Upgrades while releases wait" in docs/workers.md.',
  ),
  STACK_FAILED: entry('unknown', 'The embedded {part} did not start: {detail}.', '{hint}'),
  // Releases
  RELEASE_UNKNOWN: entry('input', 'There is no release {id}.', 'List them with `slipway status --all`.'),
  RELEASE_AMBIGUOUS: entry('input', 'More than one release could be meant: {ids}.', 'Name one of them.'),
  RELEASE_NONE: entry(
    'input',
    'No release is {state}.',
    'Start one with `slipway release VERSION --env ENVIRONMENT`; what is live goes back with `slipway rollback ENVIRONMENT`.',
  ),
  RELEASE_RUNNING: entry(
    'refused',
    'Release {id} of the same version is still running.',
    'Watch it with `slipway watch {id}`.',
  ),
  RELEASE_REPLACED: entry(
    'refused',
    'A newer version replaced it before it changed anything: release {by}.',
    'Watch that one with `slipway watch {by}`.',
  ),
  ENVIRONMENT_BUSY: entry(
    'refused',
    'Release {id} is under way to {environment}, which takes one at a time (`queue: refuse`).',
    'Ask again when it has ended: `slipway watch {id}`.',
  ),
  RULES_MISSING: entry(
    'input',
    'The rules cannot be read from {file}: {detail}.',
    'Check `rules` in slipway.yaml (branch, file, repository), or merge the file to that branch.',
  ),
  RULES_FOREIGN: entry(
    'refused',
    '{file} holds the rules of project {name}, not of {project}.',
    'Check `rules` in slipway.yaml: each project has a file of its own.',
  ),
  VERSION_ON_HOLD: entry(
    'refused',
    'Version {version} is on hold: release {id} of it was rolled back ({why}).',
    'Release a mended version, or this one again with `--again "why it will work now"`.',
  ),
  RELEASE_FINISHED: entry(
    'refused',
    'Release {id} is finished ({outcome}): your decision was not counted.',
    'See how it ended with `slipway status {id}`; what is to change now needs a new release.',
  ),
  REQUEST_UNANSWERED: entry(
    'unknown',
    'The worker of {environment} fell silent: what became of {what} is not known.',
    'See `slipway queue {environment}` once a worker answers, before you ask again.',
  ),
  RELEASE_TERMINATED: entry(
    'conflict',
    'Release {id} was ended from outside ({how}), and put nothing back itself.',
    'Its environment puts back what it had changed: see `slipway queue`. If that needs you: `slipway recover {id}`.',
  ),
  ROLLBACK_FINISHED: entry(
    'refused',
    'Release {id} is finished ({outcome}): there is nothing of it to stop.',
    'To go back from what runs, name the environment: `slipway rollback ENVIRONMENT`.',
  ),
  ROLLBACK_UNKNOWN_TARGET: entry(
    'refused',
    '{environment} cannot be rolled back by itself: {detail}.',
    'Name the version: `slipway rollback {environment} --to VERSION`.',
  ),
  ROLLBACK_FORWARD_ONLY: entry(
    'refused',
    'The undo of {services} is "none": there is no way back to an earlier version.',
    'Go forward: release a commit that mends it, with --hotfix where that has a shorter way.',
  ),
  RESTORE_BY_HAND: entry(
    'refused',
    '{service} runs what the last release left in {environment}; only a tag is there that no release made.',
    'If it should not be there: {commands}. Else take it as it is: `slipway environment adopt {environment} --reason "…"`.',
  ),
  REDEPLOY_UNKNOWN: entry(
    'refused',
    'What runs in {environment} cannot be deployed once more: {detail}.',
    'See `slipway live {environment}`.',
  ),
  RULES_UNKNOWN: entry(
    'refused',
    '{environment} does not know its rules yet: no release has finished here since it keeps them.',
    'Ask with `slipway`, which sends them.',
  ),
  DIGEST_MISSING: entry(
    'input',
    'An approval names the plan that was read: there is no terminal to show it in, and no --digest was given.',
    'Read `slipway status {id}`, then add --digest with at least 8 digits of the plan that it shows.',
  ),
  ENVIRONMENT_HELD: entry(
    'conflict',
    '{environment} is held by {id}: what runs there changes meanwhile.',
    'Wait until it has ended: `slipway watch {id}`.',
    true,
  ),
  ENVIRONMENT_OBSERVED: entry(
    'refused',
    '{environment} is deployed by somebody else (`observed: true`): Slipway only looks at it.',
    'Release to another environment, or take `observed` out of slipway.yaml.',
  ),
  ADOPT_UNKNOWN: entry(
    'unknown',
    'What runs in {environment} could not be told: {detail}.',
    'Mend the live probe, or what it asks, then adopt again.',
    true,
  ),
  WATCH_MISSING: entry(
    'conflict',
    'Nobody watches {environment}, so its services are not known here.',
    'Run `slipway environment adopt {environment} --reason "…"` where slipway.yaml is, or `slipway environment watch {environment}` first.',
  ),
  NOT_ALLOWED: entry('refused', 'Not allowed: {detail}.', 'Ask one of them, or have `may` in slipway.yaml changed.'),
  DECISION_OPEN: entry(
    'unknown',
    'Your decision is {detail}.',
    'Nothing has to be sent again. Look at `slipway status {id}` for what became of it.',
  ),
  SIGNING_FAILED: entry(
    'input',
    'Your decision must be signed, and it cannot be: {detail}.',
    'Let git sign with your SSH key (`git config gpg.format ssh`, `git config user.signingkey FILE`), add it to your agent with `ssh-add`, or name it with --sign FILE. It must be under people in slipway.yaml as a key of {by}.',
  ),
  DECISION_REFUSED: entry('refused', 'Your decision was not accepted: {detail}.', '{hint}'),
  GATES_CLOSED: entry('refused', '{count} closed: {gates}.', 'Mend what the gates name, then release again.'),
  GATES_UNKNOWN: entry(
    'unknown',
    'Could not tell whether these gates are open: {gates}.',
    'Mend what keeps them from answering, then release again.',
  ),
  APPROVAL_EXPIRED: entry(
    'refused',
    'The approvals did not come in time ({limit}): nothing was changed.',
    'Release again when the approvers are there.',
  ),
  APPROVAL_LATE: entry(
    'refused',
    'The approvals {place} did not come within {limit}, as long as they may hold {environment}.',
    'Nothing, if it was put back: release again when the approvers are there. `timeout` of the approval says how long it waits.',
  ),
  GATES_NOT_OVERRIDDEN: entry(
    'refused',
    'Soft gates did not pass, and nobody overrode them within {limit}: {gates}. Nothing was changed.',
    'Mend what they say, or release again and `slipway override` them with a reason.',
  ),
  LOCK_TIMEOUT: entry(
    'refused',
    'The environment was held by {holder} for {limit}, as long as this release may wait: nothing was changed.',
    'Release again when it is free; `slipway status` shows what runs.',
  ),
  CALENDAR_CLOSED: entry(
    'refused',
    'The calendar of {environment} did not let the release go on for {limit}, as long as it may wait: {detail}.',
    'Release again when it is open (`slipway calendar {environment}` shows when), or with --when-open to wait however long it takes.',
  ),
  STOP_NOT_LIFTED: entry(
    'refused',
    'An emergency stop was not lifted in time: by {by}.',
    'Nothing to do: what had changed is put back. Release again when the stop is lifted.',
  ),
  ENVIRONMENT_SILENT: entry(
    'unknown',
    'The workflow of {environment} did not say within {limit} whether an emergency stop holds.',
    'Look at its page in the Web UI and at its worker; then release again.',
  ),
  PAUSED_TOO_LONG: entry('refused', 'The release was paused for {limit}.', 'Release again when it may run to its end.'),
  PLAN_CHANGED: entry(
    'conflict',
    'The plan changed after it was approved: {changes}.',
    'Read the new plan and approve it.',
  ),
  // Git and pointers
  REMOTE_UNREACHABLE: entry(
    'unknown',
    'The git remote {url} does not answer: {detail}.',
    'Check the address, and that the host of the worker can reach it.',
    true,
  ),
  REMOTE_MISSING: entry(
    'input',
    'There is no git repository at {url}, or the worker may not see it: {detail}.',
    'Check `repository.url` in slipway.yaml, and the credentials of the worker: many hosts hide what they do not permit.',
    true,
  ),
  TRUNK_MISSING: entry(
    'input',
    'The git remote {url} has no branch {trunk}.',
    'Write the name of its trunk as `repository.trunk` in slipway.yaml.',
  ),
  REMOTE_DENIED: entry(
    'input',
    'The git remote {url} refused the credentials: {detail}.',
    'Check the user, password, token or key with which the worker of this environment reaches it.',
  ),
  GITHUB_REPOSITORY_UNNAMED: entry(
    'input',
    'Which GitHub repository {url} is cannot be told.',
    'Write `repository.github.repository: owner/name`, and `api` for an Enterprise Server.',
  ),
  GITHUB_CREDENTIALS_REFUSED: entry(
    'input',
    'GitHub refused the credentials for {repository}: {detail}.',
    'Make a new token (or check the App’s id, installation and private key), set it where the worker runs, and start that worker anew.',
  ),
  GITHUB_NOT_ALLOWED: entry(
    'input',
    'The credentials for {repository} may not do this: {detail}.',
    'Give them "Contents: read and write" and "Metadata: read" for this repository (a classic token: the scope repo): docs/github.md.',
  ),
  GITHUB_CLOSED: entry(
    'unknown',
    'GitHub lets nobody in for {repository} with these credentials from this worker: {detail}.',
    'Ask an owner of the organization: let the address of the worker in (IP allow list), authorize the token (SAML), or unsuspend the App. Then try again.',
  ),
  GITHUB_REPOSITORY_MISSING: entry(
    'input',
    'GitHub knows no repository {repository}, or these credentials may not see it.',
    'Check its name, and that the token (or the App’s installation) has access to this repository: GitHub hides what it does not permit.',
    true,
  ),
  GITHUB_REPOSITORY_EMPTY: entry(
    'input',
    'The repository {repository} is empty.',
    'Push the trunk and a version to it first.',
  ),
  GITHUB_RATE_LIMITED: entry(
    'unknown',
    'GitHub takes no more requests for {repository} until {until}: {detail}.',
    'It is tried again; if this happens often, use an App or a token of its own for Slipway, which have limits of their own.',
    true,
  ),
  TAG_OF_NO_COMMIT: entry(
    'input',
    'Service {service}: tag {tag} names a {type}, not a commit.',
    'Make the tag anew on the commit that is to be released, or release another version.',
  ),
  POINTER_CONFLICT: entry(
    'conflict',
    '{pointer} is {actual}, but the plan expected {expected}.',
    'Someone else moved it: find out who and why. Then release again, which makes a new plan; in a rollback put it where it belongs and resolve with retry or done.',
  ),
  TAG_EXISTS: entry(
    'conflict',
    'Tag {tag} is there already and points to {actual}, not to {expected}.',
    'Choose another version, or remove the tag if nothing ever ran from it.',
  ),
  HISTORY_UNKNOWN: entry(
    'unknown',
    'Whether commit {older} lies in the history of {newer} could not be told: {detail}.',
    'If the history of the remote is shallow, run `git fetch --unshallow` there; else try again.',
    true,
  ),
  BRANCH_DIVERGED: entry(
    'conflict',
    'Branch {branch} at {actual} is not an ancestor of {expected}: it cannot be fast-forwarded.',
    'Merge what only {branch} has into the trunk, or bring {branch} back to a commit of the trunk, then release again.',
  ),
  PUSH_REJECTED: entry(
    'refused',
    'The remote refused to update {ref}: {detail}.',
    'Look at the rules of the remote for {ref}.',
  ),
  FENCED: entry(
    'conflict',
    'Refused, because {holder} has taken over {what} from this release.',
    'Nothing to do: a late attempt was stopped.',
  ),
  FENCE_HELD: entry(
    'conflict',
    '{environment} is held outside this Temporal cluster by {holder} ({since}).',
    'Let that release finish; if it is dead, see docs/lock.md.',
  ),
  NOT_QUIET: entry(
    'unknown',
    'What the move of {pointer} started did not come to rest within {limit}: {detail}.',
    'Stop it at the host, then resolve with retry.',
  ),
  NO_WAY_BACK: entry(
    'refused',
    '{service} has no way back: {detail}.',
    'See docs/rollback.md; resolve by hand, then say so.',
  ),
  // Database
  DATABASE_UNREACHABLE: entry(
    'unknown',
    'The database of {service} does not answer: {detail}.',
    'Check that its server runs, and that the address is right and can be reached from the worker.',
    true,
  ),
  DATABASE_DENIED: entry(
    'input',
    'The database of {service} refused the login: {detail}.',
    'Check the user, the password, the name of the database and the rights of that user.',
  ),
  DATABASE_URL_INVALID: entry(
    'input',
    'The database address of {service} is no PostgreSQL address.',
    'Write postgres://user:password@host:5432/name, or a reference to a variable that holds it.',
  ),
  DATABASE_POOLED: entry(
    'input',
    'The database address of {service} leads through a transaction pooler: {detail}.',
    'Give the direct address of the server; a pooler cannot hold the lock of a migration.',
  ),
  DATABASE_BUSY: entry(
    'unknown',
    'The database of {service} is being migrated by {holder}, and did not come free within {limit}.',
    'Wait for that migration; its session ends by itself when its worker is gone.',
    true,
  ),
  MIGRATION_INVALID: entry(
    'input',
    'The migrations of {service} have {count}:\n{problems}',
    'Mend these files, commit, and release that commit.',
  ),
  MIGRATION_EDITED: entry(
    'conflict',
    'Migration {name} of {service} has already run with other contents.',
    'Put the old contents back, and write a new migration for the change.',
  ),
  MIGRATION_LATE: entry(
    'conflict',
    'Migration {name} of {service} sorts before {last}, which has already run.',
    'Rename it so that it sorts last.',
  ),
  MIGRATION_UNFINISHED: entry(
    'conflict',
    'Migration {name} of {service} is recorded as {state} by {release}.',
    'Only a newer Slipway leaves this; let that version finish it.',
  ),
  MIGRATION_COMMITS: entry(
    'refused',
    'Migration {name} of {service} ended the transaction that it ran in: what it did may stay, and is not recorded.',
    'Look at the database, take back what stayed, and remove what commits from the script.',
  ),
  MIGRATION_FAILED: entry(
    'refused',
    'Migration {name} of {service} failed at line {line}: {detail}.',
    'Nothing of it was kept: mend it, commit, and release that commit.',
  ),
  MIGRATION_LOCKED: entry(
    'unknown',
    'Migration {name} of {service} got no lock within {limit}: {detail}.',
    'Find what holds the lock, then release again.',
    true,
  ),
  ROLLBACK_NEEDS_PERSON: entry(
    'refused',
    'The rollback script of {name} may not run unattended: {detail}.',
    'Resolve with skip (the schema stays), done (you did it by hand), or retry.',
  ),
  MIGRATION_UNDO_FAILED: entry(
    'refused',
    'The rollback script of {name} failed: {detail}.',
    'Mend it by hand, then resolve with retry, done or skip.',
  ),
  BACKUP_FAILED: entry(
    'refused',
    'The backup of {service} failed: {detail}.',
    'Nothing was changed: mend what the backup command needs, then release again.',
  ),
  // Ledger
  LEDGER_MISSING: entry(
    'input',
    'There is no ledger: SLIPWAY_DATABASE_URL is {problem}.',
    'Set it, on the worker, to a PostgreSQL database of its own: postgres://user:password@host:5432/slipway (docs/ledger.md).',
    true,
  ),
  LEDGER_UNREACHABLE: entry(
    'unknown',
    'The ledger does not answer: {detail}.',
    'Check that the server behind SLIPWAY_DATABASE_URL runs and can be reached from the worker.',
    true,
  ),
  LEDGER_DENIED: entry(
    'input',
    'The ledger refused: {detail}.',
    'Check the user, the password, the database and its rights in SLIPWAY_DATABASE_URL of the worker.',
    true,
  ),
  LEDGER_NEWER: entry(
    'conflict',
    'The ledger was made by another edition of Slipway: {detail}.',
    'Run the newest Slipway on every worker that uses this ledger.',
    true,
  ),
  LEDGER_CONFLICT: entry(
    'conflict',
    'The ledger holds another {what} of {release}: {detail}.',
    'Nothing was overwritten: find out who else writes there; a release of that id must not have two histories.',
  ),
  RELEASE_UNRECORDED: entry(
    'input',
    'The ledger knows no release {id}.',
    'List them with `slipway history`; one that has only just begun is in `slipway status`.',
  ),
  // Recovery
  RECOVERY_NONE: entry(
    'input',
    'The ledger knows no unfinished release {what}.',
    'List them with `slipway recover`; of one that has ended `slipway show RELEASE` tells what it did.',
  ),
  RECOVERY_NEEDLESS: entry(
    'refused',
    'Release {id} is running: there is nothing to recover.',
    'Watch it with `slipway watch {id}`; `slipway rollback {id}` puts back what it did.',
  ),
  RECOVERY_REFUSED: entry(
    'refused',
    'Release {id} cannot be recovered by {action}: {why}',
    'Look again with `slipway recover {id}`: it tells what can be done now.',
  ),
  RECOVERY_RUNNING: entry(
    'refused',
    'Release {id} is being recovered already ({action}).',
    'Watch it with `slipway watch {recovery}`.',
  ),
  RELEASE_CLOSED: entry(
    'refused',
    '{by} closed release {id}, which nobody ran any more: {reason}.',
    'What it left behind is recorded as drift: `slipway show {id}`.',
  ),
  // Checks
  CHECK_FAILED: entry(
    'refused',
    '{count} failed: {checks}.',
    'What each check was told last stands in `slipway status RELEASE`: mend that, then release again.',
  ),
  CHECK_UNKNOWN: entry(
    'unknown',
    'Could not tell whether these checks pass: {checks}.',
    'What each check was told last stands in `slipway status RELEASE`: see that what it asks answers, then release again.',
  ),
  NOT_LIVE: entry(
    'refused',
    '{service} was not seen live with {expected} within {limit}: {detail}.',
    'Look at the build at the host.',
  ),

  LIVE_UNKNOWN: entry(
    'unknown',
    'Could not tell whether {service} runs {expected}: its probe gave no answer within {limit}: {detail}.',
    'Look at the address of its probe, and at the service.',
  ),
  COMMAND_FAILED: entry(
    'refused',
    'The command {command} failed: {detail}.',
    'Run it by hand on the worker to see why.',
  ),
  // Ours
  CANCELLED: entry('refused', 'The release was cancelled.', nothingToDo),
  ROLLBACK_REQUESTED: entry('refused', '{by} asked for a rollback: {reason}.', nothingToDo),
  REJECTED: entry('refused', '{by} rejected the release: {reason}.', nothingToDo),
  INTERNAL: entry('bug', 'Slipway made a mistake: {detail}.', 'Report it with this text.', true),
} as const satisfies Record<string, ErrorEntry>;

/** A code of the table. */
export type ErrorCode = keyof typeof errorTable;

/** What fills the placeholders of a sentence. */
export type ErrorDetails = Readonly<Record<string, string | number>>;

/** An error as data: what crosses activities, workflows and the CLI. */
export interface ErrorReport {
  readonly code: ErrorCode;
  readonly message: string;
  readonly todo: string;
  readonly details: ErrorDetails;
}

/** Fills the placeholders of `text`; one without a detail stays as it is, so that its absence is seen. */
function fill(text: string, details: ErrorDetails): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in details ? String(details[name]) : whole));
}

/** The report of an error: its sentence and what to do, both filled. Never fails. */
export function errorReport(code: ErrorCode, details: ErrorDetails = {}): ErrorReport {
  const { message, todo } = errorTable[code];
  return { code, message: fill(message, details), todo: fill(todo, details), details };
}

/** Whether `text` is a code of the table. */
export function isErrorCode(text: unknown): text is ErrorCode {
  return typeof text === 'string' && Object.hasOwn(errorTable, text);
}

/** An error of the table, thrown in process; activities turn it into an `ApplicationFailure` (activities/failures.ts). */
export class SlipwayError extends Error {
  override readonly name = 'SlipwayError';
  readonly report: ErrorReport;

  constructor(
    readonly code: ErrorCode,
    readonly details: ErrorDetails = {},
    options?: { cause?: unknown },
  ) {
    const report = errorReport(code, details);
    super(report.message, options);
    this.report = report;
  }

  /** What a person can do about it. */
  get todo(): string {
    return this.report.todo;
  }
}
