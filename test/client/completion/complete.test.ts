import type { Command } from 'commander';
import { complete, type Candidate, type Knowledge } from '../../../client/completion/complete';
import { buildProgram } from '../../../client/program';

const asked: object[] = [];
const known: Knowledge = {
  environments: async () => ['production', 'staging'].map((value) => ({ value, about: 'environment' })),
  releases: async (options) => {
    asked.push(options);
    return [{ value: 'production/1.2.0/1', about: 'awaiting approval' }];
  },
};

async function after(...words: string[]): Promise<string[]> {
  const found = await complete(buildProgram(), words, known);
  return found === 'files' ? ['<files>'] : found.map(({ value }: Candidate) => value);
}

test('every command of the program is proposed, with what it does', async () => {
  const names = buildProgram()
    .commands.map((command) => command.name())
    .filter((name) => !name.startsWith('__'));
  expect((await after('')).sort()).toEqual([...names, 'help'].sort());
  const found = (await complete(buildProgram(), ['rel'], known)) as Candidate[];
  expect(found).toEqual([{ value: 'release', about: 'release a version' }]);
});

test('every option of every command is proposed behind it, and none that was given', async () => {
  for (const command of buildProgram().commands.filter(({ commands }) => commands.length === 0)) {
    if (command.name().startsWith('__')) continue;
    const options = command.options.map(({ long }) => long);
    expect(await after(command.name(), '--')).toEqual(expect.arrayContaining([...options, '--json', '--help']));
  }
  expect(await after('plan', '--markdown', '--m')).toEqual([]);
  expect(await after('release', '1.2.0', '--acknowledge', 'x', '--ack')).toEqual(['--acknowledge']);
});

test('every command that takes a word says in its help how that is written', () => {
  const helpOf = (command: Command): string => {
    let text = '';
    command.configureOutput({ writeOut: (more) => (text += more) }).outputHelp();
    return text;
  };
  const commands = buildProgram().commands.filter(
    (command) => command.registeredArguments.length > 0 && !command.name().startsWith('__'),
  );
  expect(commands.filter((command) => !/^Examples?:/m.test(helpOf(command))).map((one) => one.name())).toEqual([
    'completion',
  ]);
});

test.each([
  ['the value of --env', ['plan', '1.2.0', '--env', ''], ['production', 'staging']],
  ['its beginning', ['plan', '1.2.0', '--env', 's'], ['staging']],
  ['in one word', ['plan', '1.2.0', '--env=s'], ['--env=staging']],
  ['in three words, as bash has them', ['plan', '1.2.0', '--env', '=', 's'], ['staging']],
  ['before the command', ['--json', 'plan', '1.2.0', '--env', 'p'], ['production']],
  ['a file', ['--config', 's'], ['<files>']],
  ['a file in one word', ['--config=s'], ['<files>']],
  ['a shell', ['completion', ''], ['bash', 'zsh', 'fish']],
  ['a command to have explained', ['help', 'comp'], ['completion']],
  ['a release', ['approve', ''], ['production/1.2.0/1']],
  ['a release or an action', ['resolve', ''], ['production/1.2.0/1', 'retry', 'skip', 'done', 'abandon']],
  ['an action behind a release', ['resolve', 'production/1.2.0/1', 'r'], ['retry']],
  ['a value that nobody knows', ['release', ''], []],
  ['the text of a reason', ['reject', '--reason', ''], []],
  ['a command that is none', ['frobnicate', '--env', ''], []],
  ['options behind --', ['status', '--', '--'], []],
  ['nothing at all', [], someCommands()],
])('%s is completed', async (_, words, expected) => {
  expect(await after(...words)).toEqual(expected);
});

test('decisions are only proposed releases that run, of the environment that was named', async () => {
  asked.length = 0;
  await after('approve', '--env', 'staging', '');
  await after('status', '');
  expect(asked).toEqual([
    { running: true, environment: 'staging' },
    { running: false, environment: undefined },
  ]);
});

function someCommands(): unknown {
  return expect.arrayContaining(['init', 'release', 'help']);
}
