import { z } from 'zod';
import { refuse } from './refuse';
import { text } from './text';

/** Somebody, or a program, whom the rules name. */
export const person = z
  .strictObject({
    emails: z
      .array(text('An e-mail of their commits.', 'ada@shop.example'))
      .meta({ description: 'E-mails of their commits.', examples: [['ada@shop.example']] })
      .prefault([]),
    github: text('Login at GitHub.', 'ada-l').exactOptional(),
    keys: z
      .union([
        z.literal('github').meta({ description: 'Those that GitHub knows, asked at each decision.' }),
        z.array(text('A public SSH key.', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5…')),
      ])
      .meta({
        description: 'Public SSH keys that they sign with, or github.',
        examples: [['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5…'], 'github'],
      })
      .prefault([]),
    bot: z
      .boolean()
      .meta({ description: 'A program: it may ask for releases, and never approves one.' })
      .prefault(false),
  })
  .meta({ description: 'A person.', examples: [{ emails: ['ada@shop.example'], github: 'ada-l' }] });

const gitHubTeam = z
  .strictObject({
    github: z.string().meta({ description: 'A team at GitHub, asked when somebody decides.', examples: ['shop/ops'] }),
  })
  .transform(({ github }, context) => {
    const [org = '', slug = '', ...more] = github.split('/');
    const isOne = [org, slug].every((part) => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(part)) && more.length === 0;
    if (!isOne) refuse(context, 'is no organization/team', 'Write it as in its address, such as shop/ops.', ['github']);
    return { org, slug };
  });

/** Several people under one name. */
export const team = z.union([z.array(text('A person, or another team.', 'ada')), gitHubTeam]).meta({
  description: 'People, and other teams; or a team at GitHub.',
  examples: [['ada', 'grace'], { github: 'shop/ops' }],
});
