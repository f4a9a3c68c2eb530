/** A repository at GitHub as the acts on pointers and fences need it: by its API, or by git where that is closed. */
import { SlipwayError } from '../../release/errors';
import type { ChangeAnswer, RefHost, RefUpdate, Refs, Workspace } from '../repository';
import { sleep } from '../sleep';
import type { ApiFailure } from './api-failure';
import { createObject, objectId, type Draft } from './objects';
import { readRefs, type SeenRefs } from './read-refs';
import type { GitHubRepository } from './repository';

/** What git says of an absent ref, and takes for one. */
const absent = '0'.repeat(40);

/** Milliseconds after which a copy that lags behind is asked again; doubled each time. */
const firstPause = 100;
const longestPause = 2_000;

const updateRefs = `mutation SlipwayUpdateRefs($id: ID!, $updates: [RefUpdate!]!) {
  updateRefs(input: { repositoryId: $id, refUpdates: $updates }) { clientMutationId }
}`;

/**
 * Refs read and changed by GraphQL, objects made by REST. Where an organization keeps its API closed (403), the same
 * is done by git, with exact leases.
 */
export class GitHubHost implements RefHost {
  private readonly messages = new Map<string, string | null>();
  private readonly made = new Set<string>();

  constructor(
    private readonly repository: GitHubRepository,
    private readonly workspace: Workspace,
    private readonly git: RefHost,
    private readonly signal: AbortSignal,
  ) {}

  get shown(): string {
    return this.repository.shown;
  }

  async readRefs(patterns: readonly string[]): Promise<Refs> {
    for (let pause = firstPause; ; pause = Math.min(2 * pause, longestPause)) {
      if (this.closed !== undefined) return this.git.readRefs(patterns);
      const seen = await readRefs(this.repository, patterns);
      if ('closed' in seen) {
        this.repository.closed = seen.closed;
        continue;
      }
      for (const [id, message] of seen.messages) this.messages.set(id, message);
      if (!this.isOlder(patterns, seen)) return seen.refs;
      await sleep(pause, this.signal);
    }
  }

  async tagMessage(ref: string, id: string): Promise<string | null | undefined> {
    return this.messages.has(id) ? this.messages.get(id) : this.git.tagMessage(ref, id);
  }

  async bring(commits: readonly string[], branches: readonly string[]): Promise<boolean> {
    const has = await this.workspace.history.hasCommits(commits);
    return this.closed === undefined ? has : this.git.bring(commits, branches);
  }

  tagObject(text: string): Promise<string> {
    return this.draft({ type: 'tag', text });
  }

  commitObject(text: string): Promise<string> {
    return this.draft({ type: 'commit', text });
  }

  async change(updates: readonly RefUpdate[]): Promise<ChangeAnswer> {
    if (this.closed !== undefined) return this.changeByGit(updates);
    for (const { to } of updates) {
      const draft = to === null ? undefined : this.repository.drafts.get(to);
      if (to === null || !draft || this.made.has(to)) continue;
      const outcome = await this.repository.write((octokit) =>
        createObject(octokit, this.repository.parameters, draft),
      );
      if ('value' in outcome ? outcome.value !== to : isUnable(outcome.failure)) {
        // It makes no such object, or writes it its own way: git brings the planned one along.
        return this.changeByGit(updates);
      }
      if ('failure' in outcome) return this.answerTo(outcome.failure, updates);
      this.made.add(to);
    }
    return this.changeByApi(updates);
  }

  private async changeByApi(updates: readonly RefUpdate[]): Promise<ChangeAnswer> {
    const { memory, parameters } = this.repository;
    if (memory.id === undefined) await this.readRefs([]);
    const outcome = await this.repository.write((octokit) =>
      octokit.graphql(updateRefs, {
        id: memory.id,
        updates: updates.map(({ ref, from, to, forward }) => ({
          name: ref,
          beforeOid: from ?? absent,
          afterOid: to ?? absent,
          force: forward !== true,
        })),
        request: parameters.request,
      }),
    );
    if ('failure' in outcome) return this.answerTo(outcome.failure, updates);
    memory.refs.wrote(updates);
    return { kind: 'done' };
  }

  private async answerTo(failure: ApiFailure, updates: readonly RefUpdate[]): Promise<ChangeAnswer> {
    const { kind, detail } = failure;
    switch (kind) {
      case 'no answer':
      case 'missing':
      case 'empty':
        return { kind: 'no answer', detail };
      case 'credentials':
      case 'not allowed':
        return { kind: 'denied', detail };
      case 'limit':
        return { kind: 'later', wait: failure.wait, detail };
      case 'closed':
        this.repository.closed = detail;
        return this.changeByGit(updates);
      case 'refused':
        return (await this.isRace(detail, updates))
          ? { kind: 'lost race', detail }
          : { kind: 'refused', ref: refIn(detail, updates), detail };
    }
  }

  /** By what stands there now, since the words for it are not promised; and by the words, since that may be old. */
  private async isRace(detail: string, updates: readonly RefUpdate[]): Promise<boolean> {
    const races = /reference already exists|but expected|reference does not exist|stale|cannot lock|out of date/i;
    if (races.test(detail)) return true;
    const now = await this.readRefs(updates.map(({ ref }) => ref));
    return updates.some(({ ref, from }) => (now.get(ref) ?? null) !== from);
  }

  private async changeByGit(updates: readonly RefUpdate[]): Promise<ChangeAnswer> {
    const branches = updates.flatMap(({ ref }) => /^refs\/heads\/(.+)$/.exec(ref)?.[1] ?? []);
    for (const { to } of updates) {
      const draft = to === null ? undefined : this.repository.drafts.get(to);
      if (!draft) continue;
      const named = [...draft.text.matchAll(/^(?:object|parent) ([0-9a-f]+)$/gm)].map(([, target = '']) => target);
      await this.git.bring(named, branches);
      const id = await (draft.type === 'tag' ? this.git.tagObject(draft.text) : this.git.commitObject(draft.text));
      if (id !== to) throw new SlipwayError('INTERNAL', { detail: `the ${draft.type} came out as ${id}, not ${to}` });
    }
    return this.git.change(updates);
  }

  private get closed(): string | undefined {
    return this.repository.closed;
  }

  private async draft(draft: Draft): Promise<string> {
    const id = objectId(draft);
    this.repository.drafts.set(id, draft);
    return id;
  }

  private isOlder(patterns: readonly string[], { refs }: SeenRefs): boolean {
    const { memory } = this.repository;
    return memory.refs.refs().some((ref) => {
      const asked = patterns.some((pattern) => {
        const [before = '', after] = pattern.split('*');
        return after === undefined ? ref === pattern : ref.startsWith(before) && ref.endsWith(after);
      });
      return asked && memory.refs.isOlder(ref, refs.get(ref) ?? null);
    });
  }
}

const isUnable = ({ kind }: ApiFailure): boolean => kind === 'missing' || kind === 'refused';

/** The ref that a refusal speaks of; else the first, which is the pointer where there is one. */
function refIn(detail: string, updates: readonly RefUpdate[]): string {
  return (updates.find(({ ref }) => detail.includes(ref)) ?? updates[0])?.ref ?? 'refs';
}
