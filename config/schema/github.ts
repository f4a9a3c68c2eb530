import { z } from 'zod';
import { refuse } from './refuse';
import { text } from './text';

/** A number is written as it stands in GitHub's settings; a reference is a text. */
const identifier = (description: string, example: string) =>
  z
    .union([z.number().int().positive(), z.string().min(1)])
    .meta({ description, examples: [Number(example), '${env:GITHUB_APP_ID}'] })
    .transform(String);

const app = z
  .strictObject({
    id: identifier('App ID, or its client ID.', '123456'),
    installation: identifier(
      'Installation; without it the one of the repository is looked up.',
      '7890123',
    ).exactOptional(),
    privateKey: text('The private key, in PEM, by a reference to a variable of the worker.', '${env:GITHUB_APP_KEY}'),
  })
  .meta({ description: 'Work as a GitHub App.' });

const ownerAndName = /^[A-Za-z0-9][A-Za-z0-9-]*\/[A-Za-z0-9._-]+$/;

/** `repository.github`: the remote is at GitHub, and its API is used. */
export const github = z
  .strictObject({
    token: text('A token, by a reference to a variable of the worker.', '${env:GITHUB_TOKEN}').exactOptional(),
    app: app.exactOptional(),
    api: text(
      'Base address of the REST API. Default: from the repository’s address.',
      'https://github.example.com/api/v3',
    ).exactOptional(),
    repository: text('owner/name. Default: from the repository’s address.', 'acme/shop').exactOptional(),
  })
  .meta({
    description: 'The remote is at GitHub: its API is used, with a token or as a GitHub App.',
    examples: [{ token: '${env:GITHUB_TOKEN}' }],
  })
  .superRefine((form, context) => {
    if ((form.token === undefined) === (form.app === undefined)) {
      const hint = 'Write token: "${env:GITHUB_TOKEN}", or app: { id: …, privateKey: "${env:GITHUB_APP_KEY}" }.';
      refuse(context, form.app === undefined ? 'has neither a token nor an app' : 'has a token and an app', hint);
    }
    if (form.repository !== undefined && !form.repository.includes('${') && !ownerAndName.test(form.repository)) {
      refuse(context, 'is no owner/name', 'Write it as in its address, such as acme/shop.', ['repository']);
    }
    if (form.api !== undefined && !/^(https?:\/\/|\$\{env:)/.test(form.api)) {
      refuse(context, 'is no address', 'Write it such as https://github.example.com/api/v3.', ['api']);
    }
  });
