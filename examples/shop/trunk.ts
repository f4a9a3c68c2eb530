import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Change, Person } from './history';
import { projectRoot } from './project-root';

/** A commit of the shop's trunk: its files lie in a folder of their own below trunk/. */
interface Step {
  readonly folder: string;
  readonly author: Person;
  readonly subject: string;
  readonly version?: string;
}

/** What happened in the shop, oldest first. 1.2.0 is broken in a way that only looking at its books shows. */
const steps: readonly Step[] = [
  { folder: '1.0.0-api', author: 'ada', subject: 'An api that lists the books' },
  { folder: '1.0.0-web', author: 'grace', subject: 'A shop window' },
  { folder: '1.0.0', author: 'ada', subject: 'Version 1.0.0', version: '1.0.0' },
  { folder: '1.1.0-db', author: 'linus', subject: 'Books have authors' },
  { folder: '1.1.0-api', author: 'ada', subject: 'The api tells who wrote a book' },
  { folder: '1.1.0', author: 'grace', subject: 'The window shows who wrote a book', version: '1.1.0' },
  { folder: '1.2.0-db', author: 'linus', subject: 'Room for reviews' },
  { folder: '1.2.0-api', author: 'barbara', subject: 'The api tells how books are liked' },
  { folder: '1.2.0', author: 'grace', subject: 'The window shows stars', version: '1.2.0' },
  { folder: '1.3.0-fix', author: 'barbara', subject: 'Books without reviews are listed again' },
  { folder: '1.3.0-db', author: 'linus', subject: 'Books have editions' },
  { folder: '1.3.0', author: 'ada', subject: 'The api tells the format of a book', version: '1.3.0' },
];

/** The trunk as changes to commit; the slow migration of 1.3.0 takes `slowMigration` seconds. */
export function trunkOfTheShop(slowMigration: number): Change[] {
  // The migration pauses once a book, and the shop has twelve.
  const pause = String(slowMigration / 12);
  return steps.map(({ folder, ...step }) => ({
    ...step,
    files: filesBelow(join(sourcesOfTheShop(), folder), (text) => text.replaceAll(':pause', pause)),
  }));
}

/** The statements that make the database of 1.0.0. */
export const firstSchema = (): string => readFileSync(join(sourcesOfTheShop(), '1.0.0-api/db/schema.sql'), 'utf8');

/** The applications are plain files that nobody compiles, so they stay where the sources are. */
const sourcesOfTheShop = (): string => join(projectRoot, 'examples/shop/trunk');

function filesBelow(folder: string, fill: (text: string) => string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(folder, path).split(sep).join('/'), fill(readFileSync(path, 'utf8'))];
    }),
  );
}
