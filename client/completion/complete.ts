/** What could be typed next: from the program's own commands and options, so that no list must be kept beside them. */
import type { Argument, Command, Option } from 'commander';

/** One way to go on, as the shells' scripts read it. */
export interface Candidate {
  readonly value: string;
  /** For shells that show one; no tab and no line break in it. */
  readonly about: string;
}

/** What only the surroundings know. None of them fails: what cannot be known is an empty list. */
export interface Knowledge {
  environments(): Promise<Candidate[]>;
  /** Releases; only those that run, if `running`. */
  releases(options: { readonly running: boolean; readonly environment: string | undefined }): Promise<Candidate[]>;
}

/** In place of candidates: the shell completes the name of a file. */
export const files = 'files';

/**
 * The candidates for the last of `words`, which stand after `slipway` and of which the last is not finished and may be
 * empty; or {@link files}. Never fails for words that are wrong: there is nothing to add to them.
 */
export async function complete(
  program: Command,
  words: readonly string[],
  knowledge: Knowledge,
): Promise<Candidate[] | typeof files> {
  const { done, current, prefix } = split(words);
  const place = read(program, done);
  if (place.awaiting) {
    const values = await valuesOf(place.awaiting, place, knowledge);
    return values === files ? files : startingWith(current, values, prefix);
  }
  if (current.startsWith('-') && !place.onlyOperands) return startingWith(current, optionsOf(place));
  const values = await operandsOf(place, knowledge);
  return values === files ? files : startingWith(current, values);
}

/** `--env=prod` is an option and its value, in bash even three words; the value alone is what is completed. */
function split(words: readonly string[]): { done: string[]; current: string; prefix: string } {
  const done = words.slice(0, -1).filter((word) => word !== '=');
  const last = words.at(-1) ?? '';
  if (last === '=') return { done, current: '', prefix: '' };
  const [, option, value] = /^(--[a-z-]+)=(.*)$/.exec(last) ?? [];
  if (option === undefined) return { done, current: last, prefix: '' };
  return { done: [...done, option], current: value ?? '', prefix: `${option}=` };
}

/** Where the cursor is: in which command, behind which of its operands, perhaps at the value of an option. */
interface Place {
  readonly command: Command;
  readonly operands: readonly string[];
  readonly given: ReadonlyMap<string, string>;
  readonly awaiting: Option | undefined;
  /** Behind `--` nothing is an option. */
  readonly onlyOperands: boolean;
}

function read(program: Command, words: readonly string[]): Place {
  let command = program;
  let awaiting: Option | undefined;
  let onlyOperands = false;
  const operands: string[] = [];
  const given = new Map<string, string>();
  for (const word of words) {
    if (awaiting) {
      given.set(awaiting.attributeName(), word);
      awaiting = undefined;
    } else if (!onlyOperands && word === '--') {
      onlyOperands = true;
    } else if (!onlyOperands && word.startsWith('-')) {
      const [name = '', value] = word.split('=', 2);
      const option = allOptions(command).find(({ long, short }) => long === name || short === name);
      if (option) given.set(option.attributeName(), value ?? '');
      if (option?.required && value === undefined) awaiting = option;
    } else {
      const sub = operands.length === 0 ? visible(command).find((known) => known.name() === word) : undefined;
      if (sub) command = sub;
      else operands.push(word);
    }
  }
  return { command, operands, given, awaiting, onlyOperands };
}

function optionsOf({ command, given }: Place): Candidate[] {
  const open = allOptions(command).filter((option) => option.variadic || !given.has(option.attributeName()));
  return [
    ...open.flatMap(({ long, description }) => (long ? [candidate(long, description)] : [])),
    candidate('--help', 'what the command takes'),
  ];
}

async function operandsOf(place: Place, knowledge: Knowledge): Promise<Candidate[] | typeof files> {
  const { command, operands } = place;
  const commands = visible(command).map((known) => candidate(known.name(), known.summary() || known.description()));
  if (operands[0] === 'help' && command.parent === null) return commands;
  if (commands.length > 0 && operands.length === 0) {
    return command.parent === null ? [...commands, candidate('help', 'help for a command')] : commands;
  }
  const known = command.registeredArguments;
  const argument = known[operands.length] ?? known.findLast(({ variadic }) => variadic);
  return argument ? valuesOf(argument, place, knowledge) : [];
}

/** By what the option or operand calls its value: `--env <environment>`, `[release]`. */
async function valuesOf(
  wanted: Option | Argument,
  { command, given }: Place,
  knowledge: Knowledge,
): Promise<Candidate[] | typeof files> {
  if (wanted.argChoices) return wanted.argChoices.map((choice) => candidate(choice, ''));
  const running = deciding.has(command.name());
  const environment = given.get('env') || undefined;
  switch (nameOfValue(wanted)) {
    case 'environment':
    case 'env':
      return knowledge.environments();
    case 'release':
      return knowledge.releases({ running, environment });
    case 'words':
      // `resolve` takes a release, an action, or both.
      return [...(await knowledge.releases({ running, environment })), ...wordsIn(wanted.description)];
    case 'file':
    case 'folder':
    case 'path':
      return files;
    default:
      return [];
  }
}

/** Commands that only mean a release that is not over. */
const deciding = new Set(['approve', 'reject', 'pause', 'resume', 'skip-wait', 'rollback', 'resolve']);

/** `[release] and one of retry, skip`: the words of the list. */
function wordsIn(description: string): Candidate[] {
  const list = description.split('one of ')[1] ?? '';
  return list.split(', ').flatMap((word) => (/^[a-z-]+$/.test(word) ? [candidate(word, '')] : []));
}

function nameOfValue(wanted: Option | Argument): string {
  return 'flags' in wanted ? (/[<[]([\w-]+)/.exec(wanted.flags)?.[1] ?? '') : wanted.name();
}

/** Its own, and those that every command takes. */
function allOptions(command: Command): readonly Option[] {
  const above = command.parent ? allOptions(command.parent).filter(({ long }) => long !== '--version') : [];
  return [...command.options.filter(({ hidden }) => !hidden), ...above];
}

const visible = (command: Command) => command.commands.filter((known) => !known.name().startsWith('__'));

const startingWith = (start: string, candidates: readonly Candidate[], prefix = '') =>
  candidates
    .filter(({ value }) => value.startsWith(start))
    .map(({ value, about }) => ({ value: `${prefix}${value}`, about }));

const candidate = (value: string, about: string): Candidate => ({ value, about: about.replace(/\s+/g, ' ').trim() });
