import { execFileSync } from 'node:child_process';
import { byHandCommands } from '../../release/by-hand';
import { formatTag } from '../../release/git-objects';
import type { TagMove } from '../../release/pointer-move';

test('a tag that was deleted is made again from its text, also by whoever has never seen it', () => {
  const [bad, good] = ['b'.repeat(40), 'a'.repeat(40)];
  const message = "100% of Linus' \\n words\n\nand more";
  const tagObject = formatTag({ name: 'v2.0.0', commit: bad, at: '2026-03-01T10:00:00.000Z', message });
  const move: TagMove = {
    version: 1,
    kind: 'tag',
    service: 'api',
    ref: 'refs/tags/v2.0.0',
    from: 'c'.repeat(40),
    to: 'c'.repeat(40),
    commit: good,
    previous: { version: '2.0.0', commit: bad },
    tagObject: '',
    undo: { by: 'recreate', tagObject },
    act: { by: 'delete' },
  };
  const about = {
    project: 'shop',
    environment: 'production',
    version: '1.0.0',
    repository: 'https://git.example/shop',
  };
  const [, fetched, made = '', pushed] = byHandCommands({ ...about, move, previous: move.previous });
  expect(fetched).toBe(`git fetch https://git.example/shop ${bad}`);
  expect(execFileSync('sh', ['-c', made.replace('| git mktag', '')], { encoding: 'utf8' })).toBe(tagObject);
  expect(made).toMatch(/^[^\n]+ \| git mktag$/);
  expect(pushed).toBe(`git push https://git.example/shop ${'c'.repeat(40)}:refs/tags/v2.0.0`);
});
