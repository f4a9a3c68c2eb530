/** Signatures as `ssh-keygen -Y sign` writes them (SSHSIG), taken apart. */
import { keyOf, keyTypes, type SshKey } from './ssh-key';
import { fromBase64, sshString, SshReader, toBase64 } from './ssh-wire';

/** A signature whose form is sound; whether it fits is another question. */
export interface SshSignature {
  readonly key: SshKey;
  readonly keyBytes: Uint8Array;
  /** What it was made for: git's own are `git`. */
  readonly namespace: string;
  /** The hash over the signed text. */
  readonly hash: 'sha256' | 'sha512';
  /** The algorithm that the signature itself names. */
  readonly algorithm: string;
  /** What is behind that name: the signature in the form of its algorithm. */
  readonly body: Uint8Array;
}

const begin = '-----BEGIN SSH SIGNATURE-----';
const end = '-----END SSH SIGNATURE-----';
const magic = 'SSHSIG';

/** Longest text that is looked at. The largest signatures (RSA of 16,384 bits) have less than half of it. */
export const MAX_SIGNATURE = 12_000;

/** The signature in `text`, with or without the lines around it; undefined = it is none, or of a key that cannot sign. */
export function readSignature(text: string): SshSignature | undefined {
  if (text.length > MAX_SIGNATURE) return undefined;
  const bytes = fromBase64(text.replace(begin, '').replace(end, '').replace(/\s+/g, ''));
  if (!bytes) return undefined;
  try {
    const reader = new SshReader(bytes);
    if (ascii(reader.take(magic.length)) !== magic || reader.number() !== 1) return undefined;
    const keyBytes = reader.string();
    const namespace = reader.text();
    // Reserved: what we do not know we do not accept.
    if (reader.string().length > 0) return undefined;
    const hash = reader.text();
    const signature = new SshReader(reader.string());
    const algorithm = signature.text();
    const body = signature.rest();
    const key = keyIn(keyBytes);
    if (!key || !reader.isAtEnd || (hash !== 'sha256' && hash !== 'sha512')) return undefined;
    return { key, keyBytes, namespace, hash, algorithm, body };
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** What the key has really signed: not the text itself, but its digest with its purpose. */
export function signedBytes({ namespace, hash }: SshSignature, digest: Uint8Array): Uint8Array {
  const parts = [namespace, '', hash].map((word) => sshString(bytesOf(word)));
  return Uint8Array.of(...bytesOf(magic), ...parts.flatMap((part) => [...part]), ...sshString(digest));
}

function keyIn(bytes: Uint8Array): SshKey | undefined {
  const type = new SshReader(bytes).text();
  const known = keyTypes.find((each) => each === type);
  return known && keyOf(`${known} ${toBase64(bytes)}`);
}

const ascii = (bytes: Uint8Array): string => String.fromCharCode(...bytes);
const bytesOf = (word: string): Uint8Array => Uint8Array.from(word, (letter) => letter.charCodeAt(0));
