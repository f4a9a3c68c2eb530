import { debtAfter, debtWithout, scriptsOfDebts } from '../../release/schema-debt';

const [first, second] = ['1.1.0', '1.2.0'].map((version) => ({
  releaseId: `release/shop/production/${version}/1`,
  at: '2026-03-01T10:00:00.000Z',
}));
const left = debtAfter([], first!, ['api: 003_prices', 'api: 004_notes', 'jobs: 001_queue']);

describe('schema debt', () => {
  test('is what a rollback left, by service and migration', () => {
    expect(left).toEqual([
      { service: 'api', name: '003_prices', ...first },
      { service: 'api', name: '004_notes', ...first },
      { service: 'jobs', name: '001_queue', ...first },
    ]);
  });

  test('that is left once more is of the later release', () => {
    const again = debtAfter(left, second!, ['api: 004_notes']);
    expect(again).toHaveLength(3);
    expect(again.at(-1)).toEqual({ service: 'api', name: '004_notes', ...second });
  });

  test('is none any more once what runs has its script, and only of that service', () => {
    const files = [
      'db/migrations/004_notes.up.sql',
      'db/migrations/004_notes.down.sql',
      'db/migrations/001_queue.up.sql',
    ];
    const used = scriptsOfDebts(left, 'api', files);
    expect(used).toEqual(['004_notes']);
    expect(debtWithout(left, 'api', used).map(({ name }) => name)).toEqual(['003_prices', '001_queue']);
  });

  test('is bounded', () => {
    const many = Array.from({ length: 500 }, (_, n) => `api: ${n}`);
    expect(debtAfter([], first!, many)).toHaveLength(200);
  });
});
