/**
 * A GitHub for tests, the demo and benchmarks: a stateful server on this machine, backed by real bare repositories, whose
 * requests and answers are held against what GitHub publishes of its interfaces.
 */
import { close, listen } from '../shop/hosting/listen';
import type { Call, Fault } from './faults';
import { Limits } from './limits';
import { RefStore, type Lag } from './refs';
import { Scenery } from './scenery';
import { GitHubServer } from './server';
import { fullName, type Repository } from './world';

/** Starts the server on a port of its own, or on the one wanted if it is free. */
export async function startGitHub({ port = 0 }: { port?: number } = {}): Promise<GitHub> {
  const github = new GitHub();
  await github.open(port);
  return github;
}

export class GitHub extends Scenery {
  readonly refs = new RefStore();
  readonly limits = new Limits(this.world);
  private readonly server = new GitHubServer(this);

  /** Where the server is: `url/api/v3`, `url/api/graphql`, `url/OWNER/NAME.git`. */
  get url(): string {
    return this.world.url;
  }

  get restUrl(): string {
    return `${this.url}/api/v3`;
  }

  /** Address of a repository for git, with a token as its password if given. */
  gitUrl(repository: Repository, token?: string): string {
    const base = token ? this.url.replace('://', `://x-access-token:${token}@`) : this.url;
    return `${base}/${fullName(repository)}.git`;
  }

  /** Every call, oldest first. */
  get calls(): readonly Call[] {
    return this.server.calls;
  }

  /** The faults that wait for their calls. */
  get faults() {
    return this.server.faults;
  }

  /** Lets a fault strike; see `Fault`. */
  fault(fault: Fault): void {
    this.server.faults.add(fault);
  }

  /** How far the server's clock is ahead. */
  set skewMs(ms: number) {
    this.world.skewMs = ms;
  }

  /** How long reads go on to see what was before a write. */
  set lag(lag: Lag) {
    this.refs.lag = lag;
  }

  /** Answers of the stand-in that GitHub would not give; `stop` fails with them. */
  get defects(): readonly string[] {
    return this.server.defects;
  }

  /** Calls that are not as GitHub describes them, with what is wrong. */
  get misuses(): readonly Call[] {
    return this.calls.filter(({ problem }) => problem !== null);
  }

  /** Resolves when nothing is being carried out any more, not even for clients that have gone away. */
  idle(): Promise<void> {
    return this.server.idle();
  }

  async open(port: number): Promise<void> {
    this.world.url = `http://127.0.0.1:${await listen(this.server.server, port)}`;
  }

  /** Closes the server once it is idle. Fails if it ever gave an answer that GitHub would not give. */
  async stop(): Promise<void> {
    this.server.stop();
    await close(this.server.server);
    await this.idle();
    if (this.defects.length > 0) throw new Error(`the GitHub stand-in is wrong:\n${this.defects.join('\n')}`);
  }
}
