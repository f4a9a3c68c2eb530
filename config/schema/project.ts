import { z } from 'zod';
import { environment } from './environment';
import { repository } from './repository';
import { rules } from './rules';
import { service } from './service';
import { person, team } from './people';
import { name, namePattern } from './text';
import { trigger } from './trigger';
import { versions } from './versions';

/** Versions of the file format that this program reads. */
export const readableVersions = [1] as const;

/** A name as a key; its form is judged by a rule, since a record does not look at what is under a bad key. */
const key = (description: string) => z.string().meta({ description, pattern: namePattern.source });

/** The whole file. */
export const projectFile = z
  .strictObject({
    version: z.literal(1).meta({ description: 'Version of this file’s format: 1.', examples: [1] }),
    project: name('Name of the project: what is released together.', 'shop'),
    repository: repository.exactOptional(),
    rules: rules.exactOptional(),
    versions,
    services: z.record(key('Name of a service.'), service).meta({
      description: 'The services, by name.',
      examples: [{ api: { pointer: { kind: 'tag', name: 'v{version}' }, live: { http: '${env:API_URL}/version' } } }],
    }),
    environments: z.record(key('Name of an environment.'), environment).meta({
      description: 'The environments, by name.',
      examples: [{ production: { approvals: [{ approvers: ['ada', 'grace'] }] } }],
    }),
    triggers: z
      .array(trigger)
      .meta({
        description: 'What starts releases by itself, once `slipway trigger on` was said.',
        examples: [[{ tag: 'release/v{version}', environment: 'production' }]],
      })
      .prefault([]),
    people: z
      .record(z.string().meta({ description: 'What a person is called here.' }), person)
      .meta({
        description: 'Who is who, by name; without it a name stands for itself.',
        examples: [{ ada: { emails: ['ada@shop.example'], github: 'ada-l' } }],
      })
      .prefault({}),
    teams: z
      .record(z.string().meta({ description: 'Name of a team.' }), team)
      .meta({ description: 'Several people under one name.', examples: [{ backend: ['ada', 'grace'] }] })
      .prefault({}),
  })
  .meta({ title: 'slipway.yaml', description: 'What Slipway releases, where to, and by which rules.' });

/** The file after its schema: every default filled in, what services share not yet put together. */
export type ProjectFile = z.output<typeof projectFile>;
