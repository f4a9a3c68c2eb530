/** What measured values mean for releases: decisions of `slipway doctor` without any I/O. */
import { fail, pass, unknown, warn, type Look, type Versions } from './doctor';
import { formatDuration } from './durations';

const second = 1_000;
const day = 86_400_000;

/** Clocks further apart than this are told; beyond the other, logins begin to fail. */
const slightSkew = 5 * second;
const badSkew = 60 * second;

/**
 * What it means that the worker's clock is `skew` milliseconds ahead of `whose` (below 0: behind); `doubt`: how long
 * the answer took.
 */
export function judgeSkew(whose: string, skew: number, doubt = 0): Look {
  const name = `worker and ${whose}`;
  const apart = Math.max(0, Math.abs(skew) - doubt);
  const words = `the worker's clock is ${formatDuration(Math.round(apart / second) * second)} ${skew > 0 ? 'ahead' : 'behind'}`;
  const todo =
    'Let both take their time from the network (chrony, systemd-timesyncd); if the worker agrees with all others, it is the other one that is wrong.';
  if (apart > badSkew)
    return fail(name, `${words}: tokens and certificates are refused by such a clock`, todo, 'clock-skew');
  if (apart > slightSkew) return warn(name, `${words}: moments in plans, tags and logs mislead`, todo, 'clock-skew');
  return pass(name, `less than ${formatDuration(slightSkew)} apart`);
}

/** Retention below which finished releases are gone before people ask for them. */
const wantedRetention = 7 * day;

/** What is advised where it is shorter. */
const advisedRetention = 30 * day;

/** What a namespace's retention means; undefined = it could not be read. Milliseconds. */
export function judgeRetention(namespace: string, retention: number | undefined): Look {
  const name = 'retention';
  const days = `${wantedRetention / day}d`;
  if (retention === undefined || retention <= 0) {
    return unknown(name, 'it could not be read', `Look it up: it should be ${days} or more.`);
  }
  const words = `a finished release can be looked at for ${formatDuration(retention)}`;
  if (retention >= wantedRetention) return pass(name, words);
  const hours = advisedRetention / 3_600_000;
  return warn(
    name,
    `${words} only; one that still waits is never deleted`,
    `temporal operator namespace update --retention ${hours}h ${namespace}`,
    'short-retention',
  );
}

/** The oldest git that knows everything that is used: settings by the environment (GIT_CONFIG_COUNT). */
const oldestGit = [2, 31] as const;

/** What `git --version` has printed. */
export function judgeGit(output: string): Look {
  const [, major, minor] = /(\d+)\.(\d+)/.exec(output) ?? [];
  const wanted = oldestGit.join('.');
  const todo = `Install git ${wanted} or newer where this worker runs.`;
  if (major === undefined || minor === undefined)
    return fail('git', 'it is not there, or does not tell its version', todo);
  const found = `${major}.${minor}`;
  const isOld = Number(major) < oldestGit[0] || (Number(major) === oldestGit[0] && Number(minor) < oldestGit[1]);
  return isOld ? fail('git', `${found} is too old`, todo) : pass('git', output.replace(/^git version /, '').trim());
}

/** The oldest Node.js that package.json allows. */
const oldestNode = [20, 19] as const;

/** Versions of the worker beside those of who asks. */
export function judgeVersions(worker: Versions, client: Versions): Look[] {
  return [judgeNode(worker.node), judgeSlipway(worker.slipway, client.slipway), judgeSdk(worker.sdk, client.sdk)];
}

function judgeNode(version: string): Look {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  const isOld = major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]);
  const wanted = oldestNode.join('.');
  return isOld
    ? fail('Node.js', `${version} is too old`, `Install Node.js ${wanted} or newer where this worker runs.`)
    : pass('Node.js', version);
}

function judgeSlipway(worker: string, client: string): Look {
  if (worker === client) return pass('Slipway', `${worker}, as here`);
  return warn(
    'Slipway',
    `${worker} on the worker, ${client} here: what one of them knows, the other may not`,
    'Install the same version on both sides; a worker may be replaced while releases wait.',
  );
}

function judgeSdk(worker: string, client: string): Look {
  if (worker === client) return pass('Temporal SDK', `${worker}, as here`);
  return warn(
    'Temporal SDK',
    `${worker} on the worker, ${client} here`,
    'Install from the same package-lock.json on both sides.',
  );
}

/** Days before its end from which something is told of. */
const soon = 14 * day;

/** What it means that `name` is no longer valid from `end` on; both are milliseconds since 1970. */
export function judgeEnd(name: string, end: number, now: number, todo: string): Look {
  const date = new Date(end).toISOString().slice(0, 10);
  if (end <= now) return fail(name, `it ended on ${date}`, todo, 'expiring-token');
  if (end - now >= soon) return pass(name, `valid until ${date}`);
  return warn(name, `it ends on ${date}, in ${Math.floor((end - now) / day)} days`, todo, 'expiring-token');
}

const mebibyte = 1024 * 1024;

/** What is left where the workspaces are; undefined = the file system does not tell. */
export function judgeSpace(folder: string, free: number | undefined): Look {
  const name = 'free space';
  const todo = `Make room where ${folder} is, or set SLIPWAY_CACHE to a folder elsewhere.`;
  if (free === undefined) return unknown(name, 'the file system does not tell', todo);
  const words = `${sizeWords(free)} free in ${folder}`;
  if (free < 100 * mebibyte) return fail(name, `${words}: clones of repositories need more`, todo);
  return free < 1024 * mebibyte ? warn(name, words, todo) : pass(name, words);
}

/** What is left of a file system's inodes; `total` 0 = it has none to count. */
export function judgeInodes(folder: string, free: number, total: number): Look {
  const name = 'free inodes';
  if (total === 0) return pass(name, 'this file system does not count them');
  const share = free / total;
  const words = `${free} of ${total} free (${Math.round(share * 100)} %)`;
  const todo = `Remove files where ${folder} is: no new one can be made without an inode.`;
  if (free < 1_000) return fail(name, words, todo);
  return share < 0.05 ? warn(name, words, todo) : pass(name, words);
}

/** `bytes` for people. */
export function sizeWords(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let [size, unit] = [bytes, 0];
  while (size >= 1024 && unit < units.length - 1) [size, unit] = [size / 1024, unit + 1];
  return `${size >= 10 || unit === 0 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}
