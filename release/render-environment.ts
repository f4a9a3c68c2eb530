/** What the shapes of an environment's state have in common with workflows/messages.ts, which release/ may not import. */
interface Shown {
  readonly holder: { readonly releaseId: string } | null;
  readonly waiting: readonly { readonly releaseId: string }[];
  readonly active: Readonly<Record<string, string>>;
  readonly log: readonly { readonly at: string; readonly text: string }[];
}

/** The environment's Markdown in the Web UI: who holds it, who waits, what happened last. */
export function renderEnvironment(
  project: string,
  environment: string,
  { holder, waiting, active, log }: Shown,
): string {
  const others = Object.keys(active).filter(
    (id) => id !== holder?.releaseId && !waiting.some(({ releaseId }) => releaseId === id),
  );
  const list = (ids: readonly string[]) =>
    ids.length ? ids.map((id, n) => `${n + 1}. \`${id}\``).join('\n') : 'nobody';
  return [
    `# ${project} → ${environment}`,
    holder ? `**Held by** \`${holder.releaseId}\`` : '**Free**: nobody changes this environment now.',
    '## Waiting for it',
    list(waiting.map(({ releaseId }) => releaseId)),
    ...(others.length ? ['## Running, not yet asking for it', list(others)] : []),
    '## What happened',
    ...log
      .slice(-10)
      .reverse()
      .map(({ at, text }) => `- ${at.slice(0, 19).replace('T', ' ')} UTC: ${text}`),
  ]
    .join('\n\n')
    .replace(/\n\n- /g, '\n- ');
}
