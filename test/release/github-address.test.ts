import { gitHubAddress } from '../../release/github-address';

describe('the repository at GitHub that an address means', () => {
  test.each([
    ['https://github.com/acme/shop.git', 'https://api.github.com'],
    ['https://x-access-token:secret@github.com/acme/shop', 'https://api.github.com'],
    ['git@github.com:acme/shop.git', 'https://api.github.com'],
    ['ssh://git@github.com:22/acme/shop.git', 'https://api.github.com'],
    ['https://octo.ghe.com/acme/shop.git', 'https://api.octo.ghe.com'],
    ['https://git.example.com/acme/shop.git', 'https://git.example.com/api/v3'],
    ['http://127.0.0.1:4000/acme/shop.git', 'http://127.0.0.1:4000/api/v3'],
  ])('is told by %s', (url, api) => {
    expect(gitHubAddress(url, {})).toEqual({ api, owner: 'acme', name: 'shop' });
  });

  test('is what the configuration says, where that says more', () => {
    const access = { api: 'https://git.example.com/api/v3/', repository: 'acme/store' };
    expect(gitHubAddress('/srv/shop.git', access)).toEqual({
      api: 'https://git.example.com/api/v3',
      owner: 'acme',
      name: 'store',
    });
  });

  test('is none where neither says it', () => {
    expect(gitHubAddress('/srv/shop.git', {})).toBeUndefined();
    expect(gitHubAddress('https://github.com/shop.git', {})).toBeUndefined();
  });
});
