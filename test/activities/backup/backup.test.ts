import { createBackupActivities } from '../../../activities/backup';
import type { BackupReport } from '../../../activities/contract';
import type { Backup } from '../../../release/project';
import { anAttempt, someSurroundings } from '../../support/attempts';
import { aRelease } from '../../support/migration-orders';

const command = (script: string, timeout = 20_000): Backup => ({
  kind: 'command',
  command: { argv: [process.execPath, '-e', script], timeout },
});
const env = { BACKUP_TOKEN: 'tok-123-secret' };
const make = (backups: Record<string, Backup>, attempt = anAttempt()) =>
  createBackupActivities(someSurroundings(env)).makeBackups(
    { release: aRelease(), services: Object.entries(backups).map(([service, backup]) => ({ service, backup })) },
    attempt,
  );
const failure = (backup: Backup) =>
  make({ api: backup }).then(
    () => 'nothing failed',
    (error: Error) => `${(error as { code?: string }).code}: ${error.message}`,
  );

test('the id is the last line of the output that holds anything', async () => {
  const [report] = await make({ api: command(`console.log('dumping…\\n  snap-42  \\n\\n')`) });
  expect(report).toMatchObject({ service: 'api', kind: 'command', id: 'snap-42' });
  expect(new Date(report?.at ?? '').toISOString()).toBe(report?.at);
});

test('kind none makes none, and has no id', async () => {
  expect(await make({ api: { kind: 'none', reason: 'test data' } })).toMatchObject([
    { service: 'api', kind: 'none', id: null },
  ]);
});

test('the command learns what it backs up, and a key that stays the same', async () => {
  const print = `console.log(['BACKUP_KEY','SERVICE','ENVIRONMENT','VERSION'].map((n) => process.env['SLIPWAY_' + n]).join(' '))`;
  const [report] = await make({ api: command(print) });
  expect(report?.id).toBe('release/shop/production/1.2.0/1 api production 1.2.0');
});

test('what an attempt before has reported is not made again', async () => {
  const made: BackupReport[] = [{ service: 'api', kind: 'command', id: 'snap-1', at: '2026-01-02T00:00:00.000Z' }];
  const progress: unknown[] = [];
  const attempt = { ...anAttempt((details) => progress.push(details)), resume: { made } };
  const reports = await make({ api: command('process.exit(1)'), web: command('console.log("snap-2")') }, attempt);
  expect(reports.map(({ id }) => id)).toEqual(['snap-1', 'snap-2']);
  expect(progress.at(-1)).toEqual({ made: reports });
});

test('progress that is not ours is no report', async () => {
  const attempt = { ...anAttempt(), resume: 'looking' };
  expect(await make({ api: command('console.log("snap-3")') }, attempt)).toMatchObject([{ id: 'snap-3' }]);
});

test.each<[string, Backup, string]>([
  [
    'that fails',
    command('console.error("no space left"); process.exit(3)'),
    'its command ended with code 3: no space left',
  ],
  ['that prints nothing', command('console.log("  ")'), 'its command printed no id'],
  ['that never ends', command('setInterval(() => {}, 1000)', 300), 'its command did not end within 300ms'],
  [
    'whose last line is no id',
    command('console.log("x".repeat(201))'),
    'the last line that its command printed is longer than 200 characters: that is no id',
  ],
  [
    'that a signal ends',
    command('process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)'),
    'its command was ended by SIGTERM',
  ],
])('a command %s fails the backup', async (_, backup, detail) => {
  expect(await failure(backup)).toBe(`BACKUP_FAILED: The backup of api failed: ${detail}.`);
});

test('a program that is not there fails the backup', async () => {
  const text = await failure({ kind: 'command', command: { argv: ['no-such-program-here'], timeout: 1_000 } });
  expect(text).toMatch(/^BACKUP_FAILED: The backup of api failed: its command ended with code 127/);
});

test('a secret of the command does not reach the error', async () => {
  const text = await failure({
    kind: 'command',
    command: {
      argv: [
        process.execPath,
        '-e',
        'console.error("bad token " + process.argv[1]); process.exit(1)',
        '${env:BACKUP_TOKEN}',
      ],
      timeout: 20_000,
    },
  });
  expect(text).toContain('bad token');
  expect(text).not.toContain('tok-123-secret');
});
