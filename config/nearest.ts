import { distance } from 'fastest-levenshtein';

/** What people used to other tools write, and our word for it. */
const synonyms: Readonly<Record<string, string>> = {
  needs: 'after',
  depends_on: 'after',
  dependsOn: 'after',
  db: 'database',
  repo: 'repository',
  branch: 'trunk',
  env: 'environments',
  health: 'live',
  healthcheck: 'live',
  probe: 'live',
  checks: 'smoke',
  url: 'http',
  backups: 'backup',
  reviewers: 'approvers',
  count: 'required',
  monitoring: 'monitor',
  name: 'project',
};

/** The known word that was most likely meant by `word`, if one is near enough. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[-_\s]/g, '');
  const letters = (text: string) => [...plain(text)].sort().join('');
  const swapped = known.find((candidate) => letters(candidate) === letters(word));
  if (swapped !== undefined) return swapped;
  const ranked = known
    .map((candidate) => ({ candidate, distance: distance(plain(word), plain(candidate)) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  if (best && best.distance <= Math.max(1, Math.floor(Math.max(word.length, best.candidate.length) / 3))) {
    return best.candidate;
  }
  const synonym = Object.hasOwn(synonyms, word) ? synonyms[word] : undefined;
  return synonym !== undefined && known.includes(synonym) ? synonym : undefined;
}

/** Advice for a word that is not among the known ones. */
export function suggest(word: string, known: readonly string[]): string {
  const meant = nearest(word, known);
  if (meant !== undefined) return `Did you mean ${meant}?`;
  return known.length === 0 ? '' : `Known here: ${known.join(', ')}.`;
}
