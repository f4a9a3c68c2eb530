import { GitRemote } from '../../support/git-remote';
import { startGitHub, type GitHub } from '../../../examples/github/start-github';
import type { Repository } from '../../../examples/github/world';

/** A running stand-in with one repository of three commits, two people and a token that may write. */
export interface Stage {
  readonly github: GitHub;
  readonly remote: GitRemote;
  readonly repository: Repository;
  readonly token: string;
  /** Oldest first. */
  readonly commits: readonly [string, string, string];
  get(path: string, options?: Options): Promise<Reply>;
  send(method: string, path: string, body?: unknown, options?: Options): Promise<Reply>;
  graphql(query: string, variables?: object, options?: Options): Promise<Reply>;
  stop(): Promise<void>;
}

export interface Options {
  /** Null: no credentials. */
  readonly token?: string | null;
  readonly headers?: Record<string, string>;
  readonly redirect?: 'manual' | 'follow';
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

export async function stage(): Promise<Stage> {
  const remote = new GitRemote();
  const author = 'Ada <ada@example.org>';
  const commits = ['one', 'two', 'three'].map((message) =>
    remote.commit('main', { message, author, files: { 'README.md': `${message}\n`, [`src/${message}.txt`]: message } }),
  ) as [string, string, string];
  const github = await startGitHub();
  github.addUser({ login: 'ada', name: 'Ada', emails: ['ada@example.org'], role: 'write' });
  github.addUser({ login: 'root', emails: ['root@example.org'], role: 'admin' });
  const repository = await github.addRepository({ owner: 'acme', name: 'shop', folder: remote.path });
  const token = github.addToken({ login: 'ada', permissions: { contents: 'write', pull_requests: 'read' } });

  const send: Stage['send'] = async (method, path, body, options = {}) => {
    const { token: given = token, headers = {}, redirect = 'follow' } = options;
    const response = await fetch(path.startsWith('http') ? path : `${github.restUrl}${path}`, {
      method,
      redirect,
      headers: { ...(given === null ? {} : { authorization: `Bearer ${given}` }), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text ? (JSON.parse(text) as unknown) : undefined,
    };
  };
  return {
    github,
    remote,
    repository,
    token,
    commits,
    send,
    get: (path, options) => send('GET', path, undefined, options),
    graphql: (query, variables, options) => send('POST', `${github.url}/api/graphql`, { query, variables }, options),
    stop: async () => {
      await github.stop().finally(() => remote.remove());
    },
  };
}
