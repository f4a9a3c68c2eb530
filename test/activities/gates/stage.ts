/** A repository at the stand-in for GitHub, with two versions that gates are asked about. */
import { join } from 'node:path';
import { createGateActivities, askGates } from '../../../activities/gates';
import type { Attempt } from '../../../activities/surroundings';
import { startGitHub, type GitHub } from '../../../examples/github/start-github';
import type { Repository as Hosted } from '../../../examples/github/world';
import type { GateReport } from '../../../release/gate';
import type { GateRule } from '../../../release/gate-rule';
import type { BranchPointer, Project, Repository, TagPointer, VersionSource } from '../../../release/project';
import { anAttempt, noEnvironments, someSurroundings } from '../../support/attempts';
import { anEnvironment, aProject, aService } from '../../support/builders';
import { GitRemote } from '../../support/git-remote';
import { aRelease } from '../../support/migration-orders';

const permissions = {
  contents: 'read',
  metadata: 'read',
  checks: 'read',
  statuses: 'read',
  issues: 'read',
  pull_requests: 'read',
} as const;

export type Permission = keyof typeof permissions;

export class GateScene {
  readonly remote = new GitRemote();
  /** Variables of the worker. */
  readonly env: Record<string, string> = {};
  /** What is live, and what is released. */
  readonly commits: { readonly live: string; readonly released: string };
  /** What other environments know. */
  environments = noEnvironments;
  versions: VersionSource = { kind: 'tag', pattern: 'v{version}' };
  commit: string;
  pointer: TagPointer | BranchPointer = aService('api').pointer;
  private looked = 0;
  /** Looks go on in the clone of the last one. */
  keepsClone = false;

  private constructor(
    readonly github: GitHub,
    readonly hosted: Hosted,
    remote: GitRemote,
  ) {
    this.remote = remote;
    const live = remote.commit('main', { message: 'Open the shop', files: { 'package.json': '{"version":"1.1.0"}' } });
    const notes = '# Changes\n\n## [1.2.0] - 2026-01-02\n\n- books can be sold\n\n## 1.1.0\n\n- opened\n';
    const files = { 'package.json': '{"version":"1.2.0"}', 'CHANGELOG.md': notes };
    const released = remote.commit('main', { message: 'Sell books', files });
    this.commits = { live, released };
    this.commit = released;
    github.addUser({ login: 'slipway' });
    this.permit(permissions);
    this.env['REMOTE'] = `${github.url}/acme/shop.git`;
  }

  static async open(): Promise<GateScene> {
    const remote = new GitRemote();
    const github = await startGitHub();
    const hosted = await github.addRepository({ owner: 'acme', name: 'shop', folder: remote.path });
    return new GateScene(github, hosted, remote);
  }

  /** The worker's token may do this, and nothing else. */
  permit(given: Partial<Record<Permission, 'read'>>): void {
    this.env['GITHUB_TOKEN'] = this.github.addToken({ login: 'slipway', permissions: given });
  }

  /** All but one of what gates need. */
  forbid(one: Permission): void {
    this.permit(Object.fromEntries(Object.entries(permissions).filter(([name]) => name !== one)));
  }

  get repository(): Repository {
    return { url: '${env:REMOTE}', trunk: 'main', github: { token: '${env:GITHUB_TOKEN}' } };
  }

  project(...rules: readonly GateRule[]): Project {
    const services = [aService('api', { repository: this.repository, pointer: this.pointer })];
    return { ...aProject(services, anEnvironment({ gates: rules })), versions: this.versions };
  }

  /** The first report of each gate. */
  ask(rules: readonly GateRule[], attempt: Attempt = anAttempt()): Promise<GateReport[]> {
    return askGates(this.input(rules), this.surroundings(), attempt);
  }

  /** What they come to when they are waited for. */
  await(
    rules: readonly GateRule[],
    gates: readonly GateReport[],
    attempt: Attempt = anAttempt(),
  ): Promise<GateReport[]> {
    return createGateActivities(this.surroundings()).awaitGates(
      { ...this.input(rules), gates, limit: 30_000 },
      attempt,
    );
  }

  async close(): Promise<void> {
    await this.github.stop();
    this.remote.remove();
  }

  private input(rules: readonly GateRule[]) {
    const previous = { commit: this.commits.live, version: '1.1.0' };
    return {
      release: aRelease(),
      project: this.project(...rules),
      services: [{ service: 'api', commit: this.commit, previous }],
    };
  }

  /** Each look has a clone of its own, which knows nothing from before, unless told. */
  private surroundings() {
    if (!this.keepsClone) this.looked += 1;
    return someSurroundings(this.env, {
      workspaces: join(this.remote.folder, `workspaces-${this.looked}`),
      environments: this.environments,
    });
  }
}
