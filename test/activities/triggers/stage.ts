/** A repository, a real ledger and an environment that answers: what the activities of triggers work on. */
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createLedger, type Ledger } from '../../../activities/ledger/ledger';
import type { SeenTag, StartedReport, TagsReport } from '../../../activities/triggers/contract';
import type { Surroundings, WantedRelease } from '../../../activities/surroundings';
import type { ReleaseAnswer } from '../../../release/environment-state';
import { createTriggerActivities } from '../../../activities/triggers';
import { startGitHub, type GitHub } from '../../../examples/github/start-github';
import type { Project, TagTrigger } from '../../../release/project';
import { anAttempt, someSurroundings } from '../../support/attempts';
import { aProject, aService } from '../../support/builders';
import { GitRemote } from '../../support/git-remote';
import { testLedgerUrl } from '../../support/test-ledger';

export const trigger: TagTrigger = {
  kind: 'tag',
  pattern: 'release/v{version}',
  environment: 'production',
  services: ['api'],
  every: 30_000,
};

export class TriggerStage {
  readonly remote = new GitRemote();
  readonly ledger: Ledger = createLedger({ url: testLedgerUrl(), redact: (text) => text });
  readonly project: Project;
  /** Every request that reached the environment, in order; the same id twice is there twice. */
  readonly asked: WantedRelease[] = [];
  /** What the environment says to a new request; by default it starts a release. */
  answer: (request: WantedRelease) => Promise<ReleaseAnswer> = async ({ version }) => ({
    releaseId: `release/shop/production/${version}/1`,
    runId: randomUUID(),
  });
  /** Runs of releases that have ended. */
  readonly ended = new Set<string>();
  /** Called at the points of the crash tests. */
  reach: Surroundings['reach'] = async () => undefined;
  activation = 'first';
  redact: Surroundings['redact'] = (text) => text;
  /** Where the repository is said to be. */
  readonly url: string;
  readonly first: string;

  /** At a stand-in for GitHub that knows `token`, or in a folder. */
  constructor(
    readonly github?: GitHub,
    private readonly token = '',
  ) {
    this.first = this.remote.commit('main', { message: 'first' });
    this.url = github ? `${github.url}/acme/shop.git` : this.remote.path;
    const access = github ? { github: { token: '${env:GITHUB_TOKEN}' } } : {};
    this.project = {
      ...aProject([aService('api', { repository: { url: this.url, trunk: 'main', ...access } })]),
      name: `shop-${randomUUID().slice(0, 8)}`,
      triggers: [trigger],
    };
  }

  /** The same with its repository at a stand-in for GitHub. */
  static async atGitHub(): Promise<TriggerStage> {
    const github = await startGitHub();
    github.addUser({ login: 'slipway' });
    const token = github.addToken({ login: 'slipway', permissions: { contents: 'read', metadata: 'read' } });
    const stage = new TriggerStage(github, token);
    await github.addRepository({ owner: 'acme', name: 'shop', folder: stage.remote.path });
    return stage;
  }

  turnOn(project = this.project): Promise<TagsReport> {
    return this.activities.lookForTags({ project, activation: this.activation, mode: 'turn on' }, anAttempt());
  }

  poll(project = this.project, activation = this.activation, signal?: AbortSignal): Promise<TagsReport> {
    return this.activities.lookForTags({ project, activation, mode: 'poll' }, anAttempt(undefined, signal));
  }

  start(project = this.project, activation = this.activation): Promise<StartedReport> {
    return this.activities.startTaggedReleases({ project, activation }, anAttempt());
  }

  /** Newest first. */
  async tags(limit = 50): Promise<readonly SeenTag[]> {
    return (await this.record(limit)).tags;
  }

  /** Name → status, of the newest object of each name. */
  async statuses(): Promise<Record<string, string>> {
    return Object.fromEntries([...(await this.tags(1_000))].reverse().map(({ tag, status }) => [tag, status]));
  }

  record(limit = 50) {
    return this.activities.readTriggers({ project: this.project.name, limit }, anAttempt());
  }

  /** Makes a tag object of any text under a name. */
  tagOf(name: string, text: string): string {
    const object = execFileSync('git', ['hash-object', '-t', 'tag', '--literally', '-w', '--stdin'], {
      cwd: this.remote.path,
      input: text,
    })
      .toString()
      .trim();
    this.remote.git('update-ref', `refs/tags/${name}`, object);
    return object;
  }

  /** Makes an annotated tag of each name on `commit`, all in one go. */
  tagAll(names: readonly string[], commit = this.first): void {
    const input = names
      .map((name) => `tag ${name}\nfrom ${commit}\ntagger Ada <ada@example.org> 1700000000 +0000\ndata 4\nmany\n`)
      .join('');
    execFileSync('git', ['fast-import', '--quiet'], { cwd: this.remote.path, input });
  }

  async remove(): Promise<void> {
    await this.ledger.close();
    await this.github?.stop();
    this.remote.remove();
  }

  private get activities() {
    return createTriggerActivities(
      someSurroundings(
        { GITHUB_TOKEN: this.token },
        {
          workspaces: join(this.remote.folder, 'workspaces'),
          ledger: this.ledger,
          redact: (text) => this.redact(text),
          reach: (point) => this.reach(point),
          isReleaseOpen: async (_, runId) => !this.ended.has(runId),
          requestRelease: (request) => {
            this.asked.push(request);
            return this.answer(request);
          },
        },
      ),
    );
  }
}
