/** The tables of the ledger that only grow, and how rows follow from records. */
import type { LedgerRecord } from '../../release/ledger';

/** The records of one kind. */
export type Of<K extends LedgerRecord['is']> = Extract<LedgerRecord, { is: K }>;

export function of<K extends LedgerRecord['is']>(records: readonly LedgerRecord[], is: K): Of<K>[] {
  return records.filter((each): each is Of<K> => each.is === is);
}

export interface LedgerTable {
  readonly name: string;
  /** Its columns besides `release`, with their types. */
  readonly columns: Readonly<Record<string, string>>;
  /** What tells the rows of a release apart. */
  readonly key: readonly string[];
  /** What must be the same in a row that is there already; none = the newest row wins. */
  readonly equal: readonly string[];
  readonly rowsOf: (records: readonly LedgerRecord[]) => readonly Readonly<Record<string, unknown>>[];
}

export const ledgerTables: readonly LedgerTable[] = [
  {
    name: 'plan',
    columns: { n: 'int', digest: 'text', plan: 'jsonb', gates: 'jsonb', at: 'timestamptz' },
    key: ['n'],
    // Measured values beside the digest may differ.
    equal: ['digest'],
    rowsOf: (records) => of(records, 'plan').map((each) => ({ ...each, digest: each.plan.digest })),
  },
  {
    name: 'undo_record',
    columns: { n: 'int', step: 'text', service: 'text', record: 'jsonb', at: 'timestamptz' },
    key: ['n'],
    equal: ['record'],
    rowsOf: (records) =>
      of(records, 'undo').map((each) => ({ ...each, step: each.record.step, service: each.record.service })),
  },
  {
    name: 'undone',
    columns: { n: 'int', step: 'text', service: 'text', how: 'text', detail: 'text', at: 'timestamptz' },
    key: ['n'],
    equal: [],
    rowsOf: (records) => of(records, 'undone').map(({ n, at, report }) => ({ n, at, ...report })),
  },
  {
    name: 'decision',
    columns: {
      ...{ kind: 'text', decision_id: 'text', n: 'int', by: 'text', proof: 'text', comment: 'text', digest: 'text' },
      ...{ acknowledge: 'jsonb', action: 'text', accepted: 'boolean', verdict: 'text', at: 'timestamptz' },
      ...{ person: 'text', key: 'text', signature: 'jsonb' },
    },
    key: ['kind', 'decision_id'],
    equal: [],
    rowsOf: (records) =>
      of(records, 'decision').map(({ n, at, decision: { id, ...decision }, verdict }) => ({
        ...{ n, at, ...decision, decision_id: id, accepted: verdict.accepted, verdict: verdict.detail },
      })),
  },
  {
    name: 'event',
    columns: { n: 'int', at: 'timestamptz', kind: 'text', text: 'text' },
    key: ['n'],
    equal: [],
    rowsOf: (records) => of(records, 'event').map(({ entry }) => ({ ...entry })),
  },
];
