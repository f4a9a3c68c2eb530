import { createHash } from 'node:crypto';
import { compareMigrationNames, orderingNumber } from '../../release/migration-order';
import { SHOWN_SQL, type MigrationScript } from '../../release/migration';
import { destructionIn } from './destruction';
import { prepareScript, type PreparedScript } from './prepare-script';
import { undoClass } from './undo-class';

/** A file of the migrations folder, as the repository has it at the released commit. */
export interface ScriptFile {
  readonly path: string;
  readonly content: Uint8Array;
}

/** One thing that is wrong with the migrations of a commit. */
export interface ScriptProblem {
  readonly path: string;
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
}

/** A pair of scripts: as the plan shows it, and with its whole texts. */
export interface ReadScript {
  readonly script: MigrationScript;
  readonly up: string;
  readonly down: string;
}

/** `path:line:column: message`, with as much of it as is known. */
export function problemText({ path, line, column, message }: ScriptProblem): string {
  const place = [path, line, column].filter((part) => part !== undefined).join(':');
  return `${place}: ${message}`;
}

/**
 * Reads a folder of `NAME.up.sql` / `NAME.down.sql` pairs: the pairs without a fault, in the order in which they run,
 * and everything that is wrong, sorted by file. Files that are no SQL are passed over. A byte order mark is accepted
 * and not run; checksums are of the bytes as they are. Nothing is run, and no database is asked.
 */
export async function readMigrationScripts(
  files: readonly ScriptFile[],
): Promise<{ scripts: ReadScript[]; problems: ScriptProblem[] }> {
  const { halves, problems } = sortHalves(files);
  problems.push(...numberProblems(halves));
  const scripts: ReadScript[] = [];
  for (const [name, { up, down }] of halves) {
    const [upHalf, downHalf] = [up && (await readHalf(up)), down && (await readHalf(down))];
    problems.push(...(upHalf?.problems ?? []), ...(downHalf?.problems ?? []));
    if (up && !down) problems.push({ path: up.path, message: `it has no rollback script ${name}.down.sql beside it` });
    if (!up && down) problems.push({ path: down.path, message: `it has no forward script ${name}.up.sql beside it` });
    if (up && down && upHalf?.prepared && downHalf?.prepared) {
      const prepared = { up: upHalf.prepared.statements, down: downHalf.prepared.statements };
      scripts.push(pairOf(name, { file: up, half: upHalf }, { file: down, half: downHalf }, prepared));
    }
  }
  scripts.sort((a, b) => compareMigrationNames(a.script.name, b.script.name));
  problems.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : (a.line ?? 0) - (b.line ?? 0)));
  return { scripts, problems };
}

type Halves = Map<string, { up?: ScriptFile; down?: ScriptFile }>;

function sortHalves(files: readonly ScriptFile[]): { halves: Halves; problems: ScriptProblem[] } {
  const halves: Halves = new Map();
  const problems: ScriptProblem[] = [];
  const spellings = new Map<string, { name: string; path: string }>();
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    const base = file.path.slice(file.path.lastIndexOf('/') + 1);
    if (!/\.sql$/i.test(base)) continue;
    const [, name, side] = /^(.+)\.(up|down)\.sql$/.exec(base) ?? [];
    if (name === undefined || side === undefined) {
      problems.push({ path: file.path, message: 'its name is neither NAME.up.sql nor NAME.down.sql' });
      continue;
    }
    const half = halves.get(name) ?? {};
    const other = half[side as 'up' | 'down'];
    if (other) {
      problems.push({ path: file.path, message: `${other.path} has the same name` });
      continue;
    }
    // Two names that differ in case only are one file on some machines.
    const spelling = spellings.get(name.toLowerCase());
    if (spelling && spelling.name !== name && !halves.has(name)) {
      problems.push({
        path: file.path,
        message: `its name differs from ${spelling.path} in upper and lower case only`,
      });
    }
    if (!spelling) spellings.set(name.toLowerCase(), { name, path: file.path });
    halves.set(name, { ...half, [side]: file });
  }
  return { halves, problems };
}

function numberProblems(halves: Halves): ScriptProblem[] {
  const owners = new Map<bigint, string>();
  const names = [...halves.keys()];
  const numbered = names.filter((name) => orderingNumber(name) !== undefined);
  return names.flatMap((name) => {
    const { up, down } = halves.get(name) ?? {};
    const path = up?.path ?? down?.path ?? name;
    const number = orderingNumber(name);
    if (number === undefined) {
      const text = `its name does not begin with a number, but ${numbered[0]} does: its place in the order is unclear`;
      return numbered.length > 0 ? [{ path, message: text }] : [];
    }
    const owner = owners.get(number);
    if (owner === undefined) owners.set(number, name);
    return owner === undefined ? [] : [{ path, message: `its number ${number} is already that of ${owner}` }];
  });
}

interface ReadHalf {
  readonly text: string;
  readonly prepared?: PreparedScript;
  readonly problems: readonly ScriptProblem[];
}

async function readHalf({ path, content }: ScriptFile): Promise<ReadHalf> {
  const decoded = decode(content);
  if ('fault' in decoded) return { text: '', problems: [{ path, ...decoded.fault }] };
  const { text } = decoded;
  if (text.trim() === '') return { text, problems: [{ path, message: 'it is empty' }] };
  const { script, faults } = await prepareScript(text);
  return script
    ? { text, prepared: script, problems: [] }
    : { text, problems: faults.map((fault) => ({ path, ...fault })) };
}

/** The text of a file, without a byte order mark; or what is wrong with its bytes. */
function decode(bytes: Uint8Array): { text: string } | { fault: { line?: number; message: string } } {
  if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff)) {
    return { fault: { message: 'it is UTF-16; save it as UTF-8' } };
  }
  const nul = bytes.indexOf(0);
  if (nul >= 0) return { fault: { line: lineOf(bytes, nul), message: 'it holds a zero byte; it is no text' } };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    return { fault: { line: lineOf(bytes, firstBadByte(bytes)), message: 'it is not UTF-8; save it as UTF-8' } };
  }
}

function lineOf(bytes: Uint8Array, offset: number): number {
  return bytes.subarray(0, offset).filter((byte) => byte === 0x0a).length + 1;
}

/** Where UTF-8 breaks: a re-encoding of the lenient text is equal up to there. */
function firstBadByte(bytes: Uint8Array): number {
  const lenient = new TextEncoder().encode(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes));
  const index = bytes.findIndex((byte, offset) => byte !== lenient[offset]);
  return index < 0 ? bytes.length : index;
}

interface Side {
  readonly file: ScriptFile;
  readonly half: ReadHalf;
}

function pairOf(
  name: string,
  up: Side,
  down: Side,
  statements: Readonly<Record<'up' | 'down', PreparedScript['statements']>>,
): ReadScript {
  const destroys = destructionIn(statements.up);
  return {
    up: up.half.text,
    down: down.half.text,
    script: {
      name,
      upPath: up.file.path,
      downPath: down.file.path,
      checksum: sha256(up.file.content),
      downChecksum: sha256(down.file.content),
      up: up.half.text.slice(0, SHOWN_SQL),
      down: down.half.text.slice(0, SHOWN_SQL),
      undo: undoClass(statements.down),
      ...(destroys !== undefined && { destroys }),
    },
  };
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
