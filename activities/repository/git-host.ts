import { SlipwayError } from '../../release/errors';
import { judgePush, type PushAnswer } from '../../release/git-answers';
import { parseTag } from '../../release/git-objects';
import { REMOTE } from './git';
import type { RefHost, RefUpdate } from './ref-host';
import { readRefs, type Refs } from './remote';
import type { Workspace } from './workspace';

/** Any remote that git can push to: refs by `git ls-remote`, changed by one atomic push with exact leases. */
export class GitHost implements RefHost {
  constructor(
    private readonly workspace: Workspace,
    private readonly trunk: string,
  ) {}

  get shown(): string {
    return this.workspace.shownUrl;
  }

  readRefs(patterns: readonly string[]): Promise<Refs> {
    return readRefs(this.workspace, patterns);
  }

  async tagMessage(ref: string, id: string): Promise<string | null | undefined> {
    const { workspace } = this;
    if (!(await workspace.has([id]))) await workspace.fetchRef(ref);
    if (!(await workspace.has([id]))) return undefined;
    const { code, stdout } = await workspace.local(['cat-file', 'tag', id]);
    return code === 0 ? (parseTag(stdout)?.message ?? null) : null;
  }

  async bring(commits: readonly string[], branches: readonly string[]): Promise<boolean> {
    if (await this.workspace.has(commits)) return true;
    await this.workspace.fetch([this.trunk, ...branches]);
    return this.workspace.has(commits);
  }

  async tagObject(text: string): Promise<string> {
    let problem = '';
    const id = await this.workspace.known(`tag ${text}`, async () => {
      const made = await this.workspace.local(['mktag'], { input: text });
      problem = made.stderr.trim().slice(0, 300);
      return made.code === 0 ? made.stdout.trim() : undefined;
    });
    if (id !== undefined) return id;
    throw new SlipwayError('INTERNAL', { detail: `git mktag: ${problem}` });
  }

  /** Its tree need not be here. */
  async commitObject(text: string): Promise<string> {
    const { stdout } = await this.workspace.localOutput(['hash-object', '-t', 'commit', '-w', '--stdin'], {
      input: text,
    });
    return stdout.trim();
  }

  async change(updates: readonly RefUpdate[]): Promise<PushAnswer> {
    const leases = updates.map(({ ref, from }) => `--force-with-lease=${ref}:${from ?? ''}`);
    const refspecs = updates.map(({ ref, to }) => `${to ?? ''}:${ref}`);
    return judgePush(await this.workspace.remote(['push', '--porcelain', '--atomic', ...leases, REMOTE, ...refspecs]));
  }
}
