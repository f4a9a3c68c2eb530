/** Codes of node's sockets, resolver, TLS and HTTP parser, in words. */
const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection broke off',
  EPIPE: 'the connection broke off',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the host name could not be looked up',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'no connection in time',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate is signed by nobody we trust',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate is signed by nobody we trust',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the certificate is signed by nobody we trust',
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another host',
  ERR_INVALID_URL: 'the address is not a valid one',
  ERR_INVALID_PROTOCOL: 'the address is not one of the web',
  ERR_UNESCAPED_CHARACTERS: 'the address is not a valid one',
  ERR_INVALID_CHAR: 'a header holds a character that cannot be sent',
  ERR_INVALID_HTTP_TOKEN: 'the method or the name of a header is not a valid one',
  HPE_HEADER_OVERFLOW: 'the headers of the answer are too long',
};

/**
 * Why a request got no answer, in a few words. They are made from error codes only: messages quote
 * addresses and headers, and those hold secrets.
 */
export function describeTransportError(error: unknown): string {
  for (let cause = error, depth = 0; typeof cause === 'object' && cause !== null && depth < 8; depth++) {
    const { code, cause: deeper, errors } = cause as ErrorLike;
    if (typeof code === 'string') return wordsFor(code);
    cause = deeper ?? errors?.[0];
  }
  return 'the request could not be sent';
}

interface ErrorLike {
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly errors?: readonly unknown[];
}

function wordsFor(code: string): string {
  if (code in words) return words[code] as string;
  if (code.startsWith('HPE_')) return 'the answer is not HTTP';
  if (/^Z_|BROTLI/.test(code)) return 'the body could not be decompressed';
  if (/^ERR_(SSL|TLS)|^EPROTO$/.test(code)) return 'no secure connection came about';
  return /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : 'the request could not be sent';
}
