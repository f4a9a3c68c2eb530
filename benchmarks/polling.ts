/** What it costs to look for tags that ask for releases, for many projects. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createLedger, type Ledger } from '../activities/ledger/ledger';
import { createRedactor } from '../activities/redaction';
import { createTriggerActivities } from '../activities/triggers';
import { installedVersions } from '../config/installed-versions';
import { ledgerUrl } from '../config/stack-file';
import { startGitHub, type GitHub } from '../examples/github/start-github';
import { projectRoot } from '../examples/shop/project-root';
import type { GitHubAccess, Project } from '../release/project';
import { type Measure, ofTimes } from './measure';
import type { Stage } from './stage';
import { summarise } from './statistics';

/** So many projects, each with a repository of so many tags. */
const PROJECTS = 100;
const TAGS = 50;

/** Polls without news, as nearly all are: by git in folders, and by the API of a GitHub on this machine. */
export async function measurePolling({ stack }: Stage): Promise<Measure[]> {
  const folder = join(projectRoot, '.slipway', `bench-polling-${process.pid}`);
  const ledger = createLedger({ url: ledgerUrl(stack.databaseUrl), redact });
  const github = await startGitHub();
  try {
    const look = lookerOf(folder, github, ledger);
    const { byGit, byApi } = await makeProjects(folder, github);
    await warmUp(look, [...byGit, ...byApi]);
    const gitTimes = await timesOfPolls(look, byGit);
    const before = github.calls.length;
    const apiTimes = await timesOfPolls(look, byApi);
    const calls = github.calls.slice(before);
    return [...ofPolls('git ls-remote', gitTimes), ...ofPolls('GitHub’s API, 304', apiTimes), ...ofCalls(calls)];
  } finally {
    await ledger.close();
    await github.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const { redact } = createRedactor();

/** Looks for tags as a worker does; returns the milliseconds that it took. */
type Look = (project: Project, mode: 'turn on' | 'poll') => Promise<number>;

function lookerOf(folder: string, github: GitHub, ledger: Ledger): Look {
  github.addUser({ login: 'slipway' });
  const token = github.addToken({ login: 'slipway', permissions: { contents: 'read', metadata: 'read' } });
  const activities = createTriggerActivities({
    lookup: () => token,
    redact,
    workspaces: join(folder, 'workspaces'),
    cluster: 'bench',
    versions: installedVersions('@temporalio/worker'),
    ledger,
    isReleaseOpen: async () => undefined,
    parseProject: () => {
      throw new Error('a poll reads no rules');
    },
    receivedAt: async () => undefined,
    requestRelease: () => Promise.reject(new Error('nothing is released here')),
    environments: {
      state: async () => undefined,
      last: async () => undefined,
      tell: () => Promise.reject(new Error('no environment is here')),
      watched: async () => undefined,
      keepWatch: () => Promise.reject(new Error('nothing is watched here')),
    },
    reach: async () => undefined,
  });
  const attempt = { signal: new AbortController().signal, progress: () => undefined };
  return async (project, mode) => {
    const begun = performance.now();
    await activities.lookForTags({ project, activation: 'bench', mode }, attempt);
    return performance.now() - begun;
  };
}

async function makeProjects(folder: string, github: GitHub): Promise<{ byGit: Project[]; byApi: Project[] }> {
  const byGit: Project[] = [];
  const byApi: Project[] = [];
  mkdirSync(folder, { recursive: true });
  for (let n = 0; n < PROJECTS; n++) {
    const remote = join(folder, `${n}.git`);
    makeRepository(remote);
    await github.addRepository({ owner: 'acme', name: `shop-${n}`, folder: remote });
    byGit.push(projectOf(`git-${n}`, remote));
    byApi.push(projectOf(`api-${n}`, `${github.url}/acme/shop-${n}.git`, { token: '${env:TOKEN}' }));
  }
  return { byGit, byApi };
}

/** The first poll after turning on reads everything; it is the second that finds nothing new. */
async function warmUp(look: Look, projects: readonly Project[]): Promise<void> {
  for (const project of projects) await look(project, 'turn on');
  for (const project of projects) await look(project, 'poll');
}

async function timesOfPolls(look: Look, projects: readonly Project[]): Promise<number[]> {
  const times: number[] = [];
  for (const project of projects) times.push(await look(project, 'poll'));
  return times;
}

function ofPolls(how: string, times: readonly number[]): Measure[] {
  const total = times.reduce((sum, time) => sum + time, 0);
  return [
    ofTimes(`a poll without news by ${how}`, summarise(times), null),
    { what: `${PROJECTS} projects, one after the other`, unit: 'ms', value: Math.round(total), aim: null },
  ];
}

function ofCalls(calls: GitHub['calls']): Measure[] {
  const counted = calls.filter(({ status }) => status !== 304).length;
  return [
    { what: `${PROJECTS} projects: requests to GitHub`, unit: 'calls', value: calls.length, aim: PROJECTS },
    { what: '… of which the rate limit counts', unit: 'calls', value: counted, aim: null },
  ];
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
