import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';

const decoders = { gzip: createGunzip, 'x-gzip': createGunzip, deflate: createInflate, br: createBrotliDecompress };

/**
 * Reads the body of an answer as UTF-8, up to `maxBytes` decompressed bytes; the connection is closed on the rest.
 * Throws what the stream throws, so a body that breaks off is never taken for a whole one.
 */
export async function readBody(
  response: IncomingMessage,
  maxBytes: number,
): Promise<{ text: string; truncated: boolean }> {
  const decoder = new TextDecoder();
  let text = '';
  let left = maxBytes;
  for await (const part of decompressed(response) as AsyncIterable<Uint8Array>) {
    text += decoder.decode(part.subarray(0, left), { stream: true });
    left -= part.byteLength;
    if (left < 0) return { text, truncated: true };
  }
  return { text: text + decoder.decode(), truncated: false };
}

/** We ask for no compression; some servers do it all the same. */
function decompressed(response: IncomingMessage): Readable {
  const encoding = (response.headers['content-encoding'] ?? '').trim().toLowerCase();
  if (!Object.hasOwn(decoders, encoding)) return response;
  return pipeline(response, decoders[encoding as keyof typeof decoders](), () => undefined);
}
