/** The shop's remote at the stand-in for GitHub: with its people, and with pull requests for what was changed. */
import { startGitHub, type GitHub } from '../github/start-github';
import { git } from './git';
import { versionTag } from './history';
import type { ConfigForm } from './config-file';
import type { Shop } from './shop';

/** A stand-in that waits for its shop. */
export interface ShopAtGitHub {
  readonly github: GitHub;
  /** Address of the remote for `slipway.yaml`. */
  readonly remoteUrl: string;
  /** Adds the access to the configuration. */
  configure(form: ConfigForm): void;
  /** Hosts the shop's remote; returns what the references in `slipway.yaml` stand for besides. */
  host(shop: Shop): Promise<Record<string, string>>;
  stop(): Promise<void>;
}

const versions = ['1.0.0', '1.1.0', '1.2.0', '1.3.0'] as const;

/** Starts the stand-in. */
export async function startShopAtGitHub(): Promise<ShopAtGitHub> {
  const github = await startGitHub();
  return {
    github,
    remoteUrl: `${github.url}/acme/shop.git`,
    configure: (form) => {
      form.repository['github'] = { token: '${env:GITHUB_TOKEN}' };
    },
    host: (shop) => host(github, shop),
    stop: () => github.stop(),
  };
}

async function host(github: GitHub, shop: Shop): Promise<Record<string, string>> {
  const hosted = await github.addRepository({ owner: 'acme', name: 'shop', folder: shop.remote });
  for (const login of ['ada', 'grace', 'linus']) {
    github.addUser({ login, name: login, emails: [`${login}@shop.example`] });
  }
  github.addUser({ login: 'slipway' });
  for (const [index, version] of versions.entries()) {
    const before = versions[index - 1];
    if (before === undefined) continue;
    const range = `${versionTag(before)}..${versionTag(version)}`;
    const commits = (await git(['rev-list', range], { folder: shop.remote })).split('\n').filter(Boolean);
    github.addPullRequest(hosted, { title: `Version ${version}`, author: 'linus', commits });
  }
  const permissions = { contents: 'write', metadata: 'read' } as const;
  return { GITHUB_TOKEN: github.addToken({ login: 'slipway', permissions }) };
}
