/** How many calls of GitHub's API a release of one service takes, forward and rolled back, on the stand-in. */
import { startGitHub } from '../examples/github/start-github';
import type { Measure } from './measure';
import type { Stage } from './stage';

export async function measureGitHubCalls(stage: Stage): Promise<Measure[]> {
  const github = await startGitHub();
  try {
    github.addUser({ login: 'slipway' });
    const token = github.addToken({ login: 'slipway', permissions: { contents: 'write', metadata: 'read' } });
    const shop = await stage.openShop('at-github', {
      configure: (form) => {
        form.environments['production']!['approvals'] = [];
        form.repository = {
          url: `${github.url}/acme/shop.git`,
          trunk: 'main',
          github: { token: '${env:GITHUB_TOKEN}' },
        };
      },
      env: { GITHUB_TOKEN: token },
    });
    await github.addRepository({ owner: 'acme', name: 'shop', folder: shop.shop.remote });
    await stage.hire(shop);
    const callsOf = async (broken: boolean): Promise<number> => {
      const version = await shop.addVersion({ broken });
      const before = github.calls.length;
      const { outcome } = await shop.result(await shop.request(version));
      if (outcome !== (broken ? 'rolled back' : 'finished')) throw new Error(`the release at GitHub was ${outcome}`);
      return github.calls.slice(before).filter(({ path }) => path.startsWith('/api/')).length;
    };
    const measures: Measure[] = [
      { what: 'calls of GitHub’s API, one service released', unit: 'calls', value: await callsOf(false), aim: 25 },
      { what: 'calls of GitHub’s API, one service rolled back', unit: 'calls', value: await callsOf(true), aim: null },
    ];
    await stage.clear();
    return measures;
  } finally {
    await github.stop();
  }
}
