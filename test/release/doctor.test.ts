import { diagnose, fail, inArea, pass, traps, unknown, verdictOf, warn, type Examination } from '../../release/doctor';
import {
  judgeEnd,
  judgeGit,
  judgeInodes,
  judgeRetention,
  judgeSkew,
  judgeSpace,
  judgeVersions,
  sizeWords,
} from '../../release/judge-doctor';
import { renderDiagnosis, renderDiagnosisMarkdown } from '../../release/render-doctor';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../examples/shop/project-root';

const day = 86_400_000;
const mebibyte = 1024 * 1024;

describe('the verdict of several examinations', () => {
  const [passed, warning, doubt, failure] = [pass('a', ''), warn('b', '', ''), unknown('c', '', ''), fail('d', '', '')];

  it.each([
    [[], 'unknown'],
    [[passed], 'passed'],
    [[passed, warning], 'warning'],
    [[doubt, warning, passed], 'unknown'],
    [[doubt, failure, passed], 'failed'],
  ])('is the worst of them', (looks, verdict) => {
    expect(verdictOf(looks)).toBe(verdict);
  });
});

describe('what measured values mean', () => {
  it.each([
    [0, 0, 'passed'],
    [4_900, 0, 'passed'],
    [-10_000, 0, 'warning'],
    [10_000, 6_000, 'passed'],
    [61_000, 0, 'failed'],
    [-3_600_000, 2_000, 'failed'],
  ])('a clock that is %d ms ahead, in doubt by %d ms: %s', (skew, doubt, verdict) => {
    expect(judgeSkew('Temporal', skew, doubt).verdict).toBe(verdict);
  });

  it('says on which side a clock goes wrong', () => {
    expect(judgeSkew('Temporal', 90_000).detail).toMatch(/^the worker's clock is 1m30s ahead/);
    expect(judgeSkew('Temporal', -90_000).detail).toMatch(/^the worker's clock is 1m30s behind/);
  });

  it.each([
    [undefined, 'unknown'],
    [0, 'unknown'],
    [day, 'warning'],
    [7 * day, 'passed'],
  ])('retention of %d ms: %s', (retention, verdict) => {
    expect(judgeRetention('default', retention).verdict).toBe(verdict);
  });

  it.each([
    ['git version 2.39.5', 'passed'],
    ['git version 2.50.1 (Apple Git-155)', 'passed'],
    ['git version 2.30.9', 'failed'],
    ['git version 1.8.3.1', 'failed'],
    ['', 'failed'],
  ])('"%s": %s', (output, verdict) => {
    expect(judgeGit(output).verdict).toBe(verdict);
  });

  it.each([
    [undefined, 'unknown'],
    [50 * mebibyte, 'failed'],
    [500 * mebibyte, 'warning'],
    [5_000 * mebibyte, 'passed'],
  ])('%d bytes of free space: %s', (free, verdict) => {
    expect(judgeSpace('/cache', free).verdict).toBe(verdict);
  });

  it.each([
    [0, 0, 'passed'],
    [10, 100_000, 'failed'],
    [2_000, 100_000, 'warning'],
    [90_000, 100_000, 'passed'],
  ])('%d of %d inodes: %s', (free, total, verdict) => {
    expect(judgeInodes('/cache', free, total).verdict).toBe(verdict);
  });

  it.each([
    [-1, 'failed'],
    [1, 'warning'],
    [13, 'warning'],
    [14, 'passed'],
  ])('what ends in %d days: %s', (days, verdict) => {
    expect(judgeEnd('a key', 1_000 * day + days * day, 1_000 * day, 'Renew it.').verdict).toBe(verdict);
  });

  it('versions that differ are told, and an old Node.js fails', () => {
    const here = { slipway: '0.2.0', node: '22.1.0', sdk: '1.24.0' };
    const verdicts = (change: object) => judgeVersions({ ...here, ...change }, here).map(({ verdict }) => verdict);
    expect(verdicts({})).toEqual(['passed', 'passed', 'passed']);
    expect(verdicts({ node: '20.19.0', slipway: '0.1.0' })).toEqual(['passed', 'warning', 'passed']);
    expect(verdicts({ node: '20.18.3', sdk: '1.23.0' })).toEqual(['failed', 'passed', 'warning']);
  });

  it.each([
    [0, '0 B'],
    [1_023, '1023 B'],
    [1_536, '1.5 KiB'],
    [20 * mebibyte, '20 MiB'],
  ])('%d bytes are written %s', (bytes, words) => {
    expect(sizeWords(bytes)).toBe(words);
  });
});

describe('a diagnosis', () => {
  const hostile = 'evil\u001b[2J <b>|x|</b>';
  const found: Examination[] = [
    ...inArea('databases', [fail('api: writing', 'it is read-only', 'Turn that off.', 'transaction-pooler')]),
    ...inArea('temporal', [pass('server', 'it answers'), warn('retention', 'a day', 'Raise it.')]),
    ...inArea('live', [unknown('api: probe', hostile, 'Look again.')]),
  ];
  const diagnosis = diagnose('production', found);

  it('is read from what is near to what is far', () => {
    expect(renderDiagnosis(diagnosis)).toBe(
      [
        'Examination of production',
        '',
        'Temporal',
        '  ✓ server: it answers',
        '  ! retention: a day',
        '      → Raise it.',
        '',
        'Databases',
        '  ✗ api: writing: it is read-only',
        '      → Turn that off. (known trap: docs/doctor.md#transaction-pooler)',
        '',
        'What is live',
        '  ? api: probe: evil\\u{001b}[2J <b>|x|</b>',
        '      → Look again.',
        '',
        'production: 1 failed, 1 could not be told, 1 warning, 1 passed',
        '',
      ].join('\n'),
    );
  });

  it('holds no markup of others in Markdown', () => {
    const text = renderDiagnosisMarkdown(diagnosis);
    expect(text).toContain('- ? **api: probe**: evil\\\\u{001b}\\[2J \\<b\\>\\|x\\|\\</b\\>');
    expect(text).toContain('  - **To do:** Raise it.');
  });
});

it('every trap has a heading in docs/doctor.md', () => {
  const text = readFileSync(join(projectRoot, 'docs', 'doctor.md'), 'utf8');
  const headings = text.slice(text.indexOf('\n## Known traps')).match(/^### .*$/gm) ?? [];
  expect(headings.map((heading) => heading.slice(4))).toEqual([...traps]);
});
