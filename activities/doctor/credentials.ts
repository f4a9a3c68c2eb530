import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { pass, type Look } from '../../release/doctor';
import { resolveReferences } from '../../release/env-references';
import { judgeEnd } from '../../release/judge-doctor';
import type { Service } from '../../release/project';
import type { Attempt } from '../surroundings';
import { bounded, type Patient } from './examiner';

/** What ends by itself one day: how the worker signs in to Temporal, and the certificates of the hosts it talks to. */
export async function examineCredentials(patient: Patient): Promise<Look[]> {
  const origins = new Set(patient.services.flatMap((service) => originsOf(service, patient)));
  const looks = await Promise.all([
    bounded('Temporal', patient, async () => temporalAccess()),
    ...[...origins].map((origin) => bounded(origin, patient, (attempt) => lookAtCertificate(origin, attempt), 10_000)),
  ]);
  const found = looks.flat();
  return found.length > 0
    ? found
    : [pass('credentials', 'no key, token or certificate is used that tells when it ends')];
}

const anew = 'Make a new one, set it where this worker runs, and start the worker anew.';

/** By the API key or the client certificate of the standard variables or the profile. */
function temporalAccess(): Look[] {
  const { apiKey, tls } = loadClientConnectConfig().connectionOptions;
  const crt = typeof tls === 'object' && tls !== null ? tls.clientCertPair?.crt : undefined;
  const keyEnd = typeof apiKey === 'string' ? endOfKey(apiKey) : undefined;
  const now = Date.now();
  return [
    ...(keyEnd === undefined ? [] : [judgeEnd("Temporal's API key", keyEnd, now, anew)]),
    ...(crt === undefined ? [] : [judgeEnd('client certificate for Temporal', endOfCertificate(crt), now, anew)]),
  ];
}

/** The key is a JSON Web Token where it is one of Temporal Cloud: its claims are no secret from its holder. */
function endOfKey(key: string): number | undefined {
  try {
    const claims = JSON.parse(Buffer.from(key.split('.')[1] ?? '', 'base64url').toString()) as { exp?: unknown };
    return typeof claims.exp === 'number' ? claims.exp * 1_000 : undefined;
  } catch {
    return undefined;
  }
}

const endOfCertificate = (pem: string | Uint8Array): number => Date.parse(new X509Certificate(pem).validTo);

/** The hosts that are reached by HTTPS; those whose address is not known are told of in other areas. */
function originsOf({ live, repository }: Service, { surroundings }: Patient): string[] {
  return [live.url, repository.url].flatMap((configured) => {
    try {
      const url = new URL(resolveReferences(configured, surroundings.lookup, 'an address'));
      return url.protocol === 'https:' ? [url.origin] : [];
    } catch {
      return [];
    }
  });
}

async function lookAtCertificate(origin: string, { signal }: Attempt): Promise<Look[]> {
  const end = await certificateEnd(new URL(origin), signal);
  const todo = 'Let its owner renew it: from that day on nobody reaches this host.';
  return end === undefined ? [] : [judgeEnd(`certificate of ${origin}`, end, Date.now(), todo)];
}

/** undefined = the host gives none; that nobody answers is told of where it matters. Whether it is trusted is not asked. */
function certificateEnd({ hostname, port }: URL, signal: AbortSignal): Promise<number | undefined> {
  return new Promise((resolve) => {
    const host = hostname.replace(/^\[|\]$/g, '');
    const socket = connect({
      host,
      port: Number(port || 443),
      ...(isIP(host) ? {} : { servername: host }),
      rejectUnauthorized: false,
    });
    const leave = (end: number | undefined) => {
      socket.destroy();
      resolve(end);
    };
    signal.addEventListener('abort', () => leave(undefined), { once: true });
    socket.once('error', () => leave(undefined));
    socket.once('secureConnect', () => {
      const end = Date.parse(socket.getPeerCertificate().valid_to);
      leave(Number.isNaN(end) ? undefined : end);
    });
  });
}
