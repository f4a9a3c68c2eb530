import { createHash, randomBytes } from 'node:crypto';

/** What a session is for: forward migration, undo, raising the fence, or looking. */
export type SessionSide = 'forward' | 'undo' | 'raise' | 'look';

/** PostgreSQL cuts an application_name after 63 bytes. */
const longest = 63;
const tokenBytes = 4;

/**
 * The application_name of a new session: `slipway:<release>:<side><token>`. It begins with `sessionPrefix`, and its
 * end tells attempts apart.
 */
export function sessionName(releaseId: string, side: SessionSide): string {
  return sessionPrefix(releaseId, side) + randomBytes(tokenBytes).toString('hex');
}

/**
 * How the names of all sessions begin that a release has for one purpose. A long release id is shortened from the
 * left, since its end (version and number) tells people more, and then carries a hash of the whole.
 */
export function sessionPrefix(releaseId: string, side: SessionSide): string {
  const room = longest - 'slipway:'.length - 2 - tokenBytes * 2;
  // The server replaces what is not printable ASCII, and then the prefix would not be found again.
  const plain = releaseId.replace(/[^\x21-\x7e]/g, '?');
  const fits = plain === releaseId && plain.length <= room;
  const hash = createHash('sha256').update(releaseId).digest('hex').slice(0, 8);
  const key = fits ? plain : `${hash}~${plain.slice(-(room - hash.length - 1))}`;
  return `slipway:${key}:${side[0]}`;
}
