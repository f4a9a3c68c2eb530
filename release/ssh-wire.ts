/** How OpenSSH writes keys and signatures: numbers and texts with their lengths before them. */

/** Reads what OpenSSH has written. Throws a RangeError where it ends too soon. */
export class SshReader {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get isAtEnd(): boolean {
    return this.at === this.bytes.length;
  }

  take(length: number): Uint8Array {
    if (length > this.bytes.length - this.at) throw new RangeError('it ends too soon');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  number(): number {
    return this.take(4).reduce((sum, byte) => sum * 256 + byte, 0);
  }

  string(): Uint8Array {
    return this.take(this.number());
  }

  /** Whatever is left. */
  rest(): Uint8Array {
    return this.take(this.bytes.length - this.at);
  }

  /** Of ASCII: names of keys, hashes and namespaces. */
  text(): string {
    return String.fromCharCode(...this.string());
  }
}

/** A string as OpenSSH writes it: its length, then its bytes. */
export function sshString(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  return Uint8Array.of(length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255, ...bytes);
}

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** The bytes behind base64 with its padding; undefined if it is none, or if another text stands for the same bytes. */
export function fromBase64(text: string): Uint8Array | undefined {
  const match = /^([A-Za-z0-9+/]*)(={0,2})$/.exec(text);
  if (!match || text.length % 4 !== 0) return undefined;
  const [, body = ''] = match;
  const bytes = new Uint8Array(Math.floor((body.length * 3) / 4));
  let buffer = 0;
  let bits = 0;
  let at = 0;
  for (const digit of body) {
    buffer = ((buffer << 6) | digits.indexOf(digit)) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at++] = (buffer >> bits) & 255;
  }
  return (buffer & ((1 << bits) - 1)) === 0 ? bytes : undefined;
}

/** Base64 with its padding. */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const four = [a >> 2, ((a & 3) << 4) | (b >> 4), ((b & 15) << 2) | (c >> 6), c & 63];
    const known = Math.min(4, bytes.length - at + 1);
    text += four.map((digit, index) => (index < known ? digits[digit] : '=')).join('');
  }
  return text;
}
