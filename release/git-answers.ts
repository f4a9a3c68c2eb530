/** What git's answers mean. Exit codes say too little: `--porcelain` lines and messages (LC_ALL=C) are read instead. */

/** What a push has said. Only reading back tells what really happened. */
export type PushAnswer =
  /** Every ref was updated, or stood there already. */
  | { readonly kind: 'done' }
  /** A lease did not hold, or someone else was updating the ref. */
  | { readonly kind: 'lost race'; readonly detail: string }
  /** A rule of the remote forbids it. */
  | { readonly kind: 'refused'; readonly ref: string; readonly detail: string }
  | { readonly kind: 'denied'; readonly detail: string }
  /** It may have happened, or not. */
  | { readonly kind: 'no answer'; readonly detail: string };

/** Why a remote could not be read. */
export type RemoteFailure = 'denied' | 'missing' | 'unreachable';

interface Line {
  readonly flag: string;
  readonly ref: string;
  readonly summary: string;
}

const followers = /atomic (push failed|transaction failed|push failure)/;
const races =
  /stale info|failed to update ref|cannot lock ref|reference already exists|incorrect old value|fetch first|needs force/;
const troubles =
  /unpack|remote failed to report|unable to migrate objects|temporar|internal (server )?error|remote failure/i;

/** Judges what `git push --porcelain` printed. */
export function judgePush(answer: { code: number | null; stdout: string; stderr: string }): PushAnswer {
  const lines = parsePush(answer.stdout);
  if (/does not support --atomic/.test(answer.stderr)) {
    return { kind: 'refused', ref: lines[0]?.ref ?? 'refs', detail: 'it does not support atomic pushes' };
  }
  const rejected = lines.filter(({ flag }) => flag === '!');
  if (rejected.length === 0) {
    if (answer.code === 0 && lines.length > 0) return { kind: 'done' };
    const detail = lastWords(answer.stderr) || `git push ended with ${answer.code ?? 'a signal'}`;
    return classifyRemoteFailure(answer.stderr) === 'denied'
      ? { kind: 'denied', detail }
      : { kind: 'no answer', detail };
  }
  const causes = rejected.filter(({ summary }) => !followers.test(summary));
  const cause = causes.find(({ summary }) => !races.test(summary)) ?? causes[0];
  if (!cause) return { kind: 'lost race', detail: 'atomic push failed' };
  if (troubles.test(cause.summary)) return { kind: 'no answer', detail: cause.summary };
  if (races.test(cause.summary)) return { kind: 'lost race', detail: cause.summary };
  const words = remoteWords(answer.stderr);
  return { kind: 'refused', ref: cause.ref, detail: words ? `${cause.summary}: ${words}` : cause.summary };
}

/** The lines of a porcelain report: one per ref. */
export function parsePush(stdout: string): Line[] {
  return stdout.split('\n').flatMap((line) => {
    const match = /^([ +\-*!=])\t[^\t]*:([^\t:]+)\t(.*)$/.exec(line);
    return match ? [{ flag: match[1] ?? '', ref: match[2] ?? '', summary: match[3] ?? '' }] : [];
  });
}

/** Judges why git could not talk to a remote, from its error output. */
export function classifyRemoteFailure(stderr: string): RemoteFailure {
  if (
    /Authentication failed|could not read (Username|Password)|terminal prompts disabled|Permission denied|Host key verification failed|(error|HTTP)[: ]+40[13]\b|access denied|not authori[sz]ed|insufficient permission|Invalid username or|Permission to \S+ denied|unauthorized/i.test(
      stderr,
    )
  ) {
    return 'denied';
  }
  const missing =
    /does not appear to be a git repository|repository ('[^']*' )?(\S+ )?not found|error: 404\b|does not exist/i;
  return missing.test(stderr) ? 'missing' : 'unreachable';
}

/** The line of an error output that says most, at most 300 characters. */
export function lastWords(stderr: string): string {
  const lines = stderr.split('\n').map((line) => line.trim());
  const telling =
    lines.find((line) => /^(fatal|error|ssh|kex|curl)\b/i.test(line)) ?? lines.filter(Boolean).at(-1) ?? '';
  return telling.replace(/^(fatal|error): /i, '').slice(0, 300);
}

/** What the other side printed, such as a hook's reason. */
export function remoteWords(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.startsWith('remote: '));
  const words = lines
    .map((line) => line.slice('remote: '.length).trim())
    .filter((line) => line && !line.startsWith('error: cannot'));
  return words.join(' ').slice(0, 300);
}

/** `url` for people: user names and passwords in it are hidden. */
export function maskUrl(url: string): string {
  return url.replace(/([a-z][a-z0-9+.-]*:\/\/)([^/\s'"]*)@/gi, '$1***@');
}

/** `text` with the credentials of `url`, and any in other addresses, hidden. */
export function maskSecrets(text: string, url: string): string {
  const userInfo = /:\/\/([^/]*)@/.exec(url)?.[1] ?? '';
  const secrets = userInfo.split(':').flatMap((part) => [part, decode(part)]);
  return secrets
    .filter((secret) => secret.length > 3)
    .reduce((all, secret) => all.replaceAll(secret, '***'), maskUrl(text));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
