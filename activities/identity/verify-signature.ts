/** Whether a signature of OpenSSH fits a text: with Node's own cryptography, so that no program and no file is needed. */
import { createHash, createPublicKey, verify, type JsonWebKey, type KeyObject } from 'node:crypto';
import { readSignature, signedBytes, type SshSignature } from '../../release/ssh-signature';
import { SshReader } from '../../release/ssh-wire';

/** Whether `ssh` is a signature of exactly `text` by the key that it names. */
export function verifySignature(text: string, ssh: string): boolean {
  const signature = readSignature(ssh);
  if (!signature) return false;
  const digest = createHash(signature.hash).update(text, 'utf8').digest();
  try {
    return fits(signature, signedBytes(signature, digest));
  } catch {
    // A point that is not on its curve, a number of the wrong length: whatever it is, it is no signature by this key.
    return false;
  }
}

function fits({ key, keyBytes, algorithm, body }: SshSignature, message: Uint8Array): boolean {
  const reader = new SshReader(body);
  const blob = reader.string();
  const parts = partsOf(keyBytes);
  if (key.type === 'ssh-rsa') {
    // The signatures of old, with SHA-1, have the name of the key.
    const hash = { 'rsa-sha2-256': 'sha256', 'rsa-sha2-512': 'sha512' }[algorithm];
    return hash !== undefined && reader.isAtEnd && verify(hash, message, rsaKey(parts), blob);
  }
  if (algorithm !== key.type) return false;
  if (key.type.startsWith('sk-')) return fitsDevice(key.type, parts, reader, blob, message);
  if (!reader.isAtEnd) return false;
  if (key.type === 'ssh-ed25519') return verify(null, message, edKey(parts[0]!), blob);
  return fitsCurve(parts, blob, message);
}

/** A device signs what it was asked for, whether somebody touched it, and how often it has signed. */
function fitsDevice(
  type: string,
  parts: readonly Uint8Array[],
  reader: SshReader,
  blob: Uint8Array,
  message: Uint8Array,
): boolean {
  const rest = reader.rest();
  const [flags = 0] = rest;
  if (rest.length !== 5 || (flags & TOUCHED) === 0) return false;
  const application = parts.at(-1)!;
  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
  const signed = Buffer.concat([sha256(application), rest, sha256(message)]);
  return type.includes('ed25519') ? verify(null, signed, edKey(parts[0]!), blob) : fitsCurve(parts, blob, signed);
}

/** A flag of the device: somebody was there and touched it. */
const TOUCHED = 1;

const curves: Readonly<Record<string, { readonly crv: string; readonly bytes: number; readonly hash: string }>> = {
  nistp256: { crv: 'P-256', bytes: 32, hash: 'sha256' },
  nistp384: { crv: 'P-384', bytes: 48, hash: 'sha384' },
  nistp521: { crv: 'P-521', bytes: 66, hash: 'sha512' },
};

function fitsCurve([name, point]: readonly Uint8Array[], blob: Uint8Array, message: Uint8Array): boolean {
  const { crv, bytes, hash } = curves[Buffer.from(name!).toString('latin1')]!;
  const x = point!.subarray(1, 1 + bytes);
  const y = point!.subarray(1 + bytes);
  const key = publicKey({ kty: 'EC', crv, x: base64url(x), y: base64url(y) });
  const reader = new SshReader(blob);
  const pair = Buffer.concat([fixed(reader.string(), bytes), fixed(reader.string(), bytes)]);
  return reader.isAtEnd && verify(hash, message, { key, dsaEncoding: 'ieee-p1363' }, pair);
}

/** A number of OpenSSH in as many bytes as the curve has; throws if it needs more. */
function fixed(number: Uint8Array, bytes: number): Buffer {
  const first = number.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? number.subarray(0, 0) : number.subarray(first);
  if (digits.length > bytes) throw new RangeError('the number is too large for its curve');
  return Buffer.concat([Buffer.alloc(bytes - digits.length), digits]);
}

function partsOf(keyBytes: Uint8Array): Uint8Array[] {
  const reader = new SshReader(keyBytes);
  reader.string();
  const parts: Uint8Array[] = [];
  while (!reader.isAtEnd) parts.push(reader.string());
  return parts;
}

const edKey = (x: Uint8Array): KeyObject => publicKey({ kty: 'OKP', crv: 'Ed25519', x: base64url(x) });

const rsaKey = ([e, n]: readonly Uint8Array[]): KeyObject =>
  publicKey({ kty: 'RSA', e: base64url(e!), n: base64url(n![0] === 0 ? n!.subarray(1) : n!) });

const publicKey = (key: JsonWebKey): KeyObject => createPublicKey({ key, format: 'jwk' });

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
