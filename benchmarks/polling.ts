/** What it costs to look for tags that ask for releases, for many projects. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createLedger } from '../activities/ledger/ledger';
import { createRedactor } from '../activities/redaction';
import { createTriggerActivities } from '../activities/triggers';
import { ledgerUrl } from '../config/stack-file';
import { startGitHub } from '../examples/github/start-github';
import { projectRoot } from '../examples/shop/project-root';
import type { GitHubAccess, Project } from '../release/project';
import type { Measure } from './measure';
import { ofTimes } from './measure';
import type { Stage } from './stage';
import { summarise } from './statistics';

/** So many projects, each with a repository of so many tags. */
const PROJECTS = 100;
const TAGS = 50;

/** Polls without news, as nearly all are: by git in folders, and by the API of a GitHub on this machine. */
export async function measurePolling({ stack }: Stage): Promise<Measure[]> {
  const folder = join(projectRoot, '.slipway', `bench-polling-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const { redact } = createRedactor();
  const ledger = createLedger({ url: ledgerUrl(stack.databaseUrl), redact });
  const github = await startGitHub();
  try {
    github.addUser({ login: 'slipway' });
    const token = github.addToken({ login: 'slipway', permissions: { contents: 'read', metadata: 'read' } });
    const activities = createTriggerActivities({
      lookup: () => token,
      redact,
      workspaces: join(folder, 'workspaces'),
      cluster: 'bench',
      ledger,
      isReleaseOpen: async () => undefined,
      requestRelease: () => Promise.reject(new Error('nothing is released here')),
      reach: async () => undefined,
    });
    const attempt = { signal: new AbortController().signal, progress: () => undefined };
    const byGit: Project[] = [];
    const byApi: Project[] = [];
    for (let n = 0; n < PROJECTS; n++) {
      const remote = join(folder, `${n}.git`);
      makeRepository(remote);
      await github.addRepository({ owner: 'acme', name: `shop-${n}`, folder: remote });
      byGit.push(projectOf(`git-${n}`, remote));
      byApi.push(projectOf(`api-${n}`, `${github.url}/acme/shop-${n}.git`, { token: '${env:TOKEN}' }));
    }
    const poll = async (project: Project, mode: 'turn on' | 'poll') => {
      const begun = performance.now();
      await activities.lookForTags({ project, activation: 'bench', mode }, attempt);
      return performance.now() - begun;
    };
    const measures: Measure[] = [];
    for (const [what, projects] of Object.entries({ 'git ls-remote': byGit, 'GitHub’s API, 304': byApi })) {
      // The first poll after turning on reads everything; it is the second that finds nothing new.
      for (const project of projects) await poll(project, 'turn on');
      for (const project of projects) await poll(project, 'poll');
      const calls = github.calls.length;
      const times: number[] = [];
      for (const project of projects) times.push(await poll(project, 'poll'));
      measures.push(ofTimes(`a poll without news by ${what}`, summarise(times), null));
      const total = times.reduce((sum, time) => sum + time, 0);
      measures.push({
        what: `${PROJECTS} projects, one after the other`,
        unit: 'ms',
        value: Math.round(total),
        aim: null,
      });
      if (projects !== byApi) continue;
      const made = github.calls.slice(calls);
      const counted = made.filter(({ status }) => status !== 304).length;
      measures.push({
        what: `${PROJECTS} projects: requests to GitHub`,
        unit: 'calls',
        value: made.length,
        aim: PROJECTS,
      });
      measures.push({ what: '… of which the rate limit counts', unit: 'calls', value: counted, aim: null });
    }
    return measures;
  } finally {
    await ledger.close();
    await github.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeRepository(path: string): void {
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', '--template=', path]);
  const person = 'Ada <ada@example.org> 1700000000 +0000';
  const tags = Array.from({ length: TAGS }, (_, n) => `tag release/v1.${n}.0\nfrom :1\ntagger ${person}\ndata 2\ngo\n`);
  const input = `commit refs/heads/main\nmark :1\ncommitter ${person}\ndata 2\ngo\n${tags.join('')}`;
  execFileSync('git', ['fast-import', '--quiet'], { cwd: path, input });
}

function projectOf(name: string, url: string, github?: GitHubAccess): Project {
  const builds = { settle: 0, patience: 0 };
  return {
    version: 1,
    name,
    versions: { kind: 'commit' },
    services: {
      web: {
        name: 'web',
        repository: { url, trunk: 'main', ...(github && { github }) },
        after: [],
        pointer: { kind: 'branch', name: 'production', undo: { by: 'force' }, builds },
        live: {
          url: 'http://localhost/',
          headers: {},
          json: '',
          is: 'commit',
          readings: 1,
          interval: 0,
          timeout: 0,
          patience: 0,
        },
        smoke: [],
      },
    },
    environments: {},
    triggers: [
      { kind: 'tag', pattern: 'release/v{version}', environment: 'production', services: ['web'], every: 30_000 },
    ],
  };
}
