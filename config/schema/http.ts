import { z } from 'zod';
import { refuse } from './refuse';

/** An HTTP address, in which references to environment variables may stand anywhere. */
export function httpUrl(description: string) {
  return z
    .string()
    .min(1)
    .meta({ description, examples: ['${env:API_URL}/version', 'https://shop.example/version'] })
    .superRefine((value, context) => {
      // A reference to a whole address, or to its beginning, can only be judged where it is resolved.
      if (value.startsWith('$')) return;
      const filled = value.replace(/:\$\{env:[^}]*\}(?=[/?#]|$)/g, '').replace(/\$\{env:[^}]*\}/g, 'x');
      if (!/^https?:\/\//i.test(filled) || !URL.canParse(filled)) {
        refuse(context, 'is no HTTP address', 'Write one that begins with http:// or https://, or with ${env:NAME}.');
      }
    });
}

/** Header name → value; values may hold references. */
export const headers = z
  .record(z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/), z.string())
  .meta({ description: 'HTTP headers to send. Values may hold references such as ${env:TOKEN}.' })
  .prefault({});

/** An HTTP method, in capitals. */
export function method(description: string) {
  return z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']).meta({ description });
}
