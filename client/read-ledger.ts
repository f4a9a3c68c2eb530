/** What the ledger knows of releases, also of those that Temporal no longer knows: asked through a worker. */
import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { SlipwayError } from '../release/errors';
import type {
  HistoryInput,
  HistoryLine,
  HistoryPage,
  RecordedRelease,
  ReleasePage,
  ReleasePageInput,
} from '../release/ledger-answers';
import { askWorker } from './ask-worker';

/** One environment of a project. */
export interface Place {
  readonly project: string;
  readonly environment: string;
}

/**
 * The newest releases of an environment, at most `limit`, asked for at or after `since`. Fails with NO_WORKER, or as the
 * ledger does (LEDGER_UNREACHABLE…).
 */
export async function releaseHistory(
  client: Client,
  place: Place,
  { since = null, limit }: { readonly since?: string | null; readonly limit: number },
  patience?: number,
): Promise<HistoryLine[]> {
  const found: HistoryLine[] = [];
  while (found.length < limit) {
    const last = found.at(-1);
    const after = last ? { requestedAt: last.requestedAt, key: last.key } : null;
    const input: HistoryInput = { ...place, since, limit: limit - found.length, after };
    const question = questionOf(place, 'ledgerHistory', input, `History of ${place.environment}`);
    const { releases, isFull } = await askWorker<HistoryPage>(client, question, patience);
    found.push(...releases);
    if (!isFull) break;
  }
  return found;
}

/**
 * Everything that the ledger knows of a release; undefined if it knows none. `name` is its id, `environment/version/n`
 * or a version, of which the newest release is meant. Fails as {@link releaseHistory} does.
 */
export async function recordedRelease(
  client: Client,
  place: Place,
  name: string,
  patience?: number,
): Promise<RecordedRelease | undefined> {
  for (let tries = 0; tries < 5; tries++) {
    const text = await readWhole(client, place, name, patience);
    if (text === null) return undefined;
    if (text) return JSON.parse(text) as RecordedRelease;
  }
  throw new SlipwayError('LEDGER_UNREACHABLE', { detail: `${name} changed each time while it was read` });
}

/** The text of all pages; null if there is none, empty if the release went on in between. */
async function readWhole(
  client: Client,
  place: Place,
  name: string,
  patience: number | undefined,
): Promise<string | null> {
  let text = '';
  let first: ReleasePage | undefined;
  for (;;) {
    const input: ReleasePageInput = { ...place, name, offset: text.length };
    const question = questionOf(place, 'ledgerRelease', input, `All that is known of ${name}`);
    const page = await askWorker<ReleasePage>(client, question, patience);
    if (page.text === null) return null;
    first ??= page;
    if (page.checksum !== first.checksum) return '';
    text += page.text;
    if (text.length >= page.total) return text;
  }
}

function questionOf(place: Place, workflow: string, input: HistoryInput | ReleasePageInput, summary: string) {
  const { project, environment } = place;
  const workflowId = `ledger-question/${project}/${environment}/${randomUUID()}`;
  return { workflow, workflowId, project, environment, args: [input], summary, limit: '2m' } as const;
}
