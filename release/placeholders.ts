/** What `{name}` may stand for, by where it is written: what the configuration allows is what activities fill in. */
export const placeholders = {
  versionTag: ['version'],
  tagPointer: ['version'],
  rollbackTag: ['previous', 'n'],
  redeployTag: ['version', 'n'],
  builds: ['ref', 'commit'],
  gate: ['project', 'environment', 'version'],
  undoCommand: ['service', 'environment', 'version', 'commit', 'previous', 'previousCommit', 'ref', 'tag'],
} as const satisfies Record<string, readonly string[]>;

/** The names in braces in `text`, in order. References `${env:NAME}` are none. */
export function placeholdersIn(text: string): string[] {
  return [...text.matchAll(/(?<!\$)\{([A-Za-z_]\w*)\}/g)].map(([, name]) => name ?? '');
}
