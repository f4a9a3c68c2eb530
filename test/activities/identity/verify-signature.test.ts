import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { verifySignature } from '../../../activities/identity/verify-signature';
import { keyOf } from '../../../release/ssh-key';
import { readSignature } from '../../../release/ssh-signature';
import { Device, SshKeys } from '../../support/ssh-keys';

const keys = new SshKeys();
afterAll(() => keys.clear());

const text = '{"kind":"approve","by":"ada","comment":"größer ✓"}';
const kinds: readonly (readonly [string, readonly string[]])[] = [
  ['ed25519', ['ed25519']],
  ['ecdsa-256', ['ecdsa', '-b', '256']],
  ['ecdsa-384', ['ecdsa', '-b', '384']],
  ['ecdsa-521', ['ecdsa', '-b', '521']],
  ['rsa-2048', ['rsa', '-b', '2048']],
];

describe.each(kinds)('a signature that ssh-keygen made with an %s key', (name, type) => {
  const identity = keys.make(name, type);
  const signature = keys.sign(identity, text);

  test('fits its text, and no other', () => {
    expect(keyOf(identity.publicKey)?.blob).toBe(readSignature(signature)?.key.blob);
    expect(verifySignature(text, signature)).toBe(true);
    expect(verifySignature(`${text}\n`, signature)).toBe(false);
    expect(verifySignature(text.replace('ada', 'adb'), signature)).toBe(false);
  });

  test('fits with either hash, and says for what it was made', () => {
    const sha256 = keys.sign(identity, text, 'git', ['-O', 'hashalg=sha256']);
    expect(readSignature(sha256)).toMatchObject({ namespace: 'git', hash: 'sha256' });
    expect(verifySignature(text, sha256)).toBe(true);
  });

  test('fits no more once any bit of it is changed', () => {
    const bytes = Buffer.from(signature.replace(/-----[^-]+-----|\s/g, ''), 'base64');
    fc.assert(
      fc.property(fc.nat(bytes.length * 8 - 1), (bit) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        expect(verifySignature(text, changed.toString('base64'))).toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});

describe.each([
  ['sk-ssh-ed25519@openssh.com', () => generateKeyPairSync('ed25519').privateKey],
  ['sk-ecdsa-sha2-nistp256@openssh.com', () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey],
] as const)('a signature of a device with a key %s', (type, make: () => KeyObject) => {
  const device = new Device(type, make());

  test('fits where OpenSSH says that it does', () => {
    for (let round = 0; round < 8; round += 1) {
      const words = `${text} ${round}`;
      const signature = device.sign(words);
      expect(keys.verify(device.publicKey, words, signature)).toBe(true);
      expect(verifySignature(words, signature)).toBe(true);
      expect(verifySignature(text, signature)).toBe(false);
    }
  });

  test('does not fit if nobody touched the device', () => {
    expect(verifySignature(text, device.sign(text, false))).toBe(false);
  });
});

describe('what is no signature', () => {
  const identity = keys.make('odd');
  const signature = keys.sign(identity, text);

  test.each([
    ['nothing', ''],
    ['text', 'approved!'],
    ['half of one', signature.slice(0, 150)],
    ['one with something behind it', signature.replace('-----END', 'AAAA\n-----END')],
    ['a public key', identity.publicKey],
    ['a very long one', 'A'.repeat(20_000)],
  ])('is told as such: %s', (_, wrong) => {
    expect(readSignature(wrong)).toBeUndefined();
    expect(verifySignature(text, wrong)).toBe(false);
  });

  test('never makes the reader fail, whatever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const magic = Buffer.concat([Buffer.from('SSHSIG\0\0\0\x01', 'latin1'), bytes]);
        expect(verifySignature(text, magic.toString('base64'))).toBe(false);
      }),
    );
  });

  test('a key of 1,024 bits is too weak to count', () => {
    const weak = keys.make('weak', ['rsa', '-b', '1024']);
    expect(keyOf(weak.publicKey)).toBeUndefined();
    expect(verifySignature(text, keys.sign(weak, text))).toBe(false);
  });
});
