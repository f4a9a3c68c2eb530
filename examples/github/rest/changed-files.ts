/** The files that differ between two commits, as comparisons list them. */
import { runGit } from '../git-objects';
import type { Repository, World } from '../world';
import { html, repoApi } from './addresses';

const words: Record<string, string> = { A: 'added', M: 'modified', D: 'removed', T: 'changed' };

/** Up to 300 `diff-entry`, as GitHub gives them, without their patches. */
export async function changedFiles(world: World, repository: Repository, from: string, to: string) {
  const args = ['diff-tree', '-r', '-z', '--no-renames', '--raw', '--numstat', '--no-abbrev', from, to];
  const { out } = await runGit(repository.folder, args);
  const parts = out.toString().split('\0').filter(Boolean);
  const entries = new Map<string, { sha: string; status: string }>();
  const files = [];
  for (let at = 0; at < parts.length; at += 1) {
    const part = parts[at] ?? '';
    if (part.startsWith(':')) {
      const [, , before = '', after = '', letter = ''] = part.split(' ');
      entries.set(parts[(at += 1)] ?? '', { sha: letter === 'D' ? before : after, status: words[letter] ?? 'changed' });
    } else {
      const [added, removed, name = ''] = part.split('\t');
      const additions = Number(added) || 0;
      const deletions = Number(removed) || 0;
      const { sha, status } = entries.get(name) ?? { sha: null, status: 'changed' };
      const path = name.split('/').map(encodeURIComponent).join('/');
      files.push({
        sha,
        filename: name,
        status,
        additions,
        deletions,
        changes: additions + deletions,
        blob_url: html(world, repository, `/blob/${to}/${path}`),
        raw_url: html(world, repository, `/raw/${to}/${path}`),
        contents_url: repoApi(world, repository, `/contents/${path}?ref=${to}`),
      });
    }
  }
  return files.slice(0, 300);
}
