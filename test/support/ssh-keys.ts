/** Real keys and signatures, made by OpenSSH's own programs. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, createPrivateKey, sign, type KeyObject } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface SshIdentity {
  /** The line of the file *.pub. */
  readonly publicKey: string;
  /** Path of the private key. */
  readonly file: string;
}

/** A folder of keys that is gone after `clear`. */
export class SshKeys {
  readonly folder = mkdtempSync(join(tmpdir(), 'slipway-keys-'));

  make(name: string, type: readonly string[] = ['ed25519']): SshIdentity {
    const file = join(this.folder, name);
    execFileSync('ssh-keygen', ['-q', '-N', '', '-C', name, '-f', file, '-t', ...type]);
    return { file, publicKey: readFileSync(`${file}.pub`, 'utf8').trim() };
  }

  sign(identity: SshIdentity, text: string, namespace = 'slipway', options: readonly string[] = []): string {
    const args = ['-Y', 'sign', '-q', '-n', namespace, '-f', identity.file, ...options];
    return execFileSync('ssh-keygen', args, { input: text, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
  }

  /** What OpenSSH itself says of a signature. */
  verify(publicKey: string, text: string, signature: string, namespace = 'slipway'): boolean {
    const allowed = join(this.folder, 'allowed');
    const file = join(this.folder, 'signature');
    writeFileSync(allowed, `someone ${publicKey}\n`);
    writeFileSync(file, signature);
    const args = ['-Y', 'verify', '-f', allowed, '-I', 'someone', '-n', namespace, '-s', file];
    return spawnSync('ssh-keygen', args, { input: text }).status === 0;
  }

  /** As `ssh-keygen -l` prints it. */
  fingerprint({ file }: SshIdentity): string | undefined {
    return execFileSync('ssh-keygen', ['-l', '-f', file], { encoding: 'utf8' }).split(' ')[1];
  }

  clear(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A device with a key in it, as far as its signatures go. */
export class Device {
  private readonly application = 'ssh:';

  constructor(
    private readonly type: 'sk-ssh-ed25519@openssh.com' | 'sk-ecdsa-sha2-nistp256@openssh.com',
    private readonly key: KeyObject,
  ) {}

  private get keyBytes(): Buffer {
    const { x, y } = this.key.export({ format: 'jwk' });
    const [first, second] = [x, y].map((part) => Buffer.from(part ?? '', 'base64url'));
    const parts = this.type.includes('ed25519')
      ? [first!]
      : ['nistp256', Buffer.concat([Buffer.of(4), first!, second!])];
    return Buffer.concat([this.type, ...parts, this.application].map(string));
  }

  get publicKey(): string {
    return `${this.type} ${this.keyBytes.toString('base64')}`;
  }

  sign(text: string, touched = true, namespace = 'slipway'): string {
    const sha256 = (bytes: string | Buffer) => createHash('sha256').update(bytes).digest();
    const digest = createHash('sha512').update(text).digest();
    const head = [namespace, '', 'sha512'].map(string);
    const message = Buffer.concat([Buffer.from('SSHSIG'), ...head, string(digest)]);
    const rest = Buffer.of(touched ? 1 : 0, 0, 0, 0, 7);
    const signed = Buffer.concat([sha256(this.application), rest, sha256(message)]);
    const blob = Buffer.concat([string(this.type), string(this.body(signed)), rest]);
    const version = Buffer.of(0, 0, 0, 1);
    const all = Buffer.concat([Buffer.from('SSHSIG'), version, string(this.keyBytes), ...head, string(blob)]);
    const lines = all.toString('base64').replace(/(.{70})/g, '$1\n');
    return `-----BEGIN SSH SIGNATURE-----\n${lines}\n-----END SSH SIGNATURE-----\n`;
  }

  private body(signed: Buffer): Buffer {
    if (this.type.includes('ed25519'))
      return sign(null, signed, createPrivateKey(this.key.export({ format: 'pem', type: 'pkcs8' })));
    const pair = sign('sha256', signed, { key: this.key, dsaEncoding: 'ieee-p1363' });
    return Buffer.concat([pair.subarray(0, 32), pair.subarray(32)].map(number).map(string));
  }
}

/** A number without leading zeros, and with one where it would be negative. */
function number(bytes: Buffer): Buffer {
  let from = 0;
  while (from < bytes.length - 1 && bytes[from] === 0) from += 1;
  const digits = bytes.subarray(from);
  return digits[0]! >= 128 ? Buffer.concat([Buffer.of(0), digits]) : digits;
}

function string(bytes: string | Buffer): Buffer {
  const content = Buffer.from(bytes as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}
