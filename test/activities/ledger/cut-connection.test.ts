import { createLedger } from '../../../activities/ledger/ledger';
import { eventually } from '../../support/eventually';
import { askLedger, testLedgerUrl } from '../../support/test-ledger';

const redact = (text: string) => text;
const ledger = createLedger({ url: testLedgerUrl(), redact });
afterAll(() => ledger.close());

const sleeping = `SELECT pid FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(61)' AND state = 'active'`;

/** Uses the ledger for longer than anybody waits. */
const busy = (signal: AbortSignal) => ledger.use({ signal }, (client) => client.query('SELECT pg_sleep(61)'));

const asleep = () => eventually('it is busy', async () => (await askLedger(sleeping)).length > 0 || undefined);

test('a use that is given up, or whose connection dies, ends that use and nothing else of the process', async () => {
  // What a connection says when it dies would end a whole worker, if nobody listened.
  const aborting = new AbortController();
  const givenUp = busy(aborting.signal);
  await asleep();
  aborting.abort(new Error('given up'));
  await expect(givenUp).rejects.toThrow('given up');

  const cut = busy(new AbortController().signal);
  const [row] = await Promise.race([cut.then(() => []), asleep().then(() => askLedger<{ pid: number }>(sleeping))]);
  const rejected = expect(cut).rejects.toMatchObject({ code: 'LEDGER_UNREACHABLE' });
  await askLedger('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = $1', ['SELECT pg_sleep(61)']);
  await rejected;
  expect(row).toBeDefined();

  const { rows } = await ledger.use({ signal: new AbortController().signal }, (client) =>
    client.query('SELECT 1 AS one'),
  );
  expect(rows).toEqual([{ one: 1 }]);
});
