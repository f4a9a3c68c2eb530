/** Which repository of which GitHub an address means. */
import type { GitHubAccess } from './project';

/** A repository of a GitHub, and where that one's REST API is. */
export interface GitHubAddress {
  /** Without a slash at its end. */
  readonly api: string;
  readonly owner: string;
  readonly name: string;
}

/**
 * What `url` (references resolved) and the configured access mean together; undefined if neither says which
 * repository of which host it is.
 */
export function gitHubAddress(
  url: string,
  access: Pick<GitHubAccess, 'api' | 'repository'>,
): GitHubAddress | undefined {
  const found = readUrl(url);
  const [owner, name] = access.repository?.split('/') ?? [found?.owner, found?.name];
  const api = access.api?.replace(/\/+$/, '') ?? found?.api;
  return api && owner && name ? { api, owner, name } : undefined;
}

function readUrl(url: string): GitHubAddress | undefined {
  const address = /^([a-z][a-z0-9+.-]*):\/\/(?:[^/@]*@)?([^/]+)\/(?:.*\/)?([^/]+)\/([^/]+?)(?:\.git)?\/*$/i.exec(url);
  if (address) {
    const [, scheme = '', host = '', owner = '', name = ''] = address;
    if (/^(https?)$/i.test(scheme)) return { api: apiOf(host, scheme.toLowerCase()), owner, name };
    // The port is that of ssh.
    return scheme.toLowerCase() === 'ssh' ? { api: apiOf(host.replace(/:\d+$/, ''), 'https'), owner, name } : undefined;
  }
  if (url.includes('://')) return undefined;
  const [, host = '', owner = '', name = ''] =
    /^(?:[^/@:]+@)?([^/\\:]{2,}):\/*([^/]+)\/([^/]+?)(?:\.git)?\/*$/.exec(url) ?? [];
  return host ? { api: apiOf(host, 'https'), owner, name } : undefined;
}

/** github.com and ghe.com have a host of its own for the API, an Enterprise Server a path. */
function apiOf(host: string, scheme: string): string {
  if (/^((www|ssh)\.)?github\.com$/i.test(host)) return 'https://api.github.com';
  if (/\.ghe\.com$/i.test(host)) return `https://api.${host}`;
  return `${scheme}://${host}/api/v3`;
}
