import { rowsOf, shareOf } from '../support/crash-points';
import { CrashRoad } from '../support/crash-road';
import { startCrashStageAtGitHub } from '../support/github-slipway';

/** Effects that GitHub's API carries out; the others have nothing to do with where the repository is. */
const effects = [
  'fence-take',
  'move-tag',
  'move-branch',
  'fence-raise',
  'undo-branch',
  'undo-tag',
  'delete-tag',
  'fence-free',
];
const rows = [...rowsOf('success').filter(({ point }) => point.startsWith('fence-take')), ...rowsOf('rollback')].filter(
  ({ point }) => effects.some((effect) => point.startsWith(`${effect}:`)),
);

const road = new CrashRoad('rollback', startCrashStageAtGitHub);
afterAll(() => road.stop());

test.concurrent.each(shareOf(rows))(
  'a worker is killed at $point, at GitHub: another goes on, it ends as if nothing had happened, each effect once',
  async (row) => {
    expect(await road.killed(row)).toEqual(await road.expected());
  },
);
