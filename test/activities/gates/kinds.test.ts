import { existsSync, renameSync } from 'node:fs';
import { noEnvironments } from '../../support/attempts';
import { secondaryLimit } from '../../../examples/github/faults';
import type {
  CommandGate,
  EnvironmentGate,
  GateRule,
  HttpGate,
  MonitoringGate,
  SettingsGate,
} from '../../../release/gate-rule';
import { startFaultyServer, says } from '../../support/faulty-server';
import { aWatchedEnvironment, minute } from './watched-environment';
import { describeGateKind, type GateStage, type Says } from './contract';
import type { GateScene } from './stage';

const common = { wait: 0, guard: 'hard', services: [] } as const;

/** What GitHub says, and its silence: it takes no requests for an hour. */
function atGitHub(scene: GateScene, rule: GateStage['rule'], answers: (says: 'yes' | 'no') => void): GateStage {
  return {
    rule,
    says(what) {
      scene.github.faults.clear();
      if (what === 'nothing') scene.github.fault(secondaryLimit(/.*/, 3_600, 1_000));
      else answers(what);
    },
  };
}

/** What git says, and its silence: the repository is away. */
function inGit(scene: GateScene, rule: GateStage['rule'], answers: (says: 'yes' | 'no') => void): GateStage {
  const { path } = scene.remote;
  const away = `${path}.away`;
  // No GitHub is needed: any git will do.
  Object.defineProperty(scene, 'repository', { get: () => ({ url: '${env:REMOTE}', trunk: 'main' }) });
  scene.env['REMOTE'] = path;
  return {
    rule,
    says(what) {
      if (existsSync(away)) renameSync(away, path);
      if (what === 'nothing') renameSync(path, away);
      else answers(what);
    },
  };
}

describeGateKind('ci', (scene) => {
  const { github, hosted, commits } = scene;
  const run = github.addCheckRun(hosted, { name: 'test', commit: commits.released });
  github.addStatus(hosted, { context: 'lint', commit: commits.released, state: 'success' });
  return atGitHub(scene, { kind: 'ci', name: 'ci', checks: ['test', 'lint'], ...common }, (what) => {
    run.conclusion = what === 'yes' ? 'success' : 'failure';
  });
});

describeGateKind('review', (scene) => {
  const { github, hosted, commits } = scene;
  const pull = github.addPullRequest(hosted, { title: 'Sell books', author: 'ada', commits: [commits.released] });
  pull.reviews.push({ by: 'grace', state: 'APPROVED' });
  return atGitHub(scene, { kind: 'review', name: 'review', ...common }, (what) => {
    pull.reviews[0]!.state = what === 'yes' ? 'APPROVED' : 'DISMISSED';
  });
});

describeGateKind('issues', (scene) => {
  const { github, hosted } = scene;
  const issue = github.addIssue(hosted, { title: 'Prices are wrong', labels: ['release-blocker'] });
  return atGitHub(scene, { kind: 'issues', name: 'issues', label: 'release-blocker', ...common }, (what) => {
    issue.state = what === 'yes' ? 'closed' : 'open';
  });
});

describeGateKind('protection', (scene) => {
  const { github, hosted, env } = scene;
  github.addUser({ login: 'keeper', role: 'admin' });
  env['GITHUB_TOKEN'] = github.addToken({
    login: 'keeper',
    permissions: { contents: 'write', administration: 'write' },
  });
  const only = (...types: readonly ('creation' | 'update' | 'deletion')[]) => types.map((type) => ({ type }));
  github.addRuleset(hosted, {
    target: 'branch',
    include: ['~DEFAULT_BRANCH'],
    rules: [{ type: 'pull_request' }, { type: 'non_fast_forward' }, { type: 'deletion' }],
  });
  const rule: GateRule = {
    kind: 'protection',
    name: 'protection',
    ...{ trunk: true, checks: false, pointers: true, versions: true },
    ...common,
  };
  return atGitHub(scene, rule, (what) => {
    hosted.rulesets.splice(1);
    const bypass = what === 'yes' ? ['keeper'] : ['keeper', 'slipway'];
    const rules = only('creation', 'update', 'deletion');
    github.addRuleset(hosted, { target: 'tag', include: ['refs/tags/v*'], rules, bypass });
  });
});

describeGateKind('manifest', (scene) =>
  inGit(scene, { kind: 'manifest', name: 'manifest', file: 'package.json', field: 'version', ...common }, (what) => {
    scene.commit = what === 'yes' ? scene.commits.released : scene.commits.live;
  }),
);

describeGateKind('notes', (scene) =>
  inGit(scene, { kind: 'notes', name: 'notes', from: { in: 'file', file: 'CHANGELOG.md' }, ...common }, (what) => {
    scene.commit = what === 'yes' ? scene.commits.released : scene.commits.live;
  }),
);

describeGateKind('environment', (scene) => {
  const state = aWatchedEnvironment(scene);
  scene.environments = { ...noEnvironments, state: async () => state.now() };
  const rule: EnvironmentGate = {
    kind: 'environment',
    name: 'environment',
    environment: 'dev',
    for: minute,
    ...common,
  };
  return inGit(scene, rule, (what) => state.runs(what === 'yes' ? scene.commits.released : scene.commits.live));
});

const answerOf: Record<Says, string> = { yes: 'passed', no: 'failed', nothing: 'pending' };

describeGateKind('monitoring', async () => {
  const server = await startFaultyServer(says(200));
  const rule: MonitoringGate = {
    kind: 'monitoring',
    name: 'monitoring',
    url: `${server.url}/`,
    headers: { authorization: 'Bearer ${env:SECRET}' },
    alerts: ['ApiErrors'],
    series: ['up{job="api"}'],
    within: minute,
    timeout: 5_000,
    ...common,
  };
  return {
    rule,
    says: (what) =>
      server.answer(({ path }, response) => {
        if (what === 'nothing') response.statusCode = 503;
        const now = new Date().toISOString();
        const alert = {
          name: what === 'yes' ? 'ApiErrors' : 'Others',
          type: 'alerting',
          health: 'ok',
          state: 'inactive',
          lastEvaluation: now,
        };
        const rules = { groups: [{ name: 'shop', rules: [alert] }] };
        const vector = { resultType: 'vector', result: [{ metric: {}, value: [0, String(Date.now() / 1_000)] }] };
        response.end(JSON.stringify({ status: 'success', data: path.includes('/rules') ? rules : vector }));
      }),
    close: () => server.close(),
  };
});

describeGateKind('settings', async () => {
  const server = await startFaultyServer(says(200));
  const rule: SettingsGate = {
    kind: 'settings',
    name: 'settings',
    names: ['DATABASE_URL', 'SHOP_KEY'],
    from: {
      by: 'http',
      url: `${server.url}/{environment}`,
      headers: { authorization: 'Bearer ${env:SECRET}' },
      timeout: 5_000,
      json: 'data',
    },
    ...common,
  };
  return {
    rule,
    says: (what) =>
      server.answer(({ headers: sent, path }, response) => {
        if (what === 'nothing') response.statusCode = 503;
        const value = sent.authorization;
        const data = { DATABASE_URL: value, ...(what === 'yes' && path === '/production' && { SHOP_KEY: value }) };
        response.end(JSON.stringify({ data }));
      }),
    close: () => server.close(),
  };
});

describeGateKind('command', (scene) => {
  scene.env['ANSWER'] = '';
  const program =
    'process.stdout.write(JSON.stringify({ verdict: process.argv[1], detail: "with " + process.argv[2] }))';
  const argv = [process.execPath, '-e', program, '${env:ANSWER}', '${env:SECRET}'];
  const rule: CommandGate = { kind: 'command', name: 'command', command: { argv, timeout: 20_000 }, ...common };
  return { rule, says: (what) => void (scene.env['ANSWER'] = answerOf[what]) };
});

describeGateKind('http', async () => {
  const server = await startFaultyServer(says(200));
  const headers = { authorization: 'Bearer ${env:SECRET}' };
  const rule: HttpGate = {
    kind: 'http',
    name: 'http',
    url: server.url,
    method: 'POST',
    headers,
    timeout: 5_000,
    ...common,
  };
  return {
    rule,
    says: (what) =>
      server.answer(({ headers: sent }, response) => {
        const detail = `asked with ${sent.authorization ?? 'nothing'}`;
        response.end(JSON.stringify({ verdict: answerOf[what], detail }));
      }),
    close: () => server.close(),
  };
});
