/** Git objects as GitHub's API makes them: the id is known before, so that it can stand in a plan. */
import { createHash } from 'node:crypto';
import type { Octokit } from '@octokit/rest';

/** An object that Slipway makes. */
export interface Draft {
  readonly type: 'tag' | 'commit';
  /** Its whole text, as git stores it. */
  readonly text: string;
}

/** The id that git gives the object. */
export function objectId({ type, text }: Draft): string {
  // Every object names another one, and a repository has one kind of ids.
  const isLong = /^\w+ [0-9a-f]{64}$/m.test(text);
  const body = Buffer.from(text);
  return createHash(isLong ? 'sha256' : 'sha1')
    .update(`${type} ${body.length}\0`)
    .update(body)
    .digest('hex');
}

/** Has GitHub make the object; returns the id that it got there. */
export async function createObject(
  octokit: Octokit,
  parameters: { owner: string; repo: string; request: { signal: AbortSignal } },
  draft: Draft,
): Promise<string> {
  const headers = headersOf(draft.text);
  const message = draft.text.slice(draft.text.indexOf('\n\n') + 2);
  const one = (name: string) => headers.find(([key]) => key === name)?.[1] ?? '';
  if (draft.type === 'tag') {
    const made = await octokit.rest.git.createTag({
      ...parameters,
      tag: one('tag'),
      message,
      object: one('object'),
      type: one('type') as 'commit',
      tagger: personOf(one('tagger')),
    });
    return made.data.sha;
  }
  const made = await octokit.rest.git.createCommit({
    ...parameters,
    message,
    tree: one('tree'),
    parents: headers.filter(([key]) => key === 'parent').map(([, value]) => value),
    author: personOf(one('author')),
    committer: personOf(one('committer')),
  });
  return made.data.sha;
}

function headersOf(text: string): [string, string][] {
  const head = text.slice(0, text.indexOf('\n\n'));
  return head.split('\n').map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]);
}

function personOf(text: string): { name: string; email: string; date: string } {
  const [, name = '', email = '', seconds = '0'] = /^(.*) <(.*)> (\d+) \+0000$/.exec(text) ?? [];
  return { name, email, date: new Date(Number(seconds) * 1_000).toISOString().replace('.000Z', 'Z') };
}
