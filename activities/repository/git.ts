import { parse } from 'node:path';
import { SlipwayError, type ErrorCode } from '../../release/errors';
import { classifyRemoteFailure, lastWords, maskSecrets, maskUrl, type RemoteFailure } from '../../release/git-answers';
import { runProgram, type ProgramResult } from '../process/run-program';

/** One call of git. */
export interface GitCall {
  readonly args: readonly string[];
  /** Repository folder; none for calls that need none, such as ls-remote. */
  readonly folder?: string;
  /** Address of the remote that is called `REMOTE`. Without it the call cannot reach the network. */
  readonly url?: string;
  /** The `Authorization` header for requests to `url`, if that is an address of HTTP. */
  readonly authorization?: string;
  readonly input?: string;
  readonly signal: AbortSignal;
  /** Bytes of output that are kept; 64 MiB unless told. */
  readonly limit?: number;
}

/** Name of the remote in every call: one that nobody's own configuration has. */
export const REMOTE = 'slipway-remote';

/** Milliseconds that one call may take: long enough for a first clone of a large repository. */
const deadline = 10 * 60_000;

const settings = [
  // Hooks of the machine's own templates must not run, and nothing may go on in the background.
  'core.hooksPath=/dev/null',
  'gc.auto=0',
  'maintenance.auto=false',
  'push.followTags=false',
  'push.gpgSign=false',
  'push.recurseSubmodules=no',
  'fetch.recurseSubmodules=no',
].flatMap((setting) => ['-c', setting]);

/**
 * Runs git so that it never asks and never hangs on a question; credential helpers and ssh keys of the worker's user
 * work. How it ended is the result; credentials of `url` are masked in its error output.
 */
export async function git(call: GitCall): Promise<ProgramResult> {
  const result = await runProgram({
    argv: ['git', ...settings, ...call.args],
    env: environment(call),
    signal: call.signal,
    deadline,
    limit: call.limit ?? 64 * 1024 * 1024,
    // The file system's root: so that the configuration of a repository that we happen to stand in counts for nothing.
    cwd: call.folder ?? parse(process.cwd()).root,
    ...(call.input === undefined ? {} : { input: call.input }),
  });
  return call.url === undefined ? result : { ...result, stderr: maskSecrets(result.stderr, call.url) };
}

/** As `git`, but any end other than success is an error of the table: the remote's if `url` was given, else ours. */
export async function gitOutput(call: GitCall): Promise<ProgramResult> {
  const result = await git(call);
  if (result.code === 0 && !result.timedOut) return result;
  if (call.url !== undefined) throw remoteError(call.url, result);
  throw new SlipwayError('INTERNAL', { detail: `git ${call.args[0] ?? ''}: ${lastWords(result.stderr)}` });
}

/** The error of the table for a remote that could not be used. */
export function remoteError(url: string, result: Pick<ProgramResult, 'stderr' | 'timedOut'>): SlipwayError {
  const words = maskSecrets(lastWords(result.stderr), url) || 'git ended without a word';
  const detail = result.timedOut ? `no end within ${deadline / 60_000} minutes` : words;
  const code = result.timedOut ? 'REMOTE_UNREACHABLE' : remoteCodes[classifyRemoteFailure(result.stderr)];
  return new SlipwayError(code, { url: maskUrl(url), detail });
}

const remoteCodes = {
  denied: 'REMOTE_DENIED',
  missing: 'REMOTE_MISSING',
  unreachable: 'REMOTE_UNREACHABLE',
} as const satisfies Record<RemoteFailure, ErrorCode>;

/** Variables by which a worker that was itself started by git would make our calls work on another repository. */
const foreign = /^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|NAMESPACE|PREFIX)$/;

function environment(call: GitCall): Record<string, string | undefined> {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name)));
  return {
    ...own,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    // Empty = no program is asked for a password. There is no terminal either: the process leads a session of its own.
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
    SSH_ASKPASS_REQUIRE: 'never',
    GIT_SSH_COMMAND: own['GIT_SSH_COMMAND'] ?? (own['GIT_SSH'] === undefined ? 'ssh -o BatchMode=yes' : undefined),
    ...settingsByEnvironment(remoteSettings(call), Number(own['GIT_CONFIG_COUNT'] ?? 0)),
  };
}

function remoteSettings({ url, authorization }: GitCall): [string, string][] {
  if (url === undefined) return [];
  const [origin] = /^https?:\/\/[^/]+/i.exec(url) ?? [];
  if (authorization === undefined || origin === undefined) return [[`remote.${REMOTE}.url`, url]];
  return [
    [`remote.${REMOTE}.url`, url],
    // An empty value forgets what others have set: two such headers would be refused.
    [`http.${origin}/.extraHeader`, ''],
    [`http.${origin}/.extraHeader`, `Authorization: ${authorization}`],
  ];
}

/**
 * Addresses and credentials go by the environment: so they stand neither in a file nor in the list of processes.
 * Settings that the worker was itself given this way stay.
 */
function settingsByEnvironment(settings: readonly [string, string][], count: number): Record<string, string> {
  const variables: Record<string, string> = { GIT_CONFIG_COUNT: String(count + settings.length) };
  settings.forEach(([key, value], index) => {
    variables[`GIT_CONFIG_KEY_${count + index}`] = key;
    variables[`GIT_CONFIG_VALUE_${count + index}`] = value;
  });
  return variables;
}
