/** Public keys as OpenSSH writes them, and which of them may sign. */
import { fromBase64, SshReader } from './ssh-wire';

/** Kinds of keys whose signatures count. `sk-…`: the key is in a device that wants to be touched. */
export const keyTypes = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
] as const;
export type KeyType = (typeof keyTypes)[number];

/** Bits of an RSA key below which it is too weak to count. */
export const MIN_RSA_BITS = 2_048;

/** A public key. */
export interface SshKey {
  readonly type: KeyType;
  /** Its one form in base64: two keys are the same if this is. */
  readonly blob: string;
}

/** The public key in a line such as `ssh-ed25519 AAAA… comment`; undefined = it is none that could sign here. */
export function keyOf(line: string): SshKey | undefined {
  const [type, blob = ''] = line.trim().split(/\s+/, 3);
  const known = keyTypes.find((each) => each === type);
  const bytes = known && fromBase64(blob);
  return known && bytes && isWhole(known, bytes) ? { type: known, blob } : undefined;
}

/** Whether `bytes` are a key of this very type, to the last byte. */
function isWhole(type: KeyType, bytes: Uint8Array): boolean {
  try {
    const reader = new SshReader(bytes);
    if (reader.text() !== type) return false;
    const parts: Uint8Array[] = [];
    while (!reader.isAtEnd) parts.push(reader.string());
    return hasForm(type, parts);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function hasForm(type: KeyType, parts: readonly Uint8Array[]): boolean {
  const lengths = parts.map(({ length }) => length);
  switch (type) {
    case 'ssh-ed25519':
      return lengths.length === 1 && lengths[0] === 32;
    case 'sk-ssh-ed25519@openssh.com':
      return lengths.length === 2 && lengths[0] === 32;
    case 'ssh-rsa':
      return lengths.length === 2 && bitsOf(parts[1]!) >= MIN_RSA_BITS;
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      return lengths.length === 3 && isPoint('nistp256', parts);
    default:
      return lengths.length === 2 && isPoint(type.slice('ecdsa-sha2-'.length), parts);
  }
}

const coordinateBytes: Readonly<Record<string, number>> = { nistp256: 32, nistp384: 48, nistp521: 66 };

/** An uncompressed point of the curve that is named before it. */
function isPoint(curve: string, [name, point]: readonly Uint8Array[]): boolean {
  const isNamed = name !== undefined && String.fromCharCode(...name) === curve;
  return isNamed && point?.[0] === 4 && point.length === 1 + 2 * (coordinateBytes[curve] ?? 0);
}

function bitsOf(number: Uint8Array): number {
  const first = number.findIndex((byte) => byte !== 0);
  return first === -1 ? 0 : (number.length - first) * 8 - Math.clz32(number[first]!) + 24;
}
